"""Stop a run in order when a threshold fails that may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from runtime.observe.events import EngineStarted, Event
from trunkline.summary.collector import SummaryCollector
from trunkline.summary.paths import figure_of, figures
from trunkline.summary.reckoning import summarize
from trunkline.thresholds.threshold import Threshold

LOOK_EVERY_SECONDS = 10.0
"""How often a threshold is looked at once its delay is over."""


class Clock(Protocol):
    """What tells the time, in seconds since the epoch."""

    def time(self) -> float: ...


class System(Protocol):
    """What has a clock and calls back: the engine's system."""

    @property
    def clock(self) -> Clock: ...

    def call_later(
        self, seconds: float, callback: Callable[..., object], *args: object, background: bool = False
    ) -> object: ...


class ThresholdWatch:
    """A sink that looks at the thresholds that abort, by the run's own clock.

    Its timers are armed by engine.started, so that equal runs look at equal
    times. The first look is when the delay is over. A figure without a value
    yet fails nothing. `stop` is called once; `aborted_at` says which
    threshold did it, and when, in seconds from the start.
    """

    def __init__(
        self,
        thresholds: Sequence[Threshold],
        counted: SummaryCollector,
        system: System,
        stop: Callable[[], object],
    ) -> None:
        self.aborts = [one for one in thresholds if one.abort_after is not None]
        self.aborted_at: dict[Threshold, float] = {}
        self._counted = counted
        self._system = system
        self._stop = stop

    def __call__(self, time: float, event: Event) -> None:
        """Arm the first look at each delay."""
        for delay in sorted({one.abort_after for one in self.aborts if one.abort_after is not None}):
            due = [one for one in self.aborts if one.abort_after == delay]
            self._system.call_later(delay, self._look, due, 0.0, background=True)

    def wants(self, kind: type[Event]) -> bool:
        """Ask for the start alone."""
        return kind is EngineStarted

    def _look(self, due: Sequence[Threshold], seen: float) -> None:
        if self.aborted_at:
            return
        if self._counted.end == seen:  # nothing has happened, so nothing fails that didn't
            self._look_again(due, seen)
            return
        time = self._system.clock.time()
        tree = figures(summarize(self._counted, now=time))
        for threshold in due:
            value = figure_of(tree, threshold.figure)
            if value is not None and not threshold.holds(value):
                start = time if self._counted.start is None else self._counted.start
                self.aborted_at[threshold] = round(time - start, 6)
        if self.aborted_at:
            self._stop()
        else:
            self._look_again(due, self._counted.end)

    def _look_again(self, due: Sequence[Threshold], seen: float) -> None:
        self._system.call_later(LOOK_EVERY_SECONDS, self._look, due, seen, background=True)
