"""Contacts that come to wait: fresh ones, those who are tried again, another daemon's."""

from __future__ import annotations

from actors.messages import Arrived, Index, Kind, Profile, Waiting, Waits
from actors.partitions.messages import Gathered
from actors.pool.campaign import PoolCampaign
from actors.pool.handover import here
from actors.pool.lining_up import catch_up_turn, line_up
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waiting import WaitingClass
from actors.pool.waking import arm
from actors.pool.why import class_waits


def arrive(pool: TenantPool, message: Arrived) -> None:
    """Line up fresh contacts, and start those that can be served."""
    campaign = pool.campaigns[message.campaign]
    if campaign.canceled:
        return
    catch_up_turn(pool, campaign)
    now = pool.clock.time()
    index = message.first
    campaign.arrivals.note(index, now)
    classes: dict[int, WaitingClass] = {}
    for profile in message.profiles:
        waiting = classes.get(profile.key)
        if waiting is None:
            waiting = classes[profile.key] = campaign.class_of(profile, None, (), None, now)
        campaign.room.append_fresh(waiting, index)
        index = Index(index + 1)
    serve(pool)
    arm(pool, campaign)
    if pool.tell_waits:
        _tell_waits(pool, campaign, message.first, message.profiles)


def arrive_again(pool: TenantPool, message: Arrived) -> None:
    """Line up those of them whom a crash has kept from that."""
    known = here(pool, pool.campaigns[message.campaign])
    for index, profile in enumerate(message.profiles, message.first):
        if index not in known:
            arrive(pool, Arrived(message.campaign, Index(index), [profile]))


def gather(pool: TenantPool, message: Gathered) -> None:
    """Line up contacts that have come from another daemon and were never called."""
    campaign = pool.campaigns[message.campaign]
    if campaign.canceled:
        return
    catch_up_turn(pool, campaign)
    now = pool.clock.time()
    campaign.arrivals.note(0, now)
    for index, profile in message.contacts:
        pool.gone.discard((campaign.name, index))
        waiting = campaign.class_of(profile, None, (), None, now)
        campaign.room.put(waiting, Kind.FRESH, (0.0, index))
    serve(pool)
    arm(pool, campaign)


def gather_again(pool: TenantPool, message: Gathered) -> None:
    """Line up those of them whom a crash has kept from that."""
    known = here(pool, pool.campaigns[message.campaign])
    gather(pool, Gathered(message.campaign, [one for one in message.contacts if one[0] not in known]))


def wait(pool: TenantPool, message: Waiting) -> None:
    """Line up a contact for its next attempt, now or when it is due."""
    campaign = pool.campaigns[message.campaign]
    if campaign.canceled:
        return
    catch_up_turn(pool, campaign)
    if pool.gone:
        pool.gone.discard((campaign.name, message.contact))
    campaign.profiles[message.profile.key] = message.profile
    key = (message.profile.key, message.sticky, message.excluded, message.tier)
    if message.due > pool.clock.time():
        campaign.room.wait_until(message.due, message.contact, message.kind, key)
    else:
        line_up(pool, campaign, key, message.kind, (message.due, message.contact))
        serve(pool)
    arm(pool, campaign)


def waits_here(pool: TenantPool, message: Waiting) -> bool:
    """Tell whether a contact has been lined up, or has been served since."""
    known = pool.campaigns[message.campaign].indexes()
    return message.contact in known or (message.campaign, message.contact) in pool.held


def _tell_waits(pool: TenantPool, campaign: PoolCampaign, first: Index, profiles: list[Profile]) -> None:
    """Say of those who have just arrived and were not started what they wait for."""
    now = pool.clock.time()
    for number, profile in enumerate(profiles, first):
        if (campaign.name, number) not in pool.held:
            waiting = campaign.class_of(profile, None, (), None, now)
            reason = class_waits(campaign, waiting, pool.tenant_allowance)
            campaign.ref.tell(Waits(Index(number), reason))
