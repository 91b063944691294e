"""A daemon that ends: every partition goes back, and the ledger hears of it."""

from __future__ import annotations

from collections.abc import Callable

from actors.partitions.messages import DepartAnyway, Heard
from actors.partitions.tenant_partitions import TenantPartitions

DEPART_SECONDS = 2.0
"""How long to wait for the ledger's answer when leaving."""


def depart(tenant: TenantPartitions, then: Callable[[], None]) -> None:
    """Give every partition back; `then` is called when the ledger knows, or has not answered."""
    tenant.departing = then
    if tenant.lapse is not None:
        tenant.lapse.cancel()
    for partition in sorted(tenant.turnover.all):
        tenant.turnover.left(partition)
        tenant.store.leave(tenant.name, partition, _nothing)
    tenant.after(DEPART_SECONDS, DepartAnyway())
    if not tenant.holder.waiting:
        _state_departure(tenant)


def go_on_departing(tenant: TenantPartitions, *, heard: bool) -> None:
    """Be gone once the ledger has taken in that nothing is held here; say so if it was not said yet."""
    if tenant.stated_departure:
        if heard:
            be_gone(tenant)
    elif not tenant.holder.waiting:
        _state_departure(tenant)


def be_gone(tenant: TenantPartitions) -> None:
    """Say that this is over, once."""
    then, tenant.departing = tenant.departing, _nothing
    assert then is not None
    then()


def _state_departure(tenant: TenantPartitions) -> None:
    tenant.stated_departure = True
    statement = tenant.holder.state(
        tenant.boot(), 0, 0, units=frozenset(), told=tenant.told_up_to, leaving=True
    )
    tell = tenant.actor_ref.tell
    tenant.ledger.state([statement], lambda answers: tell(Heard(tuple(answers))))


def _nothing() -> None:
    """Follow nothing up."""
