"""What a pool uses of limits that are shared with other daemons, and who waits for them.

A contact that waits is counted for every limit that keeps it: its campaign's
cap, the tenant's, its numbers' own, their connections'. Where that is only
one, a slot of it would be used at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from actors.lease.messages import Waiters
from actors.pool.cells import Cell
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.waiting import WaitingClass
from actors.slots import Leased, SlotSource
from runtime.calls import E164
from runtime.ledger.resource import Kind, Resource

if TYPE_CHECKING:
    from actors.pool.actor import PoolActor
    from actors.pool.campaign import PoolCampaign


def limit_of(number: PooledNumber) -> Resource:
    """Name a number's own limit."""
    return Resource(Kind.NUMBER, number.number)


def cap_of(campaign: PoolCampaign) -> Resource:
    """Name a campaign's cap."""
    return Resource(Kind.CAMPAIGN, campaign.name)


def use_of(pool: PoolActor, resource: Resource) -> tuple[tuple[Resource, int], ...]:
    """Count what is in use of one of them."""
    if resource.kind is Kind.CAMPAIGN:
        return ((resource, pool.campaigns[resource.name].in_use),)
    return ((resource, pool.numbers[E164(resource.name)].in_use),)


def uses(pool: PoolActor) -> tuple[tuple[Resource, int], ...]:
    """Count what is in use of the limits that the pool itself grants."""
    numbers = [(limit_of(one), one.in_use) for one in pool.numbers.values() if one.source is not None]
    campaigns = [(cap_of(one), one.in_use) for one in pool.campaigns.values() if one.source is not None]
    return (*campaigns, *numbers)


def lend(pool: PoolActor, resource: Resource, slots: int) -> None:
    """Offer out of what is held from now on; what is above it drains."""
    if resource.kind is Kind.CAMPAIGN:
        campaign = pool.campaigns[resource.name]
        _hold(campaign.source, slots)
        return
    number = pool.numbers[E164(resource.name)]
    was_free = number.free
    _hold(number.source, slots)
    if number.free and not was_free:
        pool.number_freed(number)
        pool.wake_number(number)
    elif was_free and not number.free:
        for cell, leaf in number.seats:
            cell.weigh(leaf)


def _hold(source: SlotSource | None, slots: int) -> None:
    assert isinstance(source, Leased)
    source.hold(slots)


def count_waiters(pool: PoolActor) -> tuple[Waiters, ...]:
    """Count who waits for more slots of which shared limits."""
    counts = _Counts()
    for campaign in pool.campaigns.values():
        if campaign.started and not campaign.paused and not campaign.canceled and not pool.stopped:
            _count_campaign(pool, campaign, counts)
    if pool.probes and not pool.tenant_allowance.has_room:
        counts.add([Resource(Kind.TENANT, pool.tenant)], 1)
    return counts.waiters()


class _Counts:
    def __init__(self) -> None:
        self._alone: dict[Resource, int] = {}
        self._also: dict[Resource, int] = {}

    def add(self, limits: list[Resource], contacts: int) -> None:
        counts = self._alone if len(limits) == 1 else self._also
        for one in limits:
            counts[one] = counts.get(one, 0) + contacts

    def waiters(self) -> tuple[Waiters, ...]:
        return tuple(
            Waiters(one, self._alone.get(one, 0), self._also.get(one, 0))
            for one in dict.fromkeys((*self._alone, *self._also))
        )


def _count_campaign(pool: PoolActor, campaign: PoolCampaign, counts: _Counts) -> None:
    shared: list[Resource] = []
    source = campaign.source
    if source is not None and campaign.in_use >= source.limit:
        shared.append(cap_of(campaign))
    if not pool.tenant_allowance.has_room:
        shared.append(Resource(Kind.TENANT, pool.tenant))
    cells: dict[Cell, int] = {}
    for waiting in campaign.room.classes.values():
        contacts = 0 if waiting.closed else len(waiting)
        if contacts:
            for cell in _cells_of(waiting):
                cells[cell] = cells.get(cell, 0) + contacts
            if waiting.sticky is not None and any(lane.group is None for lane in waiting.lanes):
                _count_number(waiting.sticky, shared, contacts, counts)
    for cell, contacts in cells.items():
        _count_cell(cell, shared, contacts, counts)


def _cells_of(waiting: WaitingClass) -> Iterator[Cell]:
    seen: set[int] = set()
    for lane in waiting.lanes:
        for cell in () if lane.group is None else lane.group.cells:
            if id(cell) not in seen and cell.eligible and cell.connection.usable:
                seen.add(id(cell))
                yield cell


def _count_cell(cell: Cell, shared: list[Resource], contacts: int, counts: _Counts) -> None:
    limits = [*shared, *_of_connection(cell.connection)]
    if cell.tree.count > 0:
        counts.add(limits, contacts)
        return
    for number in cell.members():
        if number.eligible and number.source is not None:
            counts.add([*limits, limit_of(number)], contacts)


def _count_number(number: PooledNumber, shared: list[Resource], contacts: int, counts: _Counts) -> None:
    limits = [*shared, *_of_connection(number.connection)]
    if number.eligible and not number.free:
        limits.append(limit_of(number))
    counts.add(limits, contacts)


def _of_connection(connection: PooledConnection) -> list[Resource]:
    if connection.has_room:
        return []
    allowance = connection.allowance
    rate = allowance.full and connection.rate_bound and allowance.in_use < allowance.limit
    return [Resource(Kind.RATE if rate else Kind.CONNECTION, connection.name)]
