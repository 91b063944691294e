"""Every rule reports the mutants that break it, and no other rule does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from runtime.observe import events as e
from tests.trunkline.audit.conftest import (
    BRITONS,
    CALIFORNIANS,
    EAST,
    FRENCH,
    NEW_YORKERS,
    Entries,
    Simulate,
    judge,
    tables,
)
from tests.trunkline.audit.mutants import (
    TENANT,
    added,
    around,
    call_of,
    drop,
    edit,
    find,
    flagged,
    grant,
    in_progress,
    insert,
    listed,
    made_room,
    move,
    repeat,
    settings,
    unflagged,
    without,
)
from trunkline.audit import RULES

EVERYBODY = [*CALIFORNIANS[:30], *NEW_YORKERS[:20], *BRITONS[:30], *FRENCH[:20]]
QUICK = {"retry_after": {"callback": "2m"}}


def _faulty() -> dict[str, Any]:
    config = tables(max_carrier_failures=30, **QUICK)
    config["tenants"][0]["max_concurrent"] = 30
    for connection in config["connections"]:
        connection["options"] = {"failure_rate": 0.2, "changes": [{"at": "2m", "outage": "20m"}]}
    return config


def _pair() -> dict[str, Any]:
    config = tables(prefer_country_match=False)
    config["campaigns"].append({**config["campaigns"][0], "name": "summer"})
    return config


RUNS: dict[str, Callable[[], tuple[dict[str, Any], dict[str, list[str]]]]] = {
    "plain": lambda: (tables(**QUICK), {"spring": EVERYBODY}),
    "anywhere": lambda: (tables(prefer_country_match=False), {"spring": EVERYBODY}),
    "faulty": lambda: (_faulty(), {"spring": EVERYBODY}),
    "hours": lambda: (tables(calling_hours="09:00-12:00"), {"spring": EVERYBODY[:40]}),
    "masked": lambda: (tables(log_phone_numbers="masked"), {"spring": EVERYBODY[:40]}),
    "pair": lambda: (_pair(), {"spring": EVERYBODY, "summer": CALIFORNIANS[100:160]}),
}


class Mutant(NamedTuple):
    """A rule, the run to break it in, and how."""

    rule: str
    run: str
    mutate: Callable[[Entries], Entries]
    name: str = ""


def _stopped_early(log: Entries) -> Entries:
    busy = grant(log, lambda event: event.attempt == 2)
    return insert(log[: busy + 1], busy, e.EngineStopped(run="run", reason="closed"))[: busy + 1]


def _repeated_end(log: Entries) -> Entries:
    return repeat(log, find(log, e.CallEnded))


def _repeated_ring(log: Entries) -> Entries:
    return repeat(log, find(log, e.CallRinging))


def _rings_late(log: Entries) -> Entries:
    answered = find(log, e.CallAnswered)
    call = call_of(log, answered)
    ringing: Any = log[find(log, e.CallRinging, lambda event: event.call == call)][1]
    return insert(drop(log, find(log, e.CallRinging, lambda event: event.call == call)), answered, ringing)


def _before_the_end(fits: Callable[[Entries, int, int], bool]) -> Callable[[Entries], Entries]:
    def mutate(log: Entries) -> Entries:
        return move(log, *made_room(log, fits))

    return mutate


def _room_on_the_connection(log: Entries, index: int, earlier: int) -> bool:
    """Tell whether only the connection was full; a failed call changes no weight."""
    granted: Any = log[index][1]
    end: Any = log[earlier][1]
    same = granted.connection == end.connection and granted.number_limit is None
    standing = in_progress(log, earlier, lambda event: event.connection == end.connection)
    return bool(same and end.outcome == "failed" and standing == granted.connection_limit)


def _room_of_the_number(log: Entries, index: int, earlier: int) -> bool:
    granted: Any = log[index][1]
    end: Any = log[earlier][1]
    standing = in_progress(log, earlier, lambda event: event.number == end.number)
    beside = in_progress(log, earlier, lambda event: event.connection == end.connection)
    room = beside < granted.connection_limit
    same = granted.number == end.number and end.outcome == "failed"
    return bool(same and room and standing == granted.number_limit)


def _limit_lowered(log: Entries) -> Entries:
    index = grant(log, lambda event: event.connection == "east" and event.connection_in_use > 5)
    low, high = (e.ConnectionLimitChanged(connection="east", limit=limit, by="test") for limit in (2, 10))
    return around(log, index, low, high)


def _cap_lowered(log: Entries) -> Entries:
    index = grant(log, lambda event: event.tenant_in_use > 5)
    low, high = (e.TenantCapChanged(tenant=TENANT, limit=limit, by="test") for limit in (2, 12))
    return around(log, index, low, high)


def _barred(bar: Callable[[str], e.Event], lift: Callable[[Entries, str], e.Event]) -> Any:
    def mutate(log: Entries) -> Entries:
        index = grant(log, lambda event: event.number == EAST and event.number_in_use > 2)
        return around(log, index, bar(EAST), lift(log, EAST))

    return mutate


def _other_trunk(log: Entries) -> Entries:
    index = grant(log, last=True)
    granted: Any = log[index][1]
    other, limit = ("west", 6) if granted.connection == "east" else ("east", 10)
    for line, (_, event) in enumerate(log):
        if getattr(event, "call", None) == granted.call:
            log = edit(log, line, connection=other)
    return edit(log, index, connection_limit=limit, connection_in_use=limit)


def _probe_too_early(log: Entries) -> Entries:
    reopened = find(log, e.ConnectionOpened, lambda event: event.reason.startswith("probe failed"))
    opened: Any = log[reopened][1]
    probe = reopened + grant(log[reopened:], lambda event: event.connection == opened.connection)
    return insert(drop(log, reopened), probe - 1, opened)


def _worn_out(log: Entries) -> Entries:
    started: Any = log[find(log, e.CampaignStarted)][1]
    rows = [{**row, "breaker_failure_rate": 0.1} for row in started.connections]
    before = find(log, e.ConnectionOpened)
    return [*edit(log, find(log, e.CampaignStarted), connections=rows)[:before]]


def _lost_sticky(log: Entries) -> Entries:
    sticky: Any = log[find(log, e.ContactStickySet)][1]
    end = find(log, e.ContactFinished, lambda event: event.contact == sticky.contact)
    lost = e.ContactStickyLost(
        tenant=TENANT,
        campaign="spring",
        contact=sticky.contact,
        number=sticky.number,
        reason="flagged",
    )
    return insert(log, end, lost)


def _sticky_forgotten(log: Entries) -> Entries:
    def is_last(event: Any) -> bool:
        calls = [one for _, one in log if isinstance(one, e.DispatchGranted) and one.contact == event.contact]
        return len(calls) == 1

    return drop(log, find(log, e.ContactStickySet, is_last))


def _sticky_unasked(log: Entries) -> Entries:
    busy = find(log, e.CallEnded, lambda event: event.outcome == "busy")
    ended: Any = log[busy][1]
    sticky = e.ContactStickySet(tenant=TENANT, campaign="spring", contact=ended.contact, number=ended.number)
    lost = e.ContactStickyLost(
        tenant=TENANT, campaign="spring", contact=ended.contact, number=ended.number, reason="paused"
    )
    pause = e.NumberPaused(tenant=TENANT, number=ended.number, by="test")
    resume = e.NumberResumed(tenant=TENANT, number=ended.number, by="test")
    return insert(log, busy + 1, sticky, pause, lost, resume)


def _elsewhere(log: Entries) -> int:
    """Find a retry right after a carrier's fault, from another number."""
    for index, (time, event) in enumerate(log):
        if not isinstance(event, e.DispatchGranted) or event.tier != "country":
            continue
        for earlier in log[:index]:
            ended = earlier[1]
            if isinstance(ended, e.CallEnded) and ended.contact == event.contact and earlier[0] == time:
                return index
    raise AssertionError("nobody was called again at once")


def _twice_at_once(log: Entries) -> Entries:
    index = _elsewhere(log)
    granted: Any = log[index][1]
    return move(log, index, _last_end(log[:index], granted.contact))


def _same_phone(log: Entries) -> Entries:
    first: Any = log[grant(log, lambda event: event.region == "US")][1]
    other = grant(log, lambda event: event.region == "US" and event.contact != first.contact)
    return edit(log, other, to=first.to)


def _finished_in_call(log: Entries) -> Entries:
    for index, (time, event) in enumerate(log):
        if isinstance(event, e.ContactFinished) and event.attempts == 1:
            end = _last_end(log[:index], event.contact)
            if log[end][0] == time:
                return move(log, index, end)
    raise AssertionError("nobody finished with the first call")


def _last_end(log: Entries, contact: str) -> int:
    return find(log, e.CallEnded, lambda event: event.contact == contact, last=True)


def _wrong_result(log: Entries) -> Entries:
    log = edit(log, find(log, e.ContactFinished, lambda event: event.result == "reached"), result="exhausted")
    end = find(log, e.CampaignFinished)
    finished: Any = log[end][1]
    return edit(log, end, reached=finished.reached - 1, exhausted=finished.exhausted + 1)


def _stalled(log: Entries) -> Entries:
    index = grant(log, last=True)
    stalled = e.CampaignStalled(tenant=TENANT, campaign="spring", by="engine", reason="test", contacts=1)
    stopped = find(log, e.EngineStopped)
    return insert(edit(log, stopped, reason="stalled"), index, stalled)


def _journal_away(log: Entries) -> Entries:
    index = grant(log, lambda event: event.attempt == 2)
    away = next(line for line in range(index) if log[index][0] - log[line][0] < 15)
    assert log[index][0] - log[away][0] > 11
    log = insert(log, index + 1, e.JournalBack(reason="test"))
    return insert(log, away, e.JournalAway(reason="test"))


def _clock_set_back(log: Entries) -> Entries:
    index = find(log, e.NumberWeights)
    time, event = log[index]
    return [*log[:index], (time - 1, event), *log[index + 1 :]]


def _unmasked(log: Entries) -> Entries:
    index = grant(log, lambda event: event.contact == "3")
    return edit(log, index, to=EVERYBODY[3], party=None)


CHANGED: dict[str, Any] = {"tenant": TENANT, "campaign": "spring", "by": "test"}

MUTANTS = [
    Mutant("call.once", "plain", lambda log: repeat(log, grant(log)), "granted twice"),
    Mutant(
        "call.once",
        "plain",
        lambda log: insert(
            log,
            find(log, e.CallEnded),
            e.DispatchVoided(
                tenant=TENANT,
                campaign="spring",
                call=call_of(log, grant(log)),
                contact="0",
                number=EAST,
                reason="test",
            ),
        ),
        "voided after its grant",
    ),
    Mutant("call.end", "plain", _repeated_end, "ended twice"),
    Mutant("call.end", "plain", _stopped_early, "open when the engine stopped"),
    Mutant("call.sequence", "plain", _repeated_ring, "rings twice"),
    Mutant("call.sequence", "plain", _rings_late, "rings after the answer"),
    Mutant("call.same", "plain", lambda log: edit(log, find(log, e.CallRinging), contact="nobody")),
    Mutant("call.length", "plain", lambda log: settings(log, max_call_seconds=1.0)),
    Mutant(
        "call.seconds",
        "plain",
        lambda log: edit(log, find(log, e.CallEnded, lambda event: event.ring_seconds), ring_seconds=-1.0),
    ),
    Mutant(
        "call.disposition",
        "plain",
        lambda log: edit(
            log, find(log, e.CallEnded, lambda event: event.disposition == "completed"), disposition=None
        ),
    ),
    Mutant(
        "connection.limit",
        "faulty",
        _before_the_end(_room_on_the_connection),
        "before the end that made room",
    ),
    Mutant("connection.limit", "plain", _limit_lowered, "placed while a lowered limit drains"),
    Mutant("tenant.cap", "plain", _cap_lowered, "placed while a lowered cap drains"),
    Mutant("campaign.cap", "plain", lambda log: settings(without(log, e.PoolCapacity), max_concurrent=3)),
    Mutant("number.limit", "faulty", _before_the_end(_room_of_the_number)),
    Mutant("number.day_cap", "plain", lambda log: listed(log, "numbers", EAST, max_calls_per_day=5)),
    Mutant(
        "connection.rate", "plain", lambda log: listed(log, "connections", "west", max_calls_per_second=1)
    ),
    Mutant("figures.limit", "plain", lambda log: edit(log, grant(log), connection_limit=11)),
    Mutant("figures.limit", "plain", lambda log: edit(log, grant(log), number_limit=100), "number"),
    Mutant("figures.in_use", "plain", lambda log: edit(log, grant(log), tenant_in_use=0), "too low"),
    Mutant("figures.in_use", "plain", lambda log: edit(log, grant(log), connection_in_use=11), "too high"),
    Mutant(
        "number.pool",
        "plain",
        _barred(
            lambda number: e.NumberRemoved(tenant=TENANT, campaign="spring", number=number, by="test"), added
        ),
    ),
    Mutant(
        "number.removed",
        "plain",
        _barred(lambda number: e.NumberRemoved(tenant=TENANT, number=number, by="test"), added),
    ),
    Mutant("number.flagged", "plain", _barred(flagged, lambda _, number: unflagged(number))),
    Mutant(
        "number.paused",
        "plain",
        _barred(
            lambda number: e.NumberPaused(tenant=TENANT, number=number, by="test"),
            lambda _, number: e.NumberResumed(tenant=TENANT, number=number, by="test"),
        ),
    ),
    Mutant(
        "number.resting",
        "plain",
        _barred(
            lambda number: e.NumberResting(tenant=TENANT, number=number, by="doctor"),
            lambda _, number: e.NumberRested(tenant=TENANT, number=number, by="doctor"),
        ),
    ),
    Mutant("number.connection", "plain", _other_trunk),
    Mutant("connection.disabled", "plain", lambda log: listed(log, "connections", "west", enabled=False)),
    Mutant(
        "connection.breaker",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.candidates == 1), probe=True),
        "a probe of a closed one",
    ),
    Mutant(
        "connection.breaker",
        "faulty",
        lambda log: edit(log, grant(log, lambda event: event.probe, last=True), probe=False),
        "an ordinary call through an open one",
    ),
    Mutant("connection.probe", "faulty", _probe_too_early),
    Mutant(
        "connection.opens",
        "plain",
        lambda log: insert(
            log,
            find(log, e.EngineStopped),
            e.ConnectionOpened(connection="east", limit=10, by="breaker", reason="test"),
        ),
        "without cause",
    ),
    Mutant("connection.opens", "faulty", _worn_out, "does not open"),
    Mutant(
        "connection.closes",
        "plain",
        lambda log: insert(
            log,
            find(log, e.EngineStopped),
            e.ConnectionClosed(connection="east", limit=10, by="breaker", reason="test"),
        ),
    ),
    Mutant("place.contact", "anywhere", lambda log: edit(log, grant(log), region="FR"), "region"),
    Mutant("place.contact", "anywhere", lambda log: edit(log, grant(log), zones=["Asia/Tokyo"]), "zones"),
    Mutant(
        "tier.match",
        "anywhere",
        lambda log: edit(
            log,
            grant(log, lambda event: event.tier == "pool" and event.region == "FR"),
            tier="country",
        ),
    ),
    Mutant(
        "tier.order",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.tier == "country"), tier="pool"),
    ),
    Mutant(
        "tier.order",
        "plain",
        lambda log: edit(
            settings(log, match_when_full="spill"),
            grant(log, lambda event: event.tier == "country"),
            tier="pool",
            spilled="timezone",
        ),
        "spilled from a tier that is not the first",
    ),
    Mutant(
        "tier.spill",
        "plain",
        lambda log: edit(
            log, grant(log, lambda event: event.tier == "country"), tier="pool", spilled="country"
        ),
        "where the campaign waits",
    ),
    Mutant(
        "sticky.kept",
        "plain",
        lambda log: edit(
            log, grant(log, lambda event: event.tier == "sticky" and event.region == "GB"), tier="country"
        ),
        "left",
    ),
    Mutant(
        "sticky.kept",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.candidates == 1), tier="sticky"),
        "never set",
    ),
    Mutant("sticky.set", "plain", _sticky_forgotten, "forgotten"),
    Mutant("sticky.set", "plain", _sticky_unasked, "unasked"),
    Mutant("sticky.lost", "plain", _lost_sticky),
    Mutant("draw.candidates", "plain", lambda log: edit(log, grant(log), candidates=0)),
    Mutant("draw.share", "plain", lambda log: edit(log, grant(log), share=1.5), "no probability"),
    Mutant("draw.share", "plain", lambda log: edit(log, grant(log), share=None), "missing"),
    Mutant(
        "draw.weight", "plain", lambda log: edit(log, grant(log, last=True), weight=0.123), "another weight"
    ),
    Mutant("attempt.number", "plain", lambda log: edit(log, grant(log), attempt=2)),
    Mutant("attempt.most", "plain", lambda log: settings(log, max_attempts=2)),
    Mutant("attempt.faults", "faulty", lambda log: settings(log, max_carrier_failures=1)),
    Mutant(
        "attempt.final",
        "plain",
        lambda log: settings(log, retry_after={"callback": 120.0, "no_answer": 7200.0, "busy": 900.0}),
    ),
    Mutant(
        "attempt.due",
        "plain",
        lambda log: settings(
            log,
            retry_after={
                "callback": 120.0,
                "no_answer": 7200.9,
                "busy": 900.0,
                "voicemail": 14400.0,
                "failed": 300.0,
            },
        ),
    ),
    Mutant("attempt.elsewhere", "faulty", lambda log: edit(log, _elsewhere(log), tier="pool")),
    Mutant(
        "attempt.waited",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.attempt == 2), waited_seconds=100.0),
        "a retry",
    ),
    Mutant("attempt.waited", "plain", lambda log: edit(log, grant(log), waited_seconds=1e6), "a first call"),
    Mutant("contact.one_call", "faulty", _twice_at_once),
    Mutant("contact.phone", "plain", _same_phone),
    Mutant(
        "calling_hours", "hours", lambda log: settings(log, calling_hours={"windows": [[0, 60]], "days": [0]})
    ),
    Mutant("contact.finished", "plain", lambda log: repeat(log, find(log, e.ContactFinished)), "twice"),
    Mutant("contact.in_call", "plain", _finished_in_call),
    Mutant("contact.attempts", "plain", lambda log: edit(log, find(log, e.ContactFinished), attempts=9)),
    Mutant("contact.result", "plain", _wrong_result, "not reached though answered"),
    Mutant("campaign.started", "plain", lambda log: repeat(log, find(log, e.CampaignStarted)), "twice"),
    Mutant(
        "campaign.start_at",
        "plain",
        lambda log: settings(log, start_at=log[0][0] + 30.0),
    ),
    Mutant(
        "campaign.paused",
        "plain",
        lambda log: around(log, grant(log), e.CampaignPaused(**CHANGED), e.CampaignResumed(**CHANGED)),
    ),
    Mutant(
        "campaign.canceled",
        "plain",
        lambda log: insert(log, grant(log, last=True), e.CampaignCanceled(**CHANGED)),
    ),
    Mutant("campaign.over", "plain", _stalled, "stalled"),
    Mutant("campaign.rows", "plain", lambda log: edit(log, find(log, e.CampaignFinished), rows=1), "rows"),
    Mutant("campaign.rows", "plain", lambda log: drop(log, find(log, e.ContactFinished)), "a contact lost"),
    Mutant("campaign.figures", "plain", lambda log: edit(log, find(log, e.CampaignFinished), attempts=1)),
    Mutant(
        "campaign.figures",
        "plain",
        lambda log: edit(log, find(log, e.CampaignFinished), peak_in_use=13),
        "peak",
    ),
    Mutant(
        "campaign.figures",
        "plain",
        lambda log: edit(log, find(log, e.CampaignFinished), seconds=1.0),
        "seconds",
    ),
    Mutant("engine.stopped", "plain", lambda log: edit(log, find(log, e.EngineStopped), reason="stalled")),
    Mutant(
        "engine.stopped",
        "plain",
        lambda log: drop(log, find(log, e.CampaignFinished)),
        "a campaign has not finished",
    ),
    Mutant("journal.away", "plain", _journal_away),
    Mutant("log.masking", "masked", _unmasked, "shown"),
    Mutant("log.masking", "plain", lambda log: settings(log, mask_phone_numbers=True), "not masked"),
    Mutant("priority", "pair", lambda log: settings(log, "summer", priority=1)),
    Mutant(
        "capacity.ceiling",
        "plain",
        lambda log: edit(log, find(log, e.PoolCapacity), ceiling=99),
    ),
    Mutant(
        "capacity.limits",
        "plain",
        lambda log: edit(log, find(log, e.PoolCapacity), campaign_cap=50),
    ),
    Mutant("log.time", "plain", _clock_set_back),
]


@pytest.fixture(scope="module")
def runs(simulate: Simulate) -> dict[str, Entries]:
    return {name: simulate(*make()) for name, make in RUNS.items()}


@pytest.mark.parametrize("run", RUNS)
def test_the_runs_that_mutants_are_made_of_are_clean(runs: dict[str, Entries], run: str) -> None:
    assert judge(runs[run], complete=True).counts == {}


@pytest.mark.parametrize(
    ("rule", "run", "mutate", "name"), MUTANTS, ids=[f"{one.rule} {one.name}".strip() for one in MUTANTS]
)
def test_a_mutant_is_reported_by_the_rule_that_it_breaks_and_by_no_other(
    runs: dict[str, Entries], rule: str, run: str, mutate: Callable[[Entries], Entries], name: str
) -> None:
    report = judge(mutate(runs[run]))

    assert set(report.counts) == {rule}, report.violations
    assert all(one.expected for one in report.violations)


def test_a_log_that_breaks_off_is_reported_where_it_has_to_be_complete(runs: dict[str, Entries]) -> None:
    log = runs["plain"][:-1]

    assert judge(log).counts == {}
    assert set(judge(log, complete=True).counts) == {"log.complete"}


def test_every_rule_has_a_mutant() -> None:
    assert {one.rule for one in MUTANTS} | {"log.complete"} == {rule.name for rule in RULES}


def test_a_rule_is_named_once_and_says_what_it_asks_for() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)
