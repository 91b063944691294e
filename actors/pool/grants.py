"""Count what an offer takes, and what comes back with it."""

from __future__ import annotations

from actors.messages import (
    HandOn,
    Kind,
)
from actors.pool.campaign import HeldNumber
from actors.pool.days import charge_day, let_rested
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import (
    connection_changed,
    number_freed,
    wake_number,
)


def occupy(pool: TenantPool, held: HeldNumber) -> None:
    """Count an offer under every limit that it takes a slot of."""
    number = held.choice.number
    connection = number.connection
    campaign = held.campaign
    campaign.in_use = in_use = campaign.in_use + 1
    if in_use > campaign.peak_in_use:
        campaign.peak_in_use = in_use
    held.tenant_ticket = pool.tenant_allowance.take()
    held.ticket = connection.allowance.take()
    if not connection.has_room():
        for cell in connection.cells:
            cell.mark()
    number.in_use += 1
    if number.day_cap is not None and not held.placed:
        charge_day(pool, number, number.day_cap)
    if number.source is not None and not number.free():
        for cell, leaf in number.seats:
            cell.weigh(leaf)


def free_up(pool: TenantPool, held: HeldNumber) -> None:
    """Count one less under each of them, and wake who may be served by it."""
    number = held.choice.number
    connection = number.connection
    held.campaign.in_use -= 1
    pool.tenant_allowance.in_use -= 1
    source = number.source
    was_full = source is not None and number.in_use == source.limit
    number.in_use -= 1
    allowance = connection.allowance
    had_room = allowance.in_use < allowance.limit
    allowance.in_use -= 1
    if was_full and number.free():
        number_freed(pool, number)
    if not had_room and connection.has_room():
        connection_changed(pool, connection)
    else:
        wake_number(pool, number)


def give_back(pool: TenantPool, held: HeldNumber, *, reserved: bool, reserved_tenant: bool) -> None:
    """Take an offer back whose call was not placed."""
    number = held.choice.number
    if number.day_cap is not None and not held.placed:
        number.open_offers -= 1
        number.day_count = max(0, number.day_count - 1)
        if number.shared_day is not None:
            number.spend_day(-1)
            number_freed(pool, number)
        elif number.resting and number.day_count < number.day_cap:
            let_rested(pool, number, "returned")
    free_up(pool, held)
    held.campaign.passed -= 1.0 / held.campaign.settings.share
    held.campaign.placed -= 1
    if held.kind is Kind.FRESH:
        held.campaign.room.since_fresh += 3
    if held.probe:
        if not reserved and number.connection.opened:
            pool.probes[number.connection] = None
    elif held.ticket and not reserved:
        pool.connection_refs[number.connection.name].tell(HandOn(pool.tenant, 1))
        number.connection.allowance.full = False
        connection_changed(pool, number.connection)
    if held.tenant_ticket and not reserved_tenant:
        pool.tenant_ref.tell(HandOn(pool.tenant, 1))
        pool.tenant_allowance.full = False
