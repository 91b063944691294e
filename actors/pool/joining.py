"""A pool joins those it shares limits with, and a campaign joins its pool."""

from __future__ import annotations

from functools import partial

from actors.lease.messages import Enlist, Share
from actors.messages import Attach, Join, SpeakUp
from actors.pool.campaign import PoolCampaign
from actors.pool.lending import cap_of, share_number
from actors.pool.rebuilding import rebuild
from actors.pool.restoring import restore_campaign, restore_numbers
from actors.pool.tenant_pool import TenantPool


def attach(pool: TenantPool) -> None:
    """Make the pool known to whoever grants it slots, with its numbers as an earlier life left them."""
    if pool.restored is not None:
        restore_numbers(pool, pool.restored)
    for ref in (*pool.connection_refs.values(), pool.tenant_ref):
        ref.tell(Attach(pool.tenant, pool.actor_ref))
    if pool.membership is not None:
        pool.membership.ref.tell(Enlist(f"pool {pool.tenant}", pool.actor_ref))
        for number in pool.numbers.values():
            share_number(pool, number)
    if pool.doctor is not None:
        pool.doctor.attach(partial(pool.actor_ref.tell, SpeakUp()))


def join(pool: TenantPool, message: Join) -> None:
    """Make room for a campaign's contacts, and let its numbers be dialed from for it."""
    membership, settings = pool.membership, pool.settings[message.campaign]
    shared = membership is not None
    campaign = PoolCampaign(settings, message.ref, pool.numbers, shared=shared)
    if membership is not None and settings.max_concurrent is not None:
        membership.ref.tell(Share(cap_of(campaign), settings.max_concurrent, pool.actor_ref))
    pool.campaigns[message.campaign] = campaign
    for number in campaign.settings.pool:
        campaign.join(pool.numbers[number])
    if pool.restored is not None:
        restore_campaign(campaign, pool.restored)


def join_again(pool: TenantPool, message: Join) -> None:
    """Let a campaign join that a crash may have left half joined."""
    if pool.campaigns.pop(message.campaign, None) is not None:
        rebuild(pool)
    join(pool, message)
