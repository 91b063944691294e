"""A laboratory for lines: a timer wheel in virtual time, and calls to place."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, ContactId
from runtime.carriers import Line, SimulatedLine, SimulatedOptions
from runtime.kernel import VirtualClock

OWN = E164("+14155550100")
NOBODY: dict[str, Any] = {
    "answer_rate": 0.0,
    "voicemail_rate": 0.0,
    "busy_rate": 0.0,
    "reject_rate": 0.0,
    "failure_rate": 0.0,
}
"""The rates of a world in which every call rings until it is hung up."""
ANSWERED: dict[str, Any] = {**NOBODY, "answer_rate": 1.0}
"""The rates of a world in which every call is answered."""


class WheelTimer:
    def __init__(self, callback: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.callback = callback
        self.args = args
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Laboratory:
    """Timers, a clock that `run` moves, and the events of every call by its id."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.events: dict[str, list[CallEvent]] = {}
        self.times: dict[str, list[float]] = {}
        self._heap: list[tuple[float, int, WheelTimer]] = []
        self._serial = 0

    def call_later(self, seconds: float, callback: Callable[..., None], *args: Any) -> WheelTimer:
        timer = WheelTimer(callback, args)
        self._serial += 1
        heapq.heappush(self._heap, (self.clock.monotonic() + seconds, self._serial, timer))
        return timer

    def run(self, seconds: float = 1e6) -> None:
        """Let virtual time pass."""
        until = self.clock.monotonic() + seconds
        while self._heap and self._heap[0][0] <= until:
            at, _, timer = heapq.heappop(self._heap)
            if not timer.cancelled:
                self.clock.jump_to(at)
                timer.callback(*timer.args)
        self.clock.jump_to(until)

    def line(self, *, seed: int | str = 7, numbers: Any = None, **fields: Any) -> SimulatedLine:
        """Make a simulated line; fields of the options and of the line alike."""
        own = {name: fields.pop(name) for name in ("time_scale", "tally") if name in fields}
        return SimulatedLine(self, seed=seed, options=SimulatedOptions(**fields), numbers=numbers, **own)

    def request(self, index: int = 0, **fields: Any) -> CallRequest:
        given: dict[str, Any] = {
            "call": CallId(f"call-{index}"),
            "tenant": "acme",
            "campaign": "spring",
            "contact": ContactId(str(index)),
            "attempt": 1,
            "to": E164(f"+1212555{index:06}"),
            "number": OWN,
            "connection": "east",
            "max_ring_seconds": 45.0,
            "max_call_seconds": 3600.0,
            "not_after": self.clock.time() + 10.0,
        }
        return CallRequest(**{**given, **fields})

    def place(self, line: Line, index: int = 0, **fields: Any) -> CallId:
        """Place a call whose events are kept, with their times."""
        request = self.request(index, **fields)
        kept = self.events.setdefault(request.call, [])
        times = self.times.setdefault(request.call, [])

        def report(event: CallEvent) -> None:
            kept.append(event)
            times.append(self.clock.monotonic())

        line.place(request, report)
        return request.call

    def progress(self, call: str) -> list[str]:
        return [event.progress.value for event in self.events[call]]

    def end(self, call: str) -> CallEvent:
        (end,) = [event for event in self.events[call] if event.progress is CallProgress.ENDED]
        return end

    def rang(self, call: str) -> float:
        """Give how long the call says it rang."""
        seconds = self.end(call).ring_seconds
        assert seconds is not None
        return seconds

    def talked(self, call: str) -> float:
        """Give how long the call says somebody talked."""
        seconds = self.end(call).talk_seconds
        assert seconds is not None
        return seconds

    def causes(self) -> list[str | None]:
        """Give the causes of all ends, in the order in which the calls were placed."""
        return [self.end(call).cause for call in self.events]
