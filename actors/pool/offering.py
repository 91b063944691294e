"""Offer a contact the number that is held for it, if it may still be dialed from."""

from __future__ import annotations

from actors.messages import Offer, RequestNumber
from actors.pool.campaign import HeldNumber
from actors.pool.cells import TIER_NAMES
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import connection_changed


def may_be_offered(pool: TenantPool, held: HeldNumber) -> bool:
    """Tell whether nothing has changed since the number was drawn that forbids to dial from it."""
    campaign, number = held.campaign, held.choice.number
    connection = number.connection
    return (
        not pool.stopped
        and campaign.started
        and not campaign.paused
        and not campaign.canceled
        and number.standing
        and not number.quarantined
        and number.number in campaign.members
        and connection.enabled
        and (held.probe or not connection.opened)
    )


def make_offer(pool: TenantPool, message: RequestNumber, held: HeldNumber) -> None:
    """Offer what is held to the contact that asks for it."""
    campaign, choice = held.campaign, held.choice
    number = choice.number
    allowance, tenant_allowance = number.connection.allowance, pool.tenant_allowance
    more = more_tenant = False
    if allowance.full:
        more = any(other.room.has_due for other in pool.campaigns.values())
        if not more and not allowance.tickets:
            allowance.full = False
            connection_changed(pool, number.connection)
    if tenant_allowance.full:
        more_tenant = any(other.room.has_due for other in pool.campaigns.values())
        if not more_tenant and not tenant_allowance.tickets:
            tenant_allowance.full = False
    message.ref.tell(
        Offer(
            message.call,
            number.number,
            number.connection.name,
            TIER_NAMES[choice.tier],
            None if held.spilled is None else TIER_NAMES[held.spilled],
            held.probe,
            choice.weight,
            choice.share,
            choice.candidates,
            number.in_use,
            number.limit,
            more,
            more_tenant,
            number.day_cap is not None,
            held.sticky_lost,
            campaign.waits_since(held.kind, held.key),
        )
    )
