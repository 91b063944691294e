from __future__ import annotations

import logging
from typing import Any

import pytest

from runtime.errors import LogError
from runtime.observe.events import CallOverdue, CampaignPaused, DispatchWaiting, Event
from runtime.observe.observer import Observer

WAITING = DispatchWaiting(contact="17", reason="rate")


class Collected(list[tuple[float, Event]]):
    def __call__(self, time: float, event: Event) -> None:
        self.append((time, event))


class OnlyOverdue(Collected):
    asked = 0

    def wants(self, kind: type[Event]) -> bool:
        self.asked += 1
        return kind is CallOverdue


def test_every_sink_gets_the_event_with_the_clocks_time(clock: Any, paused: CampaignPaused) -> None:
    first, second = Collected(), Collected()
    observer = Observer(clock, first, second)

    observer.emit(paused)
    clock.now += 1.5
    observer.emit(WAITING)

    assert first == second == [(1767571200.0, paused), (1767571201.5, WAITING)]


def test_a_subscriber_gets_what_comes_until_it_leaves(clock: Any, paused: CampaignPaused) -> None:
    observer = Observer(clock)
    collected = Collected()

    observer.emit(paused)
    unsubscribe = observer.subscribe(collected)
    observer.emit(WAITING)
    unsubscribe()
    unsubscribe()
    observer.emit(paused)

    assert [event for _, event in collected] == [WAITING]


def test_a_subscriber_may_leave_while_it_is_being_told(clock: Any, paused: CampaignPaused) -> None:
    observer = Observer(clock)
    after = Collected()
    seen: list[Event] = []

    def leave(time: float, event: Event) -> None:
        seen.append(event)
        unsubscribe()

    unsubscribe = observer.subscribe(leave)
    observer.subscribe(after)
    observer.emit(paused)
    observer.emit(paused)

    assert len(seen) == 1
    assert len(after) == 2


def test_a_sink_is_given_only_the_types_that_it_wants(clock: Any, paused: CampaignPaused) -> None:
    sink = OnlyOverdue()
    observer = Observer(clock, sink)
    overdue = CallOverdue(call="c", what="ended")

    for event in (paused, overdue, paused, overdue):
        observer.emit(event)

    assert [event for _, event in sink] == [overdue, overdue]
    assert sink.asked == 2


def test_it_says_whether_anybody_wants_a_type(clock: Any) -> None:
    observer = Observer(clock)
    assert not observer.wants(CallOverdue)

    unsubscribe = observer.subscribe(OnlyOverdue())
    assert observer.wants(CallOverdue)
    assert not observer.wants(DispatchWaiting)

    unsubscribe()
    assert not observer.wants(CallOverdue)


def test_events_are_counted_by_type_also_when_nobody_listens(clock: Any, paused: CampaignPaused) -> None:
    observer = Observer(clock)

    for event in (WAITING, paused, WAITING):
        observer.emit(event)

    assert observer.count(DispatchWaiting) == 2
    assert observer.count(CallOverdue) == 0
    assert list(observer.counts().items()) == [("campaign.paused", 1), ("dispatch.waiting", 2)]


def test_an_event_that_nobody_wants_is_counted_without_being_built(clock: Any) -> None:
    observer = Observer(clock, OnlyOverdue())

    spared = [observer.spares(DispatchWaiting), observer.spares(CallOverdue)]

    assert spared == [True, False]
    assert observer.count(DispatchWaiting) == 1
    assert observer.count(CallOverdue) == 0, "it is counted when it is emitted"


def test_a_sink_that_raises_is_logged_once_and_left_out(
    clock: Any, paused: CampaignPaused, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(time: float, event: Event) -> None:
        raise ZeroDivisionError

    collected = Collected()
    observer = Observer(clock, broken, collected)
    observer.emit(paused)
    observer.emit(paused)

    assert [event.event for _, event in collected] == ["campaign.paused", "actor.crashed", "campaign.paused"]
    [record] = caplog.records
    assert record.name == "trunkline"
    assert record.levelno == logging.ERROR
    assert "campaign.paused" in record.getMessage()
    assert observer.failure is None


def test_a_log_that_fails_is_reported_once_and_stays(clock: Any, paused: CampaignPaused) -> None:
    attempts: list[Event] = []

    def full(time: float, event: Event) -> None:
        attempts.append(event)
        raise LogError("run.log", "No space left on device")

    collected = Collected()
    failures: list[tuple[LogError, int]] = []
    observer = Observer(clock, full, collected)
    observer.failed = lambda failure: failures.append((failure, len(collected)))
    observer.emit(paused)
    observer.emit(paused)

    [(failure, told)] = failures
    assert failure.path == "run.log"
    assert told == 1  # the others had the event first
    assert observer.failure is failure
    assert len(attempts) == len(collected) == 2


def test_a_failed_log_that_nobody_waits_for_is_told_to_the_standard_log(
    clock: Any, paused: CampaignPaused, caplog: pytest.LogCaptureFixture
) -> None:
    def full(time: float, event: Event) -> None:
        raise LogError("run.log", "No space left on device")

    observer = Observer(clock, full)
    observer.emit(paused)
    observer.emit(paused)

    assert [record.getMessage() for record in caplog.records] == [
        "run.log: the log can't be written: No space left on device"
    ]
