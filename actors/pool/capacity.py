"""The capacity breakdown: how many calls can run, and what keeps it from more."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class ConnectionCapacity(msgspec.Struct, frozen=True):
    """What one connection can carry for a campaign.

    `numbers_limit` is the sum of its eligible numbers' own limits and
    `numbers_free` what is free of them; None where one of them has no limit.
    `carrier_in_use` is how many calls its carrier has up, where it can tell.
    `held` is how much of the limit this daemon holds, None where nobody
    shares it; `in_use` and `available` are this daemon's.
    """

    connection: str
    limit: int
    in_use: int
    available: int
    eligible_numbers: int
    numbers_limit: int | None
    numbers_free: int | None
    rate_left: int | None
    breaker: str
    carrier_in_use: int | None = None
    held: int | None = None


class Breakdown(msgspec.Struct, frozen=True):
    """A campaign's speedometer: the same object in log, CLI and API.

    `binds` names what keeps the ceiling from being higher, `binds_now` what
    keeps another call from starting: `tenant_cap`, `campaign_cap`,
    `connection:NAME` or `connections`, `number_limits`, `rate`,
    `no_eligible_number`, `schedule` or `paused`. Where limits are shared with
    other daemons the ceiling is for all of them; what is held, in use and
    available is this one's.
    """

    tenant: str
    campaign: str
    ceiling: int
    available: int
    binds: str
    binds_now: str
    tenant_cap: int
    tenant_in_use: int
    tenant_remaining: int
    campaign_cap: int | None
    campaign_in_use: int
    connections: tuple[ConnectionCapacity, ...]
    tenant_held: int | None = None
    campaign_held: int | None = None


def break_down(
    tenant: str,
    campaign: str,
    connections: Sequence[ConnectionCapacity],
    *,
    tenant_cap: int,
    tenant_in_use: int,
    campaign_cap: int | None,
    campaign_in_use: int,
    held_back: str | None = None,
    tenant_held: int | None = None,
    campaign_held: int | None = None,
) -> Breakdown:
    """Work out the ceiling, what is available now, and what binds each.

    `held_back` is `schedule` or `paused` where the campaign may not offer at
    all right now.
    """
    usable = [one for one in connections if one.eligible_numbers]
    raw = sum(_tighter(one.limit, one.numbers_limit) for one in usable)
    limits = {"tenant_cap": tenant_cap, **({} if campaign_cap is None else {"campaign_cap": campaign_cap})}
    ceiling = min(raw, *limits.values())
    binds = "no_eligible_number" if not usable else _named(limits, raw) or _routes(usable, raw)
    tenant_remaining = max(0, (tenant_cap if tenant_held is None else tenant_held) - tenant_in_use)
    free = sum(one.available for one in usable)
    left = {"tenant_cap": tenant_remaining}
    if campaign_cap is not None:
        left["campaign_cap"] = max(
            0, (campaign_cap if campaign_held is None else campaign_held) - campaign_in_use
        )
    available = min(free, *left.values())
    if held_back is not None:
        available, binds_now = 0, held_back
    elif not usable:
        binds_now = "no_eligible_number"
    else:
        binds_now = _named(left, free) or _free_routes(usable)
    return Breakdown(
        tenant,
        campaign,
        ceiling,
        available,
        binds,
        binds_now,
        tenant_cap,
        tenant_in_use,
        tenant_remaining,
        campaign_cap,
        campaign_in_use,
        tuple(connections),
        tenant_held,
        campaign_held,
    )


def _tighter(limit: int, numbers: int | None) -> int:
    return limit if numbers is None else min(limit, numbers)


def _named(limits: dict[str, int], routes: int) -> str | None:
    """Name the cap that is below what the routes carry, the lowest first."""
    name = min(limits, key=lambda one: limits[one])
    return name if limits[name] < routes else None


def _routes(usable: Sequence[ConnectionCapacity], raw: int) -> str:
    if raw < sum(one.limit for one in usable):
        return "number_limits"
    return f"connection:{usable[0].connection}" if len(usable) == 1 else "connections"


def _free_routes(usable: Sequence[ConnectionCapacity]) -> str:
    if any(one.rate_left is not None and one.rate_left <= one.available for one in usable) and all(
        one.rate_left is not None and one.rate_left < one.limit - one.in_use for one in usable
    ):
        return "rate"
    if all(one.numbers_free is not None and one.numbers_free < one.limit - one.in_use for one in usable):
        return "number_limits"
    return f"connection:{usable[0].connection}" if len(usable) == 1 else "connections"
