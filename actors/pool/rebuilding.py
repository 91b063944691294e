"""Build a pool's derived state anew from its facts, after a crash.

Facts are the inventory (flags, limits, day counts), each campaign's members,
answer rates and standing, the grants that are out, and the rows that wait.
Every row is looked for wherever it may have been put down: it is in one
place, or in two for the moment of a move, and counts once. A contact whose
grant is out waits nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from actors.messages import HandOn, Index, Kind, Start
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.lining_up import line_up
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waiting import ClassKey, Key
from actors.pool.waking import arm_again

Place: TypeAlias = tuple[Kind, Key, ClassKey]
"""Where a contact waits: as what, since when, for which numbers."""

ALL = 1_000_000
"""More tickets than there are slots: all that a pool may hold."""


def rebuild(pool: TenantPool) -> None:
    """Throw away sums, lanes, tickets and wakes; derive them from the facts."""
    rows = {name: _rows_of(pool, campaign) for name, campaign in pool.campaigns.items()}
    moving, pool.moving = pool.moving, None
    for connection in pool.connections.values():
        connection.cells.clear()
        connection.allowance.forget()
    pool.tenant_allowance.forget()
    pool.ticketed.clear()
    for number in pool.numbers.values():
        number.seats.clear()
        number.in_use = 0
        number.open_offers = 0
    for campaign in pool.campaigns.values():
        campaign.rebuild()
    for held in (*pool.held.values(), *pool.calls.values()):
        _count(pool, held)
    for campaign in pool.campaigns.values():
        campaign.seat_again()
        _line_up(pool, campaign, rows[campaign.name])
        arm_again(pool, campaign)
    if moving is not None and pool.held.get((moving.campaign.name, moving.index)) is moving:
        moving.campaign.ref.tell(Start(moving.index))
    for ref in (*pool.connection_refs.values(), pool.tenant_ref):
        ref.tell(HandOn(pool.tenant, ALL))
    serve(pool)


def _rows_of(pool: TenantPool, campaign: PoolCampaign) -> dict[int, Place]:
    rows: dict[int, Place] = {}
    for waiting in campaign.room.classes.values():
        for kind, key in waiting.rows():
            rows[key[1]] = (kind, key, waiting.key)
    for due, index, kind, class_key in campaign.room.future:
        rows[index] = (kind, (due, index), class_key)
    moving = pool.moving
    if moving is not None and moving.campaign is campaign:
        rows[moving.index] = (moving.kind, moving.key, moving.class_key)
    for held in _elsewhere(pool, campaign):
        rows.pop(held.index, None)
    return rows


def _elsewhere(pool: TenantPool, campaign: PoolCampaign) -> Iterable[HeldNumber]:
    for table in (pool.held, pool.calls, pool.parked):
        for held in table.values():
            if held.campaign is campaign:
                yield held


def _count(pool: TenantPool, held: HeldNumber) -> None:
    number = held.choice.number
    held.campaign.in_use += 1
    number.in_use += 1
    number.connection.allowance.in_use += 1
    pool.tenant_allowance.in_use += 1
    if number.day_cap is not None and not held.placed:
        number.open_offers += 1


def _line_up(pool: TenantPool, campaign: PoolCampaign, rows: dict[int, Place]) -> None:
    if campaign.canceled:
        return
    now = pool.now
    for index in sorted(rows):
        kind, key, class_key = rows[index]
        if key[0] > now:
            campaign.room.wait_until(key[0], Index(index), kind, class_key)
        elif kind is Kind.FRESH and key[0] == 0.0:
            waiting = campaign.class_due(class_key, now)
            campaign.room.append_fresh(waiting, Index(index))
        else:
            line_up(pool, campaign, class_key, kind, key)
