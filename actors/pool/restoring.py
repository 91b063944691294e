"""What a pool takes over from an earlier life: flags, day counts, answers, calls."""

from __future__ import annotations

from actors.messages import DayEnded, Hold, Kind
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.cells import Tier
from actors.pool.inventory import end_of_day
from actors.pool.restored import RestoredPool
from actors.pool.rotation import Choice
from actors.pool.tenant_pool import TenantPool
from runtime.calls import Outcome

OUTCOMES = tuple(Outcome)


def restore_numbers(pool: TenantPool, restored: RestoredPool) -> None:
    """Put the numbers back to what they were; on the loop, before any campaign joins."""
    for number in pool.numbers.values():
        name = number.number
        number.flagged = name in restored.flagged  # the configured status may have been lifted
        number.paused = name in restored.paused
        number.removed = name in restored.removed
        count = restored.dialed_today.get(name, 0)
        if number.day_cap is None or not count:
            continue
        number.day_count = count
        number.day_ends_at = end_of_day(number.timezone, pool.clock.time())
        if count >= number.day_cap:
            number.resting = True
            pool.after(number.day_ends_at - pool.clock.time(), DayEnded(name, number.day_ends_at))


def restore_campaign(campaign: PoolCampaign, restored: RestoredPool) -> None:
    """Let a campaign that has just joined know its answers, and whether it may offer."""
    campaign.paused = campaign.name in restored.paused_campaigns
    campaign.canceled = campaign.name in restored.canceled_campaigns
    for (name, number), codes in restored.results.items():
        if name == campaign.name and number in campaign.numbers:
            campaign.recall(campaign.numbers[number], [OUTCOMES[code] for code in codes])


def hold_again(pool: TenantPool, message: Hold) -> HeldNumber:
    """Make the grant of a call that an earlier life has placed."""
    campaign = pool.campaigns[message.campaign]
    number = pool.numbers[message.number]
    profile = message.profile
    campaign.profiles[profile.key] = profile
    held = HeldNumber(
        campaign,
        message.contact,
        Kind.RETRY,
        (pool.clock.time(), message.contact),
        (profile.key, None, (), None),
        Choice(number, Tier(message.tier), 0.0, None, 1),
        spilled=None,
        probe=False,
        sticky_lost=None,
    )
    held.placed = True
    held.since = pool.clock.time()
    return held
