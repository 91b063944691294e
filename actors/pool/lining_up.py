"""Put contacts at their places among those who wait."""

from __future__ import annotations

from heapq import heappop

from actors.messages import (
    Index,
    Kind,
    NoOther,
)
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.tenant_pool import TenantPool
from actors.pool.waiting import ClassKey, Key
from actors.pool.waking import (
    arm,
    look_again,
)

AFTER_CRASH_SECONDS = 60.0


def line_up(pool: TenantPool, campaign: PoolCampaign, class_key: ClassKey, kind: Kind, key: Key) -> None:
    """Put a contact at its place; one without another number is sent back."""
    waiting = campaign.class_due(class_key, pool.clock.time())
    if waiting.excluded and not campaign.tiers.other_numbers(waiting):
        campaign.forget(waiting)
        campaign.ref.tell(NoOther(Index(key[1])))
    else:
        campaign.room.put(waiting, kind, key)


def requeue(pool: TenantPool, held: HeldNumber) -> None:
    """Put a contact back to its old place."""
    campaign = held.campaign
    if campaign.canceled or is_gone(pool, held):
        return
    line_up(pool, campaign, held.class_key, held.kind, held.key)


def put_off(pool: TenantPool, held: HeldNumber) -> None:
    """Let a contact wait for a while whose attempt crashed before it was placed."""
    campaign = held.campaign
    if not campaign.canceled and not is_gone(pool, held):
        due = pool.clock.time() + AFTER_CRASH_SECONDS
        campaign.room.wait_until(due, held.index, held.kind, held.class_key)


def is_gone(pool: TenantPool, held: HeldNumber) -> bool:
    """Tell whether another daemon has the contact by now, and forget that it was here."""
    who = held.campaign.name, held.index
    if who not in pool.gone:
        return False
    pool.gone.discard(who)
    return True


def catch_up_turn(pool: TenantPool, campaign: PoolCampaign) -> None:
    """Let a campaign that had nothing to do begin where the others are."""
    if campaign.room.has_rows:
        return
    passes = [
        other.passed for other in pool.campaigns.values() if other is not campaign and other.room.has_rows
    ]
    if passes:
        campaign.passed = max(campaign.passed, min(passes))


def follow_time(pool: TenantPool, campaign: PoolCampaign, now: float) -> None:
    """Follow what time has changed: hours, offsets, retries that are due."""
    if now >= campaign.hours_change_at:
        campaign.follow_hours(now)
        arm(pool, campaign)
    if now >= campaign.tiers.offsets_hold_until:
        look_again(pool, campaign)
    future = campaign.room.future
    while future and future[0][0] <= now:
        due, index, kind, key = future[0]
        line_up(pool, campaign, key, kind, (due, index))
        heappop(future)
