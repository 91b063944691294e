"""Partitions that come, go and are lost: campaigns and the store are told of each."""

from __future__ import annotations

from functools import partial

from actors.partitions.messages import Contacts, Gained, GiveUp, Left, Lose, Released, Taken
from actors.partitions.tenant_partitions import TenantPartitions
from actors.partitions.turnover import Orders


def follow(tenant: TenantPartitions, orders: Orders) -> None:
    """Do what the turnover says: forget, begin nothing more, take over."""
    if orders.lose:
        tenant.store.forget(tenant.name, orders.lose)
        for partition in orders.lose:
            tenant.staying.pop(partition, None)
        _tell_all(tenant, Lose(orders.lose))
    if orders.give_up:
        for partition in orders.give_up:
            tenant.staying[partition] = set(tenant.campaigns)
        _tell_all(tenant, GiveUp(orders.give_up))
    if orders.take:
        _ask_for(tenant, orders.take)


def take_in(tenant: TenantPartitions, message: Taken) -> None:
    """Hand what the store has taken over to the campaigns, if it was not asked for anew since."""
    asked = {number for number in message.partitions if tenant.asked.get(number) == message.serial}
    arrived = tenant.turnover.taken(asked)
    if not arrived:
        return
    for number in arrived:
        del tenant.asked[number]
    partitions = {number: message.partitions[number] for number in sorted(arrived)}
    tenant.completion.gained(arrived)
    for ref in tenant.campaigns.values():
        ref.tell(Gained(partitions))


def note_left(tenant: TenantPartitions, message: Left) -> None:
    """Note that a campaign has left partitions; with the last one the store lets them go."""
    tell = tenant.actor_ref.tell
    for partition in sorted(message.partitions):
        staying = tenant.staying.get(partition)
        if staying is None:
            continue
        staying.discard(message.campaign)
        if not staying:
            del tenant.staying[partition]
            tenant.store.leave(tenant.name, partition, partial(tell, Released(partition)))


def _tell_all(tenant: TenantPartitions, message: Lose | GiveUp) -> None:
    tenant.completion.gone(message.partitions)
    for ref in tenant.campaigns.values():
        ref.tell(message)


def _ask_for(tenant: TenantPartitions, partitions: frozenset[int]) -> None:
    tenant.serial += 1
    serial, tell = tenant.serial, tenant.actor_ref.tell
    for partition in partitions:
        tenant.asked[partition] = serial

    def taken(found: dict[int, Contacts]) -> None:
        tell(Taken(found, serial))

    tenant.store.take(tenant.name, sorted(partitions), taken)
