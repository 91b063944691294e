"""The ceiling of a run as a whole, from the events of its pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.observe.events import (
    CampaignFinished,
    ConnectionClosed,
    ConnectionLimitChanged,
    ConnectionOpened,
    Event,
    PoolCapacity,
    TenantCapChanged,
)
from tests.trunkline.summary.conftest import tables
from trunkline.summary import Summary
from trunkline.summary.ceiling import CeilingWatch

Summarize = Callable[..., Summary]


def route(name: str, limit: int, *, numbers: int = 1, numbers_limit: int | None = None) -> dict[str, Any]:
    return {
        "connection": name,
        "limit": limit,
        "eligible_numbers": numbers,
        "numbers_limit": numbers_limit,
        "breaker": "closed",
    }


def capacity(
    *connections: dict[str, Any],
    campaign: str = "spring",
    tenant: str = "acme",
    cap: int = 100,
    campaign_cap: int | None = None,
) -> PoolCapacity:
    return PoolCapacity(
        tenant=tenant,
        campaign=campaign,
        ceiling=0,
        available=0,
        binds="",
        binds_now="",
        tenant_cap=cap,
        tenant_in_use=0,
        campaign_cap=campaign_cap,
        campaign_in_use=0,
        connections=list(connections),
    )


def finished(campaign: str) -> CampaignFinished:
    return CampaignFinished(
        tenant="acme",
        campaign=campaign,
        rows=0,
        attempts=0,
        reached=0,
        exhausted=0,
        canceled=0,
        stalled=0,
        rejected=0,
        seconds=0.0,
        peak_in_use=0,
    )


def ceiling_after(*events: Event) -> int:
    watch = CeilingWatch()
    for event in events:
        watch(0.0, event)
    return watch.ceiling


def test_connections_add_up_to_the_tenants_cap() -> None:
    assert ceiling_after(capacity(route("east", 30), route("west", 25))) == 55
    assert ceiling_after(capacity(route("east", 30), route("west", 25), cap=40)) == 40


def test_numbers_own_limits_and_missing_numbers_count() -> None:
    assert ceiling_after(capacity(route("east", 30, numbers_limit=20), route("west", 25, numbers=0))) == 20


def test_a_connection_that_campaigns_share_counts_once() -> None:
    both = [capacity(route("east", 30), campaign=name) for name in ("spring", "autumn")]

    assert ceiling_after(*both) == 30


def test_campaigns_own_caps_bind_where_all_have_one() -> None:
    spring = capacity(route("east", 30), campaign_cap=5)
    autumn = capacity(route("east", 30), campaign="autumn", campaign_cap=7)
    free = capacity(route("east", 30), campaign="summer")

    assert ceiling_after(spring, autumn) == 12
    assert ceiling_after(spring, autumn, free) == 30


def test_tenants_add_up() -> None:
    acme = capacity(route("east", 30), cap=10)
    other = capacity(route("east", 30), campaign="theirs", tenant="other", cap=8)

    assert ceiling_after(acme, other) == 18


def test_a_change_counts_from_its_own_event_on() -> None:
    start = capacity(route("east", 30), route("west", 25))
    lowered = ConnectionLimitChanged(connection="east", limit=10, by="api")
    opened = ConnectionOpened(connection="west", limit=25, by="breaker", reason="faults")
    closed = ConnectionClosed(connection="west", limit=25, by="breaker", reason="probes")
    capped = TenantCapChanged(tenant="acme", limit=7, by="api")

    assert ceiling_after(start, lowered) == 35
    assert ceiling_after(start, opened) == 30
    assert ceiling_after(start, opened, closed) == 55
    assert ceiling_after(start, capped) == 7


def test_the_last_campaigns_ceiling_stands_to_the_end() -> None:
    spring, autumn = capacity(route("east", 30)), capacity(route("west", 25), campaign="autumn")

    assert ceiling_after(spring, autumn, finished("spring")) == 25
    assert ceiling_after(spring, autumn, finished("spring"), finished("autumn")) == 25


def test_each_new_ceiling_is_told_once() -> None:
    told: list[tuple[float, int]] = []
    watch = CeilingWatch(lambda time, ceiling: told.append((time, ceiling)))

    for time in (0.0, 60.0):
        watch(time, capacity(route("east", 30)))
    watch(90.0, capacity(route("east", 20)))

    assert told == [(0.0, 30), (90.0, 20)]


def test_for_one_campaign_it_is_the_ceiling_that_the_campaign_says(run: Summarize) -> None:
    watch, said = CeilingWatch(), []

    def compare(time: float, event: Event) -> None:
        if isinstance(event, PoolCapacity):
            watch(time, event)
            said.append((event.ceiling, watch.ceiling))

    run(tables(), compare)

    assert said
    assert all(one == other for one, other in said)
