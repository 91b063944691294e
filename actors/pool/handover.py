"""Contacts that go to another daemon, and which are here at all."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from actors.partitions.messages import Drop, Dropped
from actors.pool.campaign import PoolCampaign
from actors.pool.tenant_pool import TenantPool


def let_go(pool: TenantPool, message: Drop) -> None:
    """Let contacts go that another daemon takes over; those that were started come to their end."""
    campaign = pool.campaigns[message.campaign]
    campaign.room.drop(message.contacts)
    for who in [who for who in pool.parked if who[0] == campaign.name and who[1] in message.contacts]:
        del pool.parked[who]
    for waiting in list(campaign.room.classes.values()):
        campaign.forget(waiting)
    pool.gone.update((campaign.name, index) for index in started(pool, campaign) & message.contacts)
    message.ref.tell(Dropped(message.partitions))


def started(pool: TenantPool, campaign: PoolCampaign) -> set[int]:
    """Find a campaign's contacts that a number was held for, whatever became of it."""
    name = campaign.name
    indexes = {index for of, index in (*pool.held, *pool.parked) if of == name}
    indexes.update(held.index for held in pool.calls.values() if held.campaign is campaign)
    return indexes


def here(pool: TenantPool, campaign: PoolCampaign) -> AbstractSet[int]:
    """Find a campaign's contacts that wait or were started."""
    return campaign.indexes() | started(pool, campaign)
