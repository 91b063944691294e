"""What every line keeps, whatever carrier is behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import trio

from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, ContactId, Outcome
from runtime.carriers import InstantLine, Line, Report, SimulatedLine, SimulatedOptions, TaskLine
from runtime.kernel import ActorSystem, RealClock, VirtualClock

CALLS = 100


class ExampleCarrier:
    """An application's carrier as it would be written: rings, talks, can be hung up."""

    def __init__(self, talk_seconds: float) -> None:
        self._talk_seconds = talk_seconds
        self._up: dict[CallId, trio.CancelScope] = {}

    async def place(self, request: CallRequest, report: Report) -> None:
        outcome = Outcome.CANCELED
        with trio.CancelScope() as scope:
            self._up[request.call] = scope
            report(CallEvent(request.call, CallProgress.RINGING))
            await trio.sleep(0.001)
            report(CallEvent(request.call, CallProgress.ANSWERED))
            outcome = Outcome.ANSWERED
            await trio.sleep(self._talk_seconds)
        del self._up[request.call]
        report(CallEvent(request.call, CallProgress.ENDED, outcome))

    async def hang_up(self, call: CallId) -> None:
        if call in self._up:
            self._up[call].cancel()


@dataclass(frozen=True)
class Runtime:
    """A carrier under test: lines whose calls end by themselves, and lines whose calls wait for a hang-up.

    `lasting` is false where there are no such calls, because all end at once.
    """

    name: str
    clock: Callable[[], RealClock | VirtualClock]
    brief: Callable[[ActorSystem], Line]
    endless: Callable[[ActorSystem], Line]
    lasting: bool = True


def brief_simulation(system: ActorSystem) -> Line:
    everybody = SimulatedOptions(
        answer_rate=0.7, voicemail_rate=0.1, busy_rate=0.1, reject_rate=0.05, failure_rate=0.05
    )
    return SimulatedLine(system, seed=1, options=everybody, time_scale=0.0005)


def endless_simulation(system: ActorSystem) -> Line:
    nobody = SimulatedOptions(answer_rate=0, voicemail_rate=0, busy_rate=0, reject_rate=0, failure_rate=0)
    return SimulatedLine(system, seed=1, options=nobody)


RUNTIMES = [
    Runtime("simulated, virtual time", VirtualClock, brief_simulation, endless_simulation),
    Runtime("simulated, real time", RealClock, brief_simulation, endless_simulation),
    Runtime("instant, virtual time", VirtualClock, InstantLine, InstantLine, lasting=False),
    Runtime("instant, real time", RealClock, InstantLine, InstantLine, lasting=False),
    Runtime(
        "an application's own",
        RealClock,
        lambda system: TaskLine(ExampleCarrier(0.002), system),
        lambda system: TaskLine(ExampleCarrier(3600), system),
    ),
]


@pytest.fixture(params=RUNTIMES, ids=lambda runtime: runtime.name)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    chosen: Runtime = request.param
    return chosen


class Calls:
    """Places calls on a line and keeps what is reported of each."""

    def __init__(self, system: ActorSystem, line: Line) -> None:
        self.events: dict[CallId, list[CallEvent]] = {}
        self.threads: set[int] = set()
        self._reported = trio.Event()
        self._system = system
        self._line = line

    def place(self, name: str = "call-1", *, expires_in: float = 10.0) -> CallId:
        call = CallId(name)
        self.events[call] = []
        self._line.place(
            CallRequest(
                call=call,
                tenant="acme",
                campaign="spring",
                contact=ContactId(name),
                attempt=1,
                to=E164(f"+1212{len(self.events):07}"),
                number=E164("+14155550100"),
                connection="east",
                max_ring_seconds=45,
                max_call_seconds=3600,
                not_after=self._system.clock.time() + expires_in,
            ),
            self._report,
        )
        return call

    def progress(self, call: CallId) -> list[CallProgress]:
        return [event.progress for event in self.events[call]]

    def ended(self, call: CallId) -> bool:
        return CallProgress.ENDED in self.progress(call)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what has been reported makes the condition true."""
        with trio.fail_after(30):
            while not condition():
                self._reported = trio.Event()
                await self._reported.wait()

    async def heard(self, call: CallId) -> None:
        """Wait until something is reported of the call."""
        await self.until(lambda: bool(self.events[call]))

    async def over(self) -> None:
        """Wait until all calls have ended, and a little longer for what comes too much."""
        await self.until(lambda: all(self.ended(call) for call in self.events))
        await trio.sleep(0.05)

    def _report(self, event: CallEvent) -> None:
        self.threads.add(threading.get_ident())
        self.events[event.call].append(event)
        self._reported.set()


async def test_every_call_ends_exactly_once(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        placed = [calls.place(f"call-{index}") for index in range(CALLS)]
        await calls.over()
        assert all(calls.progress(call).count(CallProgress.ENDED) == 1 for call in placed)


async def test_a_call_rings_then_is_answered_then_ends(runtime: Runtime) -> None:
    in_order = list(CallProgress)
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        placed = [calls.place(f"call-{index}") for index in range(CALLS)]
        await calls.over()
        for call in placed:
            said = calls.progress(call)
            assert said == [progress for progress in in_order if progress in said]


async def test_an_answered_end_was_reported_as_answered_before(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        placed = [calls.place(f"call-{index}") for index in range(CALLS)]
        await calls.over()
        ends = {call: calls.events[call][-1].outcome for call in placed}
        assert Outcome.ANSWERED in ends.values()
        for call, outcome in ends.items():
            assert (CallProgress.ANSWERED in calls.progress(call)) == (outcome is Outcome.ANSWERED)


async def test_the_end_and_only_the_end_has_an_outcome(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        for index in range(CALLS):
            calls.place(f"call-{index}")
        await calls.over()
        for event in (event for events in calls.events.values() for event in events):
            assert (event.outcome is not None) == (event.progress is CallProgress.ENDED)


async def test_nothing_is_reported_before_place_has_returned(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        call = calls.place()
        assert calls.events[call] == []
        expired = calls.place("expired", expires_in=-1)
        assert calls.events[expired] == []
        await calls.over()


async def test_events_arrive_on_the_loops_thread(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        calls.place()
        await calls.over()
        assert calls.threads == {threading.get_ident()}


async def test_hanging_up_ends_a_call(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        line = runtime.endless(system)
        calls = Calls(system, line)
        call = calls.place()
        await calls.heard(call)
        line.hang_up(call)
        await calls.over()
        assert calls.progress(call).count(CallProgress.ENDED) == 1


async def test_hanging_up_ends_no_other_call(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        line = runtime.endless(system)
        calls = Calls(system, line)
        one, other = calls.place("one"), calls.place("other")
        await calls.heard(other)
        line.hang_up(one)
        await calls.until(lambda: calls.ended(one))
        assert calls.ended(other) is not runtime.lasting
        line.hang_up(other)
        await calls.over()


async def test_hanging_up_again_or_after_the_end_changes_nothing(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        line = runtime.endless(system)
        calls = Calls(system, line)
        call = calls.place()
        await calls.heard(call)
        line.hang_up(call)
        line.hang_up(call)
        await calls.over()
        said = calls.progress(call)
        line.hang_up(call)
        await calls.over()
        assert calls.progress(call) == said
        assert said.count(CallProgress.ENDED) == 1


async def test_hanging_up_an_unknown_call_does_nothing(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        line = runtime.brief(system)
        calls = Calls(system, line)
        line.hang_up(CallId("nobody"))
        call = calls.place()
        await calls.over()
        assert set(calls.events) == {call}
        assert calls.progress(call).count(CallProgress.ENDED) == 1


async def test_a_call_later_than_its_not_after_is_not_placed(runtime: Runtime) -> None:
    async with ActorSystem(clock=runtime.clock()) as system:
        calls = Calls(system, runtime.brief(system))
        call = calls.place(expires_in=-1)
        await calls.over()
        (end,) = calls.events[call]
        assert (end.progress, end.outcome, end.cause) == (CallProgress.ENDED, Outcome.CANCELED, "not_after")
