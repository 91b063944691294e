"""Stop a run in order when a threshold fails that may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from trunkline.summary.collector import SummaryCollector
from trunkline.summary.paths import figure_of, figures
from trunkline.summary.reckoning import summarize
from trunkline.thresholds.threshold import Threshold

LOOK_EVERY_SECONDS = 10.0
"""How often a threshold is looked at once its delay is over."""


class Timers(Protocol):
    """What tells the time and calls back: the engine's system."""

    def call_later(
        self, seconds: float, callback: Callable[..., object], *args: object, background: bool = False
    ) -> object: ...


class ThresholdWatch:
    """Looks at the thresholds that abort, by the run's own clock.

    The first look is when the delay is over. A figure without a value yet
    fails nothing. `stop` is called once; `aborted_at` says which threshold
    did it, and when, in seconds from the start.
    """

    def __init__(
        self, thresholds: Sequence[Threshold], counted: SummaryCollector, stop: Callable[[], object]
    ) -> None:
        self.aborted_at: dict[Threshold, float] = {}
        self._thresholds = [one for one in thresholds if one.abort_after is not None]
        self._counted = counted
        self._stop = stop

    def begin(self, timers: Timers, now: Callable[[], float]) -> None:
        """Arm the first look at each delay; `now` is in seconds since the epoch."""
        for delay in sorted({one.abort_after for one in self._thresholds if one.abort_after is not None}):
            due = [one for one in self._thresholds if one.abort_after == delay]
            timers.call_later(delay, self._look, due, timers, now, background=True)

    def _look(self, due: Sequence[Threshold], timers: Timers, now: Callable[[], float]) -> None:
        if self.aborted_at:
            return
        time = now()
        tree = figures(summarize(self._counted, now=time))
        for threshold in due:
            value = figure_of(tree, threshold.figure)
            if value is not None and not threshold.holds(value):
                start = time if self._counted.start is None else self._counted.start
                self.aborted_at[threshold] = round(time - start, 6)
        if self.aborted_at:
            self._stop()
        else:
            timers.call_later(LOOK_EVERY_SECONDS, self._look, due, timers, now, background=True)
