"""Contacts that come back: what was held for them led to no call."""

from __future__ import annotations

from actors.messages import PartyFree, Reason, Return, Waits
from actors.pool.campaign import HeldNumber
from actors.pool.grants import give_back
from actors.pool.lining_up import put_off, requeue
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import arm


def withdraw(pool: TenantPool, held: HeldNumber) -> None:
    """Take back what is held for a contact that must not be dialed from it any more."""
    pool.moving = held
    del pool.held[held.campaign.name, held.index]
    give_back(pool, held, reserved=False, reserved_tenant=False)
    requeue(pool, held)
    pool.moving = None


def take_back(pool: TenantPool, message: Return, held: HeldNumber) -> None:
    """Take back a grant whose call was not placed; the contact waits again, as the reason says."""
    pool.moving = held
    del pool.calls[message.call]
    give_back(pool, held, reserved=message.reserved, reserved_tenant=message.reserved_tenant)
    if message.sticky_lost:
        held.class_key = (held.class_key[0], None, *held.class_key[2:])
    who = held.campaign.name, held.index
    freed = who in pool.freed
    pool.freed.discard(who)
    if message.reason is Reason.PARTY_BUSY and not freed:
        pool.parked[who] = held
    elif message.reason is Reason.CRASHED:
        put_off(pool, held)
    elif message.reason is not Reason.GIVEN_UP:
        requeue(pool, held)
    pool.moving = None
    serve(pool)
    arm(pool, held.campaign)
    if pool.tell_waits:
        held.campaign.ref.tell(Waits(held.index, message.reason))


def unpark(pool: TenantPool, message: PartyFree) -> None:
    """Put a contact back to its old place: its phone is free."""
    who = message.campaign, message.contact
    held = pool.parked.get(who)
    if held is None:
        pool.freed.add(who)
        return
    pool.moving = held
    del pool.parked[who]
    requeue(pool, held)
    pool.moving = None
    serve(pool)
    arm(pool, held.campaign)
