"""What the doctor advised, and when each thing was over."""

from __future__ import annotations

from runtime.observe.events import Advice

MOST_ADVICE = 500
"""More than this is in the log alone."""


class AdviceTally:
    """One piece of advice, from when it was given until it was over."""

    __slots__ = ("advice", "begun", "over")

    def __init__(self, advice: Advice, begun: float) -> None:
        self.advice = advice
        self.begun = begun
        self.over: float | None = None


class AdviceBook:
    """All that was advised, in order; its memory is bounded."""

    def __init__(self) -> None:
        self.given: list[AdviceTally] = []
        self._open: dict[tuple[str | None, str, str, str | None], AdviceTally] = {}

    def take_in(self, time: float, event: Advice) -> None:
        """Note advice, or that it is over."""
        key = (event.campaign, event.kind, event.cause, event.subject)
        if event.over:
            tally = self._open.pop(key, None)
            if tally is not None:
                tally.over = time
        elif key not in self._open and len(self.given) < MOST_ADVICE:
            tally = self._open[key] = AdviceTally(event, time)
            self.given.append(tally)
