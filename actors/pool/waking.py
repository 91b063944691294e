"""Who is looked at again when a number, a connection or time has changed."""

from __future__ import annotations

from actors.messages import (
    NoOther,
    Tick,
)
from actors.pool.campaign import PoolCampaign
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.tenant_pool import TenantPool
from actors.pool.waiting import WaitingClass


def number_freed(pool: TenantPool, number: PooledNumber) -> None:
    """Weigh a number anew whose own limit has room, and wake its stickies."""
    for cell, leaf in number.seats:
        cell.weigh(leaf)
        campaign = pool.campaigns[cell.campaign]
        for waiting in campaign.by_sticky.get(number.number, ()):
            campaign.room.announce_all(waiting)


def wake_number(pool: TenantPool, number: PooledNumber) -> None:
    """Let those be looked at again who wait for a number that may have room."""
    for cell, _ in number.seats:
        cell.wake()
        campaign = pool.campaigns[cell.campaign]
        if campaign.picky:
            for waiting in campaign.picky:
                campaign.room.announce_all(waiting)


def connection_changed(pool: TenantPool, connection: PooledConnection) -> None:
    """Let everybody look again at a connection that has room now, or none."""
    for cell in connection.cells:
        cell.mark()
    if not connection.has_room():
        return
    for cell in connection.cells:
        cell.wake()
    for campaign in pool.campaigns.values():
        lane = campaign.tiers.sticky_lane(connection)
        if lane is not None:
            lane.wake()
        for waiting in campaign.picky:
            campaign.room.announce_all(waiting)


def eligibility_changed(pool: TenantPool, number: PooledNumber) -> None:
    """Follow a number that became eligible, or isn't any more."""
    for cell, leaf in number.seats:
        usable = cell.eligible > 0
        cell.count_eligible()
        cell.weigh(leaf)
        campaign = pool.campaigns[cell.campaign]
        concerned = campaign.picky or number.number in campaign.by_sticky
        if concerned or usable != (cell.eligible > 0):
            look_again(pool, campaign)
    if number.free():
        number_freed(pool, number)
        wake_number(pool, number)


def look_again(pool: TenantPool, campaign: PoolCampaign) -> None:
    """Find every waiting class its numbers anew."""
    for waiting in campaign.look_again(pool.clock.time()):
        orphan(pool, campaign, waiting)
    arm(pool, campaign)


def orphan(pool: TenantPool, campaign: PoolCampaign, waiting: WaitingClass) -> None:
    """Send back a class that no other number is left for."""
    for kind, index in list(waiting.indexes()):
        waiting.pop(kind)
        campaign.ref.tell(NoOther(index))
    campaign.forget(waiting)


def arm(pool: TenantPool, campaign: PoolCampaign) -> None:
    """Set the timer for the next moment at which time alone serves somebody."""
    if pool.stopped:
        return  # nobody is served any more: a retry that is due would stay due
    wake = campaign.next_wake(pool.clock.time())
    armed = pool.wakes.get(campaign.name)
    if wake is None or (armed is not None and armed[0] <= wake):
        return
    if armed is not None:
        armed[1].cancel()
    pool.wakes[campaign.name] = (
        wake,
        pool.after(max(0.0, wake - pool.clock.time()), Tick(campaign.name)),
    )


def arm_again(pool: TenantPool, campaign: PoolCampaign) -> None:
    """Set a campaign's timer anew."""
    armed = pool.wakes.pop(campaign.name, None)
    if armed is not None:
        armed[1].cancel()
    arm(pool, campaign)
