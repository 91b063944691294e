"""The simulated carrier: calls that nobody pays for, good enough to believe.

Driven by timers only, so that it runs under the real and the virtual clock.
What it leaves to the engine: a call that nobody answers rings until it is
hung up, and a conversation lasts as long as it lasts; `max_ring_seconds` and
`max_call_seconds` are the engine's to keep.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.carriers.changes import Timeline, all_habits, condition_over_time
from runtime.carriers.distributions import uniforms
from runtime.carriers.fate import Fate, decide_fate
from runtime.carriers.options import Episode, Habits, NumberOptions, SimulatedOptions
from runtime.carriers.tally import CarrierStatistics, Tally
from runtime.carriers.timers import Timekeeper, Timer
from runtime.carriers.whereabouts import answer_factor

LATE_SECONDS = 30.0
"""How late an event is at most: longer than the engine's hang-up grace."""


# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_RINGING, _PICKED_UP, _ENDED = CallProgress
_ANSWERED, _REJECTED = Outcome.ANSWERED, Outcome.REJECTED


class SimulatedLine:
    """Place simulated calls over one connection.

    `changes` and `episodes` count from the moment the line is made. `time_scale` multiplies
    ring and talk times (0.01: a hundred times shorter), and nothing else.
    A call's randomness comes from `seed`, its campaign, the number called
    and the attempt, whatever number calls and whatever else goes on.

    A call that the connection refuses fails after setup without ringing:
    cause "outage" while it is away (calls that are up stay up), "congestion"
    above `real_limit`. One that the line itself spoils has cause
    "carrier_fault". A hang-up takes as long as a setup and has cause
    "hung_up"; the outcome is `canceled`, or `answered` or `voicemail` where
    somebody or something had picked up.

    A lost event is never reported; a late one comes up to 30 s later; a
    duplicate comes twice. Hanging up a call whose end was lost gets that end
    reported for certain, with its true outcome and cause "gone".
    """

    def __init__(
        self,
        system: Timekeeper,
        *,
        seed: int | str,
        options: SimulatedOptions | None = None,
        numbers: Mapping[E164, NumberOptions] | None = None,
        episodes: Sequence[Episode] = (),
        time_scale: float = 1.0,
        tally: Tally | None = None,
    ) -> None:
        if not 0.0 < time_scale < math.inf:
            raise ValueError(f"time_scale: {time_scale:g} must be more than 0")
        options = options or SimulatedOptions()
        self._system = system
        self._seed = seed
        self._scale = time_scale
        self._setup_seconds = options.setup_ms / 1000.0
        self._condition = condition_over_time(options, episodes)
        self._faithful = all(condition.faithful for condition in self._condition)
        self._habits, self._numbers = all_habits(options, numbers or {}, episodes)
        self._tally = tally or Tally()
        self._started = system.clock.monotonic()
        self._calls: dict[CallId, _Call] = {}
        self._gone: dict[CallId, tuple[Report, CallEvent]] = {}

    def place(self, request: CallRequest, report: Report) -> None:
        """Place the call, unless its `not_after` has passed.

        Raises ValueError for a call id that is up already: whoever places
        twice must find out, not the callee.
        """
        if request.call in self._calls:
            raise ValueError(f"call {request.call!r} is up already")
        system = self._system
        clock = system.clock
        if clock.time() > request.not_after:
            self._tally.voided += 1
            self._refuse(request, report, 0.0, Outcome.CANCELED, "not_after")
            return
        now = clock.monotonic()
        elapsed = now - self._started
        condition = self._condition.at(elapsed)
        if condition.away:
            self._tally.refuse(request, congested=False)
            self._refuse(request, report, self._setup_seconds, Outcome.FAILED, "outage")
            return
        if condition.real_limit is not None and len(self._calls) >= condition.real_limit:
            self._tally.refuse(request, congested=True)
            self._refuse(request, report, self._setup_seconds, Outcome.FAILED, "congestion")
            return
        habits = self._habits_of(request.number).at(elapsed)
        if habits.country_factors is not None or habits.hour_factors is not None:
            factor = answer_factor(request.to, clock.time(), habits.country_factors, habits.hour_factors)
            habits = replace(habits, answer_rate=habits.answer_rate * factor)
        fate = decide_fate(habits, uniforms(self._key(request)))
        call = self._calls[request.call] = _Call(request, report, fate)
        self._tally.begin(request)
        if fate.ring_seconds is None:
            seconds = self._setup_seconds + fate.quiet_seconds * self._scale
            call.timer = system.call_later(seconds, self._finish, call)
        else:
            call.timer = system.call_later(self._setup_seconds, self._ring, call)

    def hang_up(self, call: CallId) -> None:
        """End the call; no-op for one that has ended or that nobody placed."""
        up = self._calls.get(call)
        if up is not None:
            if not up.hung_up:
                up.hung_up = True
                if up.timer is not None:
                    up.timer.cancel()
                up.timer = self._system.call_later(self._setup_seconds, self._finish, up)
            return
        lost = self._gone.pop(call, None)
        if lost is not None:
            self._system.call_later(self._setup_seconds, *lost)

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Report the end of calls that are not up: a simulated call dies with its process."""
        for call in calls:
            up = self._calls.get(call)
            if up is not None:
                up.report = report
            else:
                event = CallEvent(call, _ENDED, Outcome.UNKNOWN, "gone")
                self._system.call_later(self._setup_seconds, report, event)

    def calls_up(self) -> tuple[CallId, ...]:
        """Name the calls that are up on this line, the oldest first."""
        return tuple(self._calls)

    def statistics(self) -> CarrierStatistics:
        """Give the carrier's truth; of all lines that share its tally."""
        return self._tally.statistics()

    def true_answer_rate(self, number: E164, at: float) -> float:
        """Give the chance that a call from `number` is answered.

        `at` is seconds since the line was made. Congestion and who hangs up
        first are left out; in an outage it is 0.
        """
        if self._condition.at(at).away:
            return 0.0
        return self._habits_of(number).at(at).answer_rate

    def _habits_of(self, number: E164) -> Timeline[Habits]:
        return self._numbers.get(number, self._habits)

    def _key(self, request: CallRequest) -> str:
        return f"{self._seed}:{request.tenant}:{request.campaign}:{request.to}:{request.attempt}"

    def _refuse(
        self, request: CallRequest, report: Report, seconds: float, outcome: Outcome, cause: str
    ) -> None:
        event = CallEvent(request.call, _ENDED, outcome, cause)
        self._system.call_later(seconds, self._send, request, report, event)

    def _ring(self, call: _Call) -> None:
        system, request = self._system, call.request
        call.rang_at = system.clock.monotonic()
        ring = call.fate.ring_seconds
        if ring is None or ring == math.inf:
            call.timer = None
        else:
            call.timer = system.call_later(ring * self._scale, self._stop_ringing, call)
        event = CallEvent(request.call, _RINGING)
        if self._faithful:
            call.report(event)
        else:
            self._send_badly(request, call.report, event)

    def _stop_ringing(self, call: _Call) -> None:
        if call.fate.outcome is _REJECTED:
            self._finish(call)
            return
        call.picked_up_at = self._system.clock.monotonic()
        call.timer = self._system.call_later(call.fate.talk_seconds * self._scale, self._finish, call)
        if call.fate.outcome is _ANSWERED:
            self._send(call.request, call.report, CallEvent(call.request.call, _PICKED_UP))

    def _finish(self, call: _Call) -> None:
        del self._calls[call.request.call]
        event = call.end(self._system.clock.monotonic())
        assert event.outcome is not None
        self._tally.end(call.request, event.outcome)
        self._send(call.request, call.report, event)

    def _send(self, request: CallRequest, report: Report, event: CallEvent) -> None:
        if self._faithful:
            report(event)
        else:
            self._send_badly(request, report, event)

    def _send_badly(self, request: CallRequest, report: Report, event: CallEvent) -> None:
        condition = self._condition.at(self._system.clock.monotonic() - self._started)
        draws = uniforms(f"{self._key(request)}:{event.progress.value}")
        if draws[0] < condition.lose_events:
            self._tally.events_lost += 1
            if event.progress is _ENDED:
                self._gone[event.call] = report, _gone(event)
            return
        times = 1
        if draws[1] < condition.duplicate_events:
            self._tally.events_duplicated += 1
            times = 2
        late = draws[2] < condition.late_events
        self._tally.events_late += late
        for _ in range(times):
            if late:
                self._system.call_later(draws[3] * LATE_SECONDS, report, event)
            else:
                report(event)


class _Call(msgspec.Struct, gc=False, eq=False):
    request: CallRequest
    report: Report
    fate: Fate
    timer: Timer | None = None
    rang_at: float | None = None
    picked_up_at: float | None = None
    hung_up: bool = False

    def end(self, now: float) -> CallEvent:
        rang, picked_up = self.rang_at, self.picked_up_at
        outcome, cause, disposition = self.fate.outcome, self.fate.cause, self.fate.disposition
        if self.hung_up:
            outcome = Outcome.CANCELED if picked_up is None else outcome
            cause, disposition = "hung_up", None
        return CallEvent(
            self.request.call,
            _ENDED,
            outcome,
            cause,
            None if rang is None else (now if picked_up is None else picked_up) - rang,
            None if picked_up is None else now - picked_up,
            disposition,
        )


def _gone(event: CallEvent) -> CallEvent:
    return CallEvent(
        event.call,
        event.progress,
        event.outcome,
        "gone",
        event.ring_seconds,
        event.talk_seconds,
        event.disposition,
    )
