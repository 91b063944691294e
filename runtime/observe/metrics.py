"""Count what happened: a sink to read figures from at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from runtime.observe.events import CallEnded, Event


class Figures(msgspec.Struct, frozen=True):
    """What happened since the start; names sorted."""

    events: Mapping[str, int]
    """Events by name."""
    outcomes: Mapping[str, int]
    """Ended calls by outcome."""


class Metrics:
    """Count events by name and calls by outcome."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def __call__(self, time: float, event: Event) -> None:
        self._events[event.event] += 1
        if type(event) is CallEnded:
            self._outcomes[event.outcome] += 1

    def figures(self) -> Figures:
        """Return the counts as they stand."""
        return Figures(
            events=dict(sorted(self._events.items())),
            outcomes=dict(sorted(self._outcomes.items())),
        )
