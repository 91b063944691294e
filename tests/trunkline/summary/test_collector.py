"""The figures are those of the run's own events."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from runtime.observe.events import (
    CallEnded,
    CampaignStarted,
    DispatchGranted,
    EngineStarted,
    EngineStopped,
    Event,
)
from tests.trunkline.summary.conftest import tables
from trunkline.summary import Summary, SummaryCollector, summarize

Summarize = Callable[..., Summary]


@pytest.fixture
def logged(run: Summarize) -> tuple[Summary, list[tuple[float, Any]]]:
    log: list[tuple[float, Any]] = []
    summary = run(tables(), lambda time, event: log.append((time, event)))
    return summary, log


def of_kind(log: list[tuple[float, Any]], name: str) -> list[Any]:
    return [event for _, event in log if event.event == name]


def test_calls_and_outcomes_are_counted(logged: tuple[Summary, list[tuple[float, Any]]]) -> None:
    summary, log = logged
    grants, ends = of_kind(log, "dispatch.granted"), of_kind(log, "call.ended")
    outcomes = Counter(event.outcome for event in ends)

    assert summary.attempts == len(grants) > 60
    assert +Counter(summary.outcomes) == outcomes
    assert summary.answered == outcomes["answered"]
    assert summary.counted == sum(
        outcomes[name] for name in ("answered", "no_answer", "busy", "voicemail", "rejected")
    )
    assert summary.answer_rate == pytest.approx(summary.answered / summary.counted, abs=1e-6)


@pytest.mark.parametrize("table", ["campaigns", "numbers", "connections", "tiers", "tries"])
def test_every_table_adds_up_to_the_run(logged: tuple[Summary, list[tuple[float, Any]]], table: str) -> None:
    summary, _ = logged
    rows = getattr(summary, table)

    for figure in ("attempts", "answered", "counted"):
        assert sum(getattr(row, figure) for row in rows) == getattr(summary, figure)


def test_each_number_has_its_share_weight_and_state(
    logged: tuple[Summary, list[tuple[float, Any]]],
) -> None:
    summary, log = logged
    called = Counter(event.number for event in of_kind(log, "dispatch.granted"))
    weights = {event.number: event.weight for event in of_kind(log, "dispatch.granted")}
    for event in of_kind(log, "number.weights"):
        weights |= {row["number"]: row["weight"] for row in event.numbers}

    by_number = {one.number: one for one in summary.numbers}

    assert {number: one.attempts for number, one in by_number.items() if one.attempts} == called
    assert sum(one.share or 0.0 for one in summary.numbers) == pytest.approx(1.0, abs=1e-5)
    assert by_number["+4930901820"].status == "spam"
    assert by_number["+4930901820"].attempts == 0
    assert by_number["+14155550100"].status == "active"
    assert all(0.0 < (one.weight or 0.0) < 1.0 for one in summary.numbers)


def test_peak_and_mean_use_are_those_of_the_log(logged: tuple[Summary, list[tuple[float, Any]]]) -> None:
    summary, log = logged
    level, peak, area, since = Counter[str](), Counter[str](), Counter[str](), log[0][0]
    for time, event in log:
        for name in level:
            area[name] += level[name] * (time - since)  # type: ignore[assignment]  # seconds, not a count
        since = time
        if event.event in ("dispatch.granted", "call.ended"):
            level[event.connection] += 1 if event.event == "dispatch.granted" else -1
            peak[event.connection] = max(peak[event.connection], level[event.connection])

    for one in summary.connections:
        assert one.peak == peak[one.connection] <= one.limit
        assert one.mean == pytest.approx(area[one.connection] / summary.seconds, abs=1e-3)
        assert one.use == pytest.approx(one.mean / one.limit, abs=1e-3)
    (tenant,) = summary.tenants
    assert summary.peak == tenant.peak <= tenant.limit == 3
    assert tenant.full is not None
    assert 0.0 < tenant.full < 1.0


def test_waits_are_told_apart(logged: tuple[Summary, list[tuple[float, Any]]]) -> None:
    summary, log = logged
    waits = [event.waited_seconds for event in of_kind(log, "dispatch.granted")]

    assert summary.waits.first.count == 60
    assert summary.waits.first.count + summary.waits.retry.count == summary.waits.all.count == len(waits)
    assert summary.waits.all.max == round(max(waits), 3)
    assert summary.waits.all.mean == pytest.approx(sum(waits) / len(waits), abs=1e-3)
    assert summary.waits.all.p50 == pytest.approx(sorted(waits)[len(waits) // 2], rel=1e-3, abs=1e-3)


def test_every_row_is_accounted_for(logged: tuple[Summary, list[tuple[float, Any]]]) -> None:
    summary, log = logged
    (finished,) = of_kind(log, "campaign.finished")
    (campaign,) = summary.campaigns

    for name in ("rows", "reached", "exhausted", "canceled", "stalled", "rejected", "seconds"):
        assert getattr(campaign, name) == getattr(finished, name)
    assert campaign.peak == finished.peak_in_use
    assert summary.contacts.rows == 61
    assert summary.contacts.reach_rate == pytest.approx(finished.reached / 60, abs=1e-6)


def test_it_asks_only_for_events_that_make_a_figure(
    logged: tuple[Summary, list[tuple[float, Any]]],
) -> None:
    _, log = logged
    kinds = {type(event) for _, event in log}
    collector = SummaryCollector()
    wanted = {kind.event for kind in kinds if collector.wants(kind)}

    assert {"dispatch.granted", "call.ended", "contact.finished"} <= wanted
    assert not {"call.ringing", "call.answered", "contact.sticky_set", "pool.capacity"} & wanted


def granted(call: str, *, number: str = "+14155550100", connection: str = "east") -> DispatchGranted:
    return DispatchGranted(
        tenant="acme",
        campaign="spring",
        call=call,
        contact=call,
        attempt=1,
        waited_seconds=0.0,
        to="+12125550123",
        party=None,
        region="US",
        zones=[],
        timezone=None,
        number=number,
        connection=connection,
        tier="pool",
        spilled=None,
        probe=False,
        weight=0.2,
        share=1.0,
        candidates=1,
        connection_in_use=1,
        connection_limit=9,
        tenant_in_use=1,
        tenant_cap=9,
        number_in_use=1,
        number_limit=None,
    )


def ended(call: str, *, number: str = "+14155550100", connection: str = "east") -> CallEnded:
    return CallEnded(
        tenant="acme",
        campaign="spring",
        call=call,
        contact=call,
        number=number,
        connection=connection,
        outcome="answered",
        disposition="completed",
        ring_seconds=1.0,
        talk_seconds=1.0,
        cause=None,
    )


STARTED: list[Event] = [
    EngineStarted(run="r", versions={}, seed=1),
    CampaignStarted(
        tenant="acme",
        campaign="spring",
        settings={},
        numbers=[{"number": "+14155550100", "connection": "east", "status": "active"}],
        connections=[{"name": "east", "max_concurrent": 9}],
        ceiling=9,
        tenant_cap=9,
        contacts=None,
    ),
]


def test_a_number_that_moves_to_another_connection_keeps_what_it_did_on_each() -> None:
    collector = SummaryCollector()
    events = [
        *STARTED,
        granted("one"),
        granted("two", connection="west"),
        ended("one"),
        ended("two", connection="west"),
        EngineStopped(run="r", reason="finished"),
    ]

    for time, event in enumerate(events):
        collector(float(time), event)

    summary = summarize(collector)
    assert [(one.connection, one.attempts, one.answered) for one in summary.numbers] == [
        ("east", 1, 1),
        ("west", 1, 1),
    ]
    assert {one.connection: (one.attempts, one.peak) for one in summary.connections} == {
        "east": (1, 1),
        "west": (1, 1),
    }
    assert collector.in_use == 0


def test_the_collector_keeps_nothing_for_a_call_that_is_over() -> None:
    collector = SummaryCollector()
    for event in STARTED:
        collector(0.0, event)

    def dial(first: int, calls: int) -> int:
        for index in range(first, first + calls):
            collector(float(index), granted(f"call-{index}"))
            collector(float(index) + 0.5, ended(f"call-{index}"))
        gc.collect()
        return sum(1 for _ in gc.get_objects())

    before = dial(0, 100)
    after = dial(100, 5000)

    assert collector.first_waits.count == 5100
    assert after - before < 50


def test_the_end_of_a_call_that_another_daemon_was_granted_is_left_to_that_daemon() -> None:
    collector = SummaryCollector()
    for event in STARTED:
        collector(0.0, event)

    collector(1.0, ended("of-a-dead-daemon"))
    collector(2.0, granted("own"))
    collector(3.0, ended("own"))

    summary = summarize(collector)
    assert summary.attempts == sum(summary.outcomes.values()) == 1
    assert collector.in_use == 0


def test_a_run_without_a_call_has_no_rates() -> None:
    summary = summarize(SummaryCollector())

    assert (summary.attempts, summary.answer_rate, summary.waits.all.p95) == (0, None, None)
    assert summary.contacts.reach_rate is None
