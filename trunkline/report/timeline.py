"""What a report draws over time, collected from the events while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.observe.events import (
    CallEnded,
    CampaignStarted,
    ConnectionLimitChanged,
    DispatchGranted,
    EngineStarted,
    EngineStopped,
    Event,
    NumberWeights,
)
from trunkline.report.levels import Levels
from trunkline.report.marks import MARKED, MOST_MARKS, Mark, is_marked, mark_of
from trunkline.report.numbers import NumberLine, NumberLines
from trunkline.summary.ceiling import CeilingWatch
from trunkline.summary.collector import ANSWERED, COUNTED

MOST_STEPS = 2000


class Steps:
    """A limit over time: each change, and of very many the highest of neighbours."""

    def __init__(self) -> None:
        self.changes: list[tuple[float, int]] = []

    def set(self, time: float, value: int) -> None:
        """Note the value from here on."""
        if self.changes and self.changes[-1][1] == value:
            return
        self.changes.append((time, value))
        if len(self.changes) > MOST_STEPS:
            pairs = zip(self.changes[::2], self.changes[1::2], strict=False)
            self.changes = [(one[0], max(one[1], other[1])) for one, other in pairs] + self.changes[-1:]


class Timeline:
    """A sink for the report's time axes; its memory is bounded, however long the run."""

    def __init__(self) -> None:
        self.start = 0.0
        self.end = 0.0
        self.calls = Levels(0.0)
        self.numbers = NumberLines(0.0)
        self.ceiling = Steps()
        self.limits: dict[str, Steps] = {}
        self.marks: list[Mark] = []
        self.marks_left_out = 0
        self._places: dict[str, int] = {}
        self._lines: dict[tuple[str | None, str], NumberLine] = {}
        self._watch = CeilingWatch(self.ceiling.set)
        self._started = False
        self._live: set[str] = set()
        self._handlers: dict[type[Event], Callable[[float, Any], None]] = {
            EngineStarted: self._engine_started,
            EngineStopped: self._engine_stopped,
            DispatchGranted: self._granted,
            CallEnded: self._ended,
            NumberWeights: self._weights,
            CampaignStarted: self._campaign_started,
            ConnectionLimitChanged: self._limit_changed,
        }

    def __call__(self, time: float, event: Event) -> None:
        """Take in one event."""
        kind = type(event)
        self.end = time
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(time, event)
        if kind in MARKED and is_marked(event):
            if len(self.marks) < MOST_MARKS:
                self.marks.append(mark_of(time, event))
            else:
                self.marks_left_out += 1
        if self._watch.wants(kind):
            self._watch(time, event)

    def wants(self, kind: type[Event]) -> bool:
        """Ask for what is drawn or marked."""
        return kind in self._handlers or kind in MARKED or self._watch.wants(kind)

    def _engine_started(self, time: float, event: EngineStarted) -> None:
        if not self._started:
            self._started = True
            self.start = time
            self.calls = Levels(time)
            self.numbers = NumberLines(time)

    def _engine_stopped(self, time: float, event: EngineStopped) -> None:
        self.calls.finish(time)

    def _campaign_started(self, time: float, event: CampaignStarted) -> None:
        for connection in event.connections:
            self._place(connection["name"])
            self.limits.setdefault(connection["name"], Steps()).set(time, connection["max_concurrent"])
        for row in event.numbers:
            self.numbers.add(event.campaign or "", row["number"], row["connection"])

    def _limit_changed(self, time: float, event: ConnectionLimitChanged) -> None:
        self.limits.setdefault(event.connection, Steps()).set(time, event.limit)

    def _granted(self, time: float, event: DispatchGranted) -> None:
        self._live.add(event.call)
        self.calls.change(time, self._place(event.connection), 1)
        line = self._line(event.campaign, event.number, event.connection)
        bucket = self.numbers.bucket(time)
        line.attempts[bucket] += 1
        line.weights[bucket] = event.weight

    def _ended(self, time: float, event: CallEnded) -> None:
        if event.call not in self._live:
            return  # placed in a life that nothing is known of
        self._live.remove(event.call)
        self.calls.change(time, self._place(event.connection), -1)
        outcome = event.outcome
        if outcome in COUNTED:
            line = self._line(event.campaign, event.number, event.connection)
            bucket = self.numbers.bucket(time)
            line.counted[bucket] += 1
            if outcome == ANSWERED:
                line.answered[bucket] += 1

    def _weights(self, time: float, event: NumberWeights) -> None:
        bucket = self.numbers.bucket(time)
        lines = self.numbers.campaigns.get(event.campaign or "", {})
        for row in event.numbers:
            line = lines.get(row["number"])
            if line is not None:
                line.weights[bucket] = row["weight"]

    def _place(self, connection: str) -> int:
        place = self._places.get(connection)
        if place is None:
            place = self._places[connection] = self.calls.add(connection)
        return place

    def _line(self, campaign: str | None, number: str, connection: str) -> NumberLine:
        line = self._lines.get((campaign, number))
        if line is None:
            line = self._lines[campaign, number] = self.numbers.add(campaign or "", number, connection)
        return line
