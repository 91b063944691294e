"""What goes on while a simulated daemon is away: carriers, and those who look on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

import msgspec
from msgspec.structs import replace

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.carriers.simulated import SimulatedLine
from runtime.kernel import ActorSystem, Clock, Timer

_LOOK_FROM = 64
"""Fewer timers than this are not worth a look at which are over."""


class Outliving:
    """Timers that stay armed when a daemon's life ends."""

    def __init__(self, system: ActorSystem) -> None:
        self._system = system
        self._timers: set[Timer] = set()
        self._look_at = _LOOK_FROM

    @property
    def clock(self) -> Clock:
        """The one clock of all lives."""
        return self._system.clock

    def call_later(
        self, seconds: float, callback: Callable[..., object], *args: Any, background: bool = False
    ) -> Timer:
        """Call `callback(*args)` in `seconds`, whoever lives then; on the loop's thread only."""
        timer = self._system.call_later(seconds, callback, *args, background=background)
        self._timers.add(timer)
        if len(self._timers) > self._look_at:
            self._look_at = max(_LOOK_FROM, 2 * len(self.pending()))
        return timer

    def pending(self) -> set[Timer]:
        """Give the timers that are still to fire."""
        self._timers = {timer for timer in self._timers if timer.pending}
        return self._timers


class OutlivingLine:
    """A line to a carrier that outlives those who dial by it.

    A report to a life that has ended is not heard. The carrier keeps what
    its requests say where nobody is left to hang up: a call that rings too
    long ends as not answered, one that lasts too long is ended.
    """

    def __init__(self, line: SimulatedLine, timers: Outliving) -> None:
        self._line = line
        self._timers = timers
        self._life = 0
        self._up: dict[CallId, _Call] = {}

    def place(self, request: CallRequest, report: Report) -> None:
        """Place the call."""
        self._up[request.call] = _Call(request, self._timers.clock.monotonic())
        self._line.place(request, self._heard(report))

    def hang_up(self, call: CallId) -> None:
        """End the call."""
        self._line.hang_up(call)

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Hear from here on of the calls of an earlier life."""
        self._line.adopt(calls, self._heard(report))

    def end_life(self) -> None:
        """Let whoever has dialed so far hear no more; watch over the calls that they have left."""
        self._life += 1
        now = self._timers.clock.monotonic()
        for name, call in self._up.items():
            request = call.request
            if call.answered_at is None:
                left = call.placed_at + request.max_ring_seconds - now
                self._timers.call_later(left, self._stop_ringing, name)
            else:
                self._timers.call_later(
                    call.answered_at + request.max_call_seconds - now, self._line.hang_up, name
                )

    def _stop_ringing(self, name: CallId) -> None:
        call = self._up.get(name)
        if call is None:
            return
        if call.answered_at is None:
            call.gave_up = True
            self._line.hang_up(name)
        else:
            left = call.answered_at + call.request.max_call_seconds - self._timers.clock.monotonic()
            self._timers.call_later(left, self._line.hang_up, name)

    def _heard(self, report: Report) -> Report:
        life = self._life

        def hear(event: CallEvent) -> None:
            true = self._note(event)
            if self._life == life:
                report(true)

        return hear

    def _note(self, event: CallEvent) -> CallEvent:
        """Keep in mind how far a call is; give what the carrier says of it."""
        call = self._up.get(event.call)
        if call is None:
            return event
        match event.progress:
            case CallProgress.RINGING:
                pass
            case CallProgress.ANSWERED:
                call.answered_at = self._timers.clock.monotonic()
            case CallProgress.ENDED:
                del self._up[event.call]
                if call.gave_up and event.outcome is Outcome.CANCELED:
                    return replace(event, outcome=Outcome.NO_ANSWER, cause=None)
            case _:
                assert_never(event.progress)
        return event


class _Call(msgspec.Struct, gc=False, eq=False):
    request: CallRequest
    placed_at: float
    answered_at: float | None = None
    gave_up: bool = False
