"""What a pool uses of limits that are shared with other daemons, and who waits for them.

A contact that waits is counted for every limit that keeps it: of a
connection, the tenant, its campaign, its numbers. Daemons that need the same
two limits must not hold one each and wait for the other: so the limits have
an order, and a slot is futile for whoever lacks one that comes before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from actors.lease.messages import DaySpent, Lent, LimitElsewhere, Share, Uses, Waiters
from actors.pool.campaign import PoolCampaign
from actors.pool.cells import Cell
from actors.pool.days import let_rest, let_rested
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.shared_day import SharedDay
from actors.pool.tenant_pool import TenantPool
from actors.pool.waiting import WaitingClass
from actors.pool.waking import number_freed, wake_number
from actors.slots import Leased, SlotSource
from runtime.calls import E164
from runtime.ledger.resource import Kind, Resource

PASSING = frozenset({Kind.RATE, Kind.DAY})
"""Limits that come last, and whose slots are wanted by those who lack nothing else."""


def limit_of(number: PooledNumber) -> Resource:
    """Name a number's own limit."""
    return Resource(Kind.NUMBER, number.number)


def cap_of(campaign: PoolCampaign) -> Resource:
    """Name a campaign's cap."""
    return Resource(Kind.CAMPAIGN, campaign.name)


def day_of(number: PooledNumber) -> Resource:
    """Name a number's calls of a day."""
    return Resource(Kind.DAY, number.number)


def uses(pool: TenantPool) -> Uses:
    """Count what is in use of the limits that the pool itself grants, and who waits for which."""
    numbers = list(pool.numbers.values())
    of_numbers = [(limit_of(one), one.in_use) for one in numbers if one.source is not None]
    of_campaigns = [(cap_of(one), one.in_use) for one in pool.campaigns.values() if one.source is not None]
    spent, days = _days(pool, numbers)
    return Uses(f"pool {pool.tenant}", (*of_campaigns, *of_numbers, *spent), count_waiters(pool), days)


def confirm(pool: TenantPool, resource: Resource) -> Uses:
    """Count what is in use of one of them."""
    if resource.kind is Kind.CAMPAIGN:
        return Uses(None, ((resource, pool.campaigns[resource.name].in_use),))
    number = pool.numbers[E164(resource.name)]
    if resource.kind is Kind.DAY:
        spent, days = _days(pool, [number])
        return Uses(None, spent, days=days)
    return Uses(None, ((resource, number.in_use),))


def _days(
    pool: TenantPool, numbers: list[PooledNumber]
) -> tuple[tuple[tuple[Resource, int], ...], tuple[DaySpent, ...]]:
    spent: list[tuple[Resource, int]] = []
    days: list[DaySpent] = []
    for number in numbers:
        if number.shared_day is not None:
            number.shared_day.look(pool.clock.time(), number.open_offers)
            spending, resource = number.shared_day.spending, day_of(number)
            spent.append((resource, spending.uses))
            days.append(DaySpent(resource, spending.own_day, spending.carried))
    return tuple(spent), tuple(days)


def follow(pool: TenantPool, elsewhere: LimitElsewhere) -> None:
    """Go by a limit that holds for all daemons, where it is another than in the configuration."""
    resource, limit = elsewhere.resource, elsewhere.limit
    if resource.kind is Kind.CAMPAIGN:
        source = pool.campaigns[resource.name].source
    elif resource.kind is Kind.NUMBER:
        source = pool.numbers[E164(resource.name)].source
    else:  # of a day's calls no more are lent than it allows
        pool.numbers[E164(resource.name)].day_cap = limit
        return
    assert isinstance(source, Leased)
    source.configured = limit  # what may be in use follows, by what is lent


def lend(pool: TenantPool, lent: Lent) -> None:
    """Offer out of what is held from now on; what is above it drains. Say what is in use, if asked."""
    _hold_lent(pool, lent)
    if lent.ref is not None:
        lent.ref.tell(confirm(pool, lent.resource))


def _hold_lent(pool: TenantPool, lent: Lent) -> None:
    resource = lent.resource
    if resource.kind is Kind.CAMPAIGN:
        _hold(pool.campaigns[resource.name].source, lent.slots)
        return
    number = pool.numbers[E164(resource.name)]
    was_free = number.free()
    if resource.kind is Kind.DAY:
        _hold_day(pool, number, lent)
    else:
        _hold(number.source, lent.slots)
    if number.free() and not was_free:
        number_freed(pool, number)
        wake_number(pool, number)
    elif was_free and not number.free():
        for cell, leaf in number.seats:
            cell.weigh(leaf)


def _hold_day(pool: TenantPool, number: PooledNumber, lent: Lent) -> None:
    day = number.shared_day
    assert day is not None
    day.hold(lent.slots, lent.day)
    number.short = day.short
    exhausted = lent.exhausted and day.short
    if exhausted and not number.resting:
        let_rest(pool, number)
    elif number.resting and not exhausted:
        let_rested(pool, number, "day_ended")


def _hold(source: SlotSource | None, slots: int) -> None:
    assert isinstance(source, Leased)
    source.hold(slots)


def count_waiters(pool: TenantPool) -> tuple[Waiters, ...]:
    """Count who waits for more slots of which shared limits."""
    counts = _Counts()
    for campaign in pool.campaigns.values():
        if campaign.started and not campaign.paused and not campaign.canceled and not pool.stopped:
            _count_campaign(pool, campaign, counts)
    if pool.probes and not pool.tenant_allowance.has_room():
        counts.add([(Resource(Kind.TENANT, pool.tenant), True)], 1)
    return counts.waiters()


Gate: TypeAlias = tuple[Resource, bool]
"""A limit on a contact's way to its call, and whether it is full here."""


class _Counts:
    """Sums over the ways that contacts may take; each way's limits are in one order."""

    def __init__(self) -> None:
        self._counts: dict[Resource, list[int]] = {}

    def add(self, way: list[Gate], contacts: int) -> None:
        lacking = False
        for resource, is_full in way:
            first, later, useful, futile = range(4)
            if is_full and not lacking:
                what = first
            elif is_full and resource.kind in PASSING:
                continue
            elif is_full:
                what = later
            else:
                what = futile if lacking else useful
            lacking = lacking or is_full
            self._counts.setdefault(resource, [0, 0, 0, 0])[what] += contacts

    def waiters(self) -> tuple[Waiters, ...]:
        return tuple(Waiters(resource, *counts) for resource, counts in self._counts.items())


def _count_campaign(pool: TenantPool, campaign: PoolCampaign, counts: _Counts) -> None:
    shared = [(Resource(Kind.TENANT, pool.tenant), not pool.tenant_allowance.has_room())]
    source = campaign.source
    if source is not None:
        shared.append((cap_of(campaign), campaign.in_use >= source.limit))
    cells: dict[Cell, int] = {}
    for waiting in campaign.room.classes.values():
        contacts = 0 if waiting.closed else len(waiting)
        if contacts:
            for cell in _cells_of(waiting):
                cells[cell] = cells.get(cell, 0) + contacts
            if waiting.sticky is not None and any(lane.group is None for lane in waiting.lanes):
                counts.add(_way(pool, waiting.sticky.connection, shared, waiting.sticky), contacts)
    for cell, contacts in cells.items():
        if cell.tree.count > 0:
            counts.add(_way(pool, cell.connection, shared, None), contacts)
            continue
        for number in cell.members():
            if number.eligible:
                counts.add(_way(pool, cell.connection, shared, number), contacts)


def _cells_of(waiting: WaitingClass) -> Iterator[Cell]:
    seen: set[int] = set()
    for lane in waiting.lanes:
        for cell in () if lane.group is None else lane.group.cells:
            if id(cell) not in seen and cell.eligible and cell.connection.usable:
                seen.add(id(cell))
                yield cell


def _way(
    pool: TenantPool, connection: PooledConnection, shared: list[Gate], number: PooledNumber | None
) -> list[Gate]:
    """List the limits on the way to a call, in their order."""
    allowance = connection.allowance
    rate = allowance.full and connection.rate_bound and allowance.in_use < allowance.limit
    full = not connection.has_room() and not rate
    way = [(Resource(Kind.CONNECTION, connection.name), full), *shared]
    if number is not None and number.source is not None:
        way.append((limit_of(number), number.in_use >= number.source.limit))
    passing: list[Gate] = []
    if number is not None and number.shared_day is not None:
        passing.append((day_of(number), number.short))
    if pool.connection_settings[connection.name].max_calls_per_second is not None:
        way.append((Resource(Kind.RATE, connection.name), rate and not full))
    return [*way, *passing]


def share_number(pool: TenantPool, number: PooledNumber) -> None:
    """Let a number's own limit and its day cap be leased, where there are other daemons."""
    if pool.membership is None:
        return
    tell = pool.membership.ref.tell
    if number.limit is not None:
        tell(Share(limit_of(number), number.limit, pool.actor_ref))
    if number.day_cap is not None:
        number.shared_day = SharedDay(number.timezone, pool.clock.time(), number.day_count)
        number.short, number.resting = True, False
        tell(Share(day_of(number), number.day_cap, pool.actor_ref))
