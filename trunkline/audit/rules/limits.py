"""Limits on concurrent calls, call rates, day caps, and the figures that grants log of them."""

from __future__ import annotations

from runtime.observe.events import DispatchGranted
from trunkline.audit.limits import ROUNDING_SECONDS
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import GrantScene


def connection_limit(grant: GrantScene) -> str | None:
    """Calls in progress on a connection never exceed its limit."""
    connection = grant.connection
    return _within(connection.in_use.count, connection.limit.value, f"connection {connection.name}")


def tenant_cap(grant: GrantScene) -> str | None:
    """Calls in progress of a tenant never exceed its cap."""
    tenant = grant.tenant
    return _within(tenant.in_use.count, tenant.cap.value, f"tenant {tenant.name}")


def campaign_cap(grant: GrantScene) -> str | None:
    """Calls in progress of a campaign never exceed its own cap."""
    campaign = grant.campaign
    return _within(campaign.in_use.count, campaign.settings.max_concurrent, f"campaign {campaign.name}")


def number_limit(grant: GrantScene) -> str | None:
    """Calls in progress from a number never exceed its own limit."""
    number = grant.number
    return _within(number.in_use.count, number.limit, f"number {number.number}")


def connection_rate(grant: GrantScene) -> str | None:
    """Calls placed on a connection in any second never exceed its call rate."""
    rate, placed = grant.connection.rate, grant.connection.placed
    if rate is None or len(placed) < rate or grant.time - placed[0] >= 1.0 - ROUNDING_SECONDS:
        return None
    return f"at most {rate} calls in any second on {grant.connection.name}; this is one more"


def number_day_cap(grant: GrantScene) -> str | None:
    """Calls from a number in one day of its timezone never exceed its day cap."""
    number = grant.number
    if number.day_cap is None or grant.time >= number.day_ends_at or number.day_count < number.day_cap:
        return None
    return f"{number.number} rests: {number.day_cap} calls a day have been placed from it"


def figures_limit(grant: GrantScene) -> str | None:
    """The limits in a grant are those that were in force when it was decided."""
    event = grant.event
    for said, limit, what in (
        (event.connection_limit, grant.connection.limit, "connection_limit"),
        (event.tenant_cap, grant.tenant.cap, "tenant_cap"),
    ):
        if limit.known and said != limit.value and said not in limit.lately(grant.time):
            return f"{what} {limit.value}"
    if event.number_limit != grant.number.limit:
        return f"number_limit {grant.number.limit}"
    return None


def figures_in_use(grant: GrantScene) -> str | None:
    """The counts in a grant take in every call that stood for long, and exceed no limit."""
    event, time = grant.event, grant.time
    for count, limit, in_use, what in (
        (event.connection_in_use, event.connection_limit, grant.connection.in_use, "connection_in_use"),
        (event.tenant_in_use, event.tenant_cap, grant.tenant.in_use, "tenant_in_use"),
        (event.number_in_use, event.number_limit, grant.number.in_use, "number_in_use"),
    ):
        least = in_use.steady(time) + 1
        if count < least:
            return f"{what} at least {least}"
        if limit is not None and count > limit:
            return f"{what} at most {limit}"
    return None


def _within(in_use: int, limit: int | None, what: str) -> str | None:
    if limit is None or in_use < limit:
        return None
    return f"at most {limit} calls at once of {what}; {in_use} are in progress"


RULES = (
    Rule(
        "connection.limit",
        "Calls in progress on a connection never exceed its limit; a lowered limit drains.",
        {DispatchGranted: connection_limit},
    ),
    Rule(
        "connection.rate",
        "Calls placed on a connection in any second, sliding, never exceed its call rate.",
        {DispatchGranted: connection_rate},
    ),
    Rule(
        "tenant.cap",
        "Calls in progress of a tenant never exceed its cap; a lowered cap drains.",
        {DispatchGranted: tenant_cap},
    ),
    Rule(
        "campaign.cap",
        "Calls in progress of a campaign never exceed its own cap.",
        {DispatchGranted: campaign_cap},
    ),
    Rule(
        "number.limit",
        "Calls in progress from a number never exceed its own limit.",
        {DispatchGranted: number_limit},
    ),
    Rule(
        "number.day_cap",
        "Calls from a number in one day of its timezone never exceed its day cap: at it, it rests.",
        {DispatchGranted: number_day_cap},
    ),
    Rule(
        "figures.limit",
        "The limits that a grant states were in force when it was decided.",
        {DispatchGranted: figures_limit},
    ),
    Rule(
        "figures.in_use",
        "The counts that a grant states exceed no limit and leave out no call that stood for long.",
        {DispatchGranted: figures_in_use},
    ),
)
