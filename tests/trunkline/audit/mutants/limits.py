"""Mutants of limits, of what bars, and of the counts that a grant states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.observe import events as e
from tests.trunkline.audit.conftest import EAST, Entries
from tests.trunkline.audit.editing import (
    TENANT,
    added,
    around,
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
    settings,
    unflagged,
    without,
)
from tests.trunkline.audit.mutants.mutant import Mutant


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


MUTANTS = [
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
]
