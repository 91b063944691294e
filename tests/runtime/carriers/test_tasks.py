"""What a TaskLine makes of an application's carrier, and of its mistakes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
import trio.testing

from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, ContactId, Outcome
from runtime.carriers import Report, TaskLine
from runtime.kernel import ActorSystem, RealClock
from tests.runtime.kernel.runtimes import PATIENCE

Place = Callable[[CallRequest, Report], Awaitable[None]]
ENDED = CallProgress.ENDED
CALL = CallId("call-1")


class Scripted:
    """A carrier that places each call as its script says."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.placed: list[CallId] = []
        self.heard_place = trio.Event()
        self.hung_up: list[CallId] = []
        self.heard_hang_up = trio.Event()

    async def place(self, request: CallRequest, report: Report) -> None:
        self.placed.append(request.call)
        self.heard_place.set()
        await self._place(request, report)

    async def hang_up(self, call: CallId) -> None:
        self.hung_up.append(call)
        self.heard_hang_up.set()


def request(*, not_after: float = 4e9) -> CallRequest:
    return CallRequest(
        call=CallId("call-1"),
        tenant="acme",
        campaign="spring",
        contact=ContactId("1"),
        attempt=1,
        to=E164("+12125550123"),
        number=E164("+14155550100"),
        connection="east",
        max_ring_seconds=45,
        max_call_seconds=3600,
        not_after=not_after,
    )


async def outcome_of(place: Place, *, not_after: float = 4e9) -> tuple[list[CallEvent], Scripted]:
    """Place one call and give what was reported, once its end was."""
    carrier = Scripted(place)
    events: list[CallEvent] = []
    ended = trio.Event()

    def report(event: CallEvent) -> None:
        events.append(event)
        if event.progress is ENDED:
            ended.set()

    async with ActorSystem(clock=RealClock()) as system:
        TaskLine(carrier, system).place(request(not_after=not_after), report)
        with trio.fail_after(PATIENCE):
            await ended.wait()
            await trio.testing.wait_all_tasks_blocked()
    return events, carrier


async def test_events_are_passed_on_as_they_are() -> None:
    said = [
        CallEvent(CallId("call-1"), CallProgress.RINGING),
        CallEvent(CallId("call-1"), CallProgress.ANSWERED),
        CallEvent(CallId("call-1"), ENDED, Outcome.ANSWERED, "bye", 1.5, 30.0, "callback"),
    ]

    async def place(request: CallRequest, report: Report) -> None:
        for event in said:
            report(event)

    assert (await outcome_of(place))[0] == said


async def test_an_exception_is_logged_and_fails_the_call(caplog: pytest.LogCaptureFixture) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(request.call, CallProgress.RINGING))
        raise OSError("no route to host")

    events, _ = await outcome_of(place)
    assert [event.progress for event in events] == [CallProgress.RINGING, ENDED]
    assert (events[-1].outcome, events[-1].cause) == (
        Outcome.FAILED,
        "carrier_error: OSError: no route to host",
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "carrier failed to place call call-1"
    assert record.exc_info is not None


async def test_a_long_error_is_cut_in_the_cause(caplog: pytest.LogCaptureFixture) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        raise OSError("x" * 10_000)

    events, _ = await outcome_of(place)
    assert len(events[-1].cause or "") == 200


async def test_an_exception_after_the_end_is_logged_and_ends_nothing_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(request.call, ENDED, Outcome.BUSY))
        raise OSError("too late")

    events, _ = await outcome_of(place)
    assert [event.outcome for event in events] == [Outcome.BUSY]
    assert len(caplog.records) == 1


async def test_returning_without_an_end_fails_the_call() -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(request.call, CallProgress.RINGING))

    events, _ = await outcome_of(place)
    assert (events[-1].progress, events[-1].outcome, events[-1].cause) == (ENDED, Outcome.FAILED, "no_end")


async def test_an_end_without_an_outcome_is_the_carriers_error(caplog: pytest.LogCaptureFixture) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(request.call, ENDED))

    ((end,), _) = await outcome_of(place)
    assert end.cause == "carrier_error: ValueError: the end of call 'call-1' needs an outcome"


async def test_a_report_about_another_call_is_the_carriers_error(caplog: pytest.LogCaptureFixture) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(CallId("call-2"), ENDED, Outcome.BUSY))

    ((end,), _) = await outcome_of(place)
    assert end.cause == "carrier_error: ValueError: call 'call-1' can't report about call 'call-2'"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "a carrier reports a CallEvent, not None"),
        ("answered", "a carrier reports a CallEvent, not 'answered'"),
        (CallEvent(CALL, "ringing"), "progress is a CallProgress, not 'ringing'"),  # type: ignore[arg-type]  # so said
        (CallEvent(CALL, ENDED, "busy"), "outcome is an Outcome, not 'busy'"),  # type: ignore[arg-type]  # so said
        (CallEvent(CALL, ENDED, Outcome.BUSY, 486), "cause is text, not 486"),  # type: ignore[arg-type]  # so said
        (CallEvent(CALL, ENDED, Outcome.BUSY, disposition=b"x"), "disposition is text, not b'x'"),  # type: ignore[arg-type]  # so said
        (
            CallEvent(CALL, ENDED, Outcome.BUSY, ring_seconds=-1.0),
            "ring_seconds is a number of seconds, not -1.0",
        ),
        (
            CallEvent(CALL, ENDED, Outcome.BUSY, talk_seconds=float("nan")),
            "talk_seconds is a number of seconds, not nan",
        ),
    ],
)
async def test_a_report_of_another_type_is_the_carriers_error(said: Any, why: str) -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(said)

    ((end,), _) = await outcome_of(place)
    assert (end.outcome, end.cause) == (Outcome.FAILED, f"carrier_error: TypeError: {why}")


async def test_reports_may_come_from_another_thread() -> None:
    async def place(request: CallRequest, report: Report) -> None:
        def in_thread() -> None:
            report(CallEvent(request.call, CallProgress.RINGING))
            report(CallEvent(request.call, ENDED, Outcome.BUSY))

        await trio.to_thread.run_sync(in_thread)

    events, _ = await outcome_of(place)
    assert [(event.progress, event.outcome) for event in events] == [
        (CallProgress.RINGING, None),
        (ENDED, Outcome.BUSY),
    ]


async def test_a_call_that_comes_too_late_never_reaches_the_carrier() -> None:
    async def place(request: CallRequest, report: Report) -> None:
        raise AssertionError("placed")

    ((end,), carrier) = await outcome_of(place, not_after=0.0)
    assert (end.outcome, end.cause) == (Outcome.CANCELED, "not_after")
    assert carrier.placed == []


async def test_a_hang_up_reaches_the_carrier_while_the_call_is_up_only() -> None:
    go_on = trio.Event()
    ended = trio.Event()

    async def place(request: CallRequest, report: Report) -> None:
        await go_on.wait()
        report(CallEvent(request.call, ENDED, Outcome.CANCELED))
        await trio.sleep_forever()

    carrier = Scripted(place)
    async with ActorSystem(clock=RealClock()) as system:
        line = TaskLine(carrier, system)
        line.hang_up(CallId("call-1"))
        line.place(request(), lambda event: ended.set())
        with trio.fail_after(PATIENCE):
            await carrier.heard_place.wait()
            line.hang_up(CallId("call-1"))
            await carrier.heard_hang_up.wait()
            go_on.set()
            await ended.wait()
        line.hang_up(CallId("call-1"))
        await trio.testing.wait_all_tasks_blocked()
    assert carrier.hung_up == ["call-1"]


async def test_a_call_hung_up_before_its_task_begins_never_reaches_the_carrier() -> None:
    async def place(request: CallRequest, report: Report) -> None:
        raise AssertionError("placed")

    carrier = Scripted(place)
    events: list[CallEvent] = []
    async with ActorSystem(clock=RealClock()) as system:
        line = TaskLine(carrier, system)
        line.place(request(), events.append)
        line.hang_up(CallId("call-1"))
        await trio.testing.wait_all_tasks_blocked()
    assert [(event.outcome, event.cause) for event in events] == [(Outcome.CANCELED, "hung_up")]
    assert carrier.placed == carrier.hung_up == []


async def test_a_carrier_that_fails_to_hang_up_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Stubborn(Scripted):
        async def hang_up(self, call: CallId) -> None:
            await super().hang_up(call)
            raise OSError("line noise")

    async def place(request: CallRequest, report: Report) -> None:
        await carrier.heard_hang_up.wait()
        report(CallEvent(request.call, ENDED, Outcome.CANCELED))

    carrier = Stubborn(place)
    ended = trio.Event()
    async with ActorSystem(clock=RealClock()) as system:
        line = TaskLine(carrier, system)
        line.place(request(), lambda event: ended.set())
        with trio.fail_after(PATIENCE):
            await carrier.heard_place.wait()
            line.hang_up(CallId("call-1"))
            await ended.wait()
    assert [record.getMessage() for record in caplog.records] == ["carrier failed to hang up call call-1"]


async def test_a_call_id_that_is_up_is_not_placed_again() -> None:
    async def place(request: CallRequest, report: Report) -> None:
        report(CallEvent(request.call, ENDED, Outcome.BUSY))

    async with ActorSystem(clock=RealClock()) as system:
        line = TaskLine(Scripted(place), system)
        line.place(request(), lambda event: None)
        with pytest.raises(ValueError, match="'call-1' is up already"):
            line.place(request(), lambda event: None)
