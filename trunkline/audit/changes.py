"""What has changed of late about which numbers may be dialed, so that it can be undone.

A number is drawn up to some seconds before its grant is written, and what
bars a number takes effect a moment before its line. A grant is right if it
was right at any moment in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from trunkline.audit.limits import DECISION_SECONDS


class Change(NamedTuple):
    """One attribute that took another value."""

    time: float
    target: Any
    attribute: str
    before: Any
    after: Any


class Changes:
    """The changes of the last seconds, newest last; `version` counts them all."""

    def __init__(self) -> None:
        self.version = 0
        self._recent: deque[Change] = deque()

    def set(self, now: float, target: Any, attribute: str, value: Any) -> None:
        """Give an attribute another value and remember the one it had."""
        before = getattr(target, attribute)
        if before == value:
            return
        recent = self._recent
        while recent and recent[0].time < now - DECISION_SECONDS:
            recent.popleft()
        recent.append(Change(now, target, attribute, before, value))
        setattr(target, attribute, value)
        self.version += 1

    def held_lately(self, now: float, holds: Callable[[], bool]) -> bool:
        """Tell whether something held at any moment since a call now granted was decided."""
        undone: list[Change] = []
        held = False
        for change in reversed(self._recent):
            if change.time < now - DECISION_SECONDS:
                break
            self._put(change.target, change.attribute, change.before)
            undone.append(change)
            if holds():
                held = True
                break
        for change in reversed(undone):
            self._put(change.target, change.attribute, change.after)
        return held

    def _put(self, target: Any, attribute: str, value: Any) -> None:
        setattr(target, attribute, value)
        self.version += 1
