"""What must be true when everything is over, and whenever nothing is queued."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from actors.connection.actor import ConnectionActor
from actors.connection.breaker import BreakerState
from actors.contact.actor import ContactActor
from actors.pool.actor import PoolActor
from actors.tenant.actor import TenantActor
from runtime.kernel import ActorSystem
from tests.simulation.judge import Judge
from tests.simulation.violations import Violation

A = TypeVar("A")

_ROUNDING = 1e-5


def actors_of(system: ActorSystem, kind: type[A]) -> list[A]:
    """List the living actors of a class."""
    return [actor for actor in system.living.values() if isinstance(actor, kind)]


def check_rest(system: ActorSystem) -> None:
    """Nothing is held, nobody waits, nothing is queued: all calls are over."""
    for connection in actors_of(system, ConnectionActor):
        _empty(f"slots of {connection.name}", connection.slots.leases)
        _empty(f"tickets of {connection.name}", connection.slots.tickets_out)
        _empty(f"rate tokens of {connection.name}", connection.rate.reserved)
    for tenant in actors_of(system, TenantActor):
        _empty(f"slots of {tenant.name}", tenant.slots.leases)
        _empty(f"tickets of {tenant.name}", tenant.slots.tickets_out)
        _empty(f"parties of {tenant.name}", tenant.parties)
        _empty(f"parked with {tenant.name}", tenant.parked)
    for pool in actors_of(system, PoolActor):
        _empty(f"calls of {pool.tenant}'s pool", pool.calls)
        _empty(f"held by {pool.tenant}'s pool", pool.held)
        _empty(f"parked in {pool.tenant}'s pool", pool.parked)
        _empty(f"tenant slots of {pool.tenant}'s pool", pool.tenant_allowance.in_use)
        for number in pool.numbers.values():
            _empty(f"calls of {number.number}", number.in_use)
            _empty(f"offers of {number.number}", number.open_offers)
        for line in pool.connections.values():
            _empty(f"{pool.tenant}'s slots on {line.name}", line.allowance.in_use)
        for campaign in pool.campaigns.values():
            _empty(f"calls of {campaign.name}", campaign.in_use)
            _empty(f"retries of {campaign.name}", campaign.room.future)
            _empty(f"waiting in {campaign.name}", [one for one in campaign.room.classes.values() if len(one)])
    _empty("contact actors", [one.record.contact for one in actors_of(system, ContactActor)])
    statistics = system.statistics()
    _empty("mailboxes", statistics.messages_queued)
    _empty("timers", system.loop.timers.foreground)


def check_leases(system: ActorSystem, judge: Judge) -> None:
    """Each call that is up holds its slot; for an instant at which every mailbox is empty."""
    leases = {one.name: one.slots.leases for one in actors_of(system, ConnectionActor)}
    for call, connection in judge.up_on.items():
        if connection in leases and call not in leases[connection]:
            raise Violation(9, f"{call} is up on {connection}, but its slot is free")


def check_quiet(system: ActorSystem) -> None:
    """No ticket is out and no free slot is kept from one who waits for it.

    For an instant at which every mailbox is empty: whoever could be served
    has been, so that what is left waits for time or for a call's end.
    """
    pools = actors_of(system, PoolActor)
    next_timer = system.loop.timers.next_deadline()
    if next_timer is not None and next_timer <= system.clock.monotonic() + _ROUNDING:
        return
    if any(pool.stopped for pool in pools):
        return
    connections = {one.name: one for one in actors_of(system, ConnectionActor)}
    tenants = {one.name: one for one in actors_of(system, TenantActor)}
    for connection in connections.values():
        if connection.slots.tickets_out:
            raise Violation(16, f"{connection.slots.tickets_out} tickets of {connection.name} are out")
    for pool in pools:
        tenant = tenants[pool.tenant]
        if tenant.slots.tickets_out:
            raise Violation(16, f"{tenant.slots.tickets_out} tickets of {tenant.name} are out")
        if not any(one.offering and one.room.has_due for one in pool.campaigns.values()):
            continue
        if (
            pool.tenant_allowance.full
            and tenant.slots.room > 0
            and not _is_declined(tenant.slots, pool.tenant)
        ):
            raise Violation(16, f"{pool.tenant} has room, but its pool was not told")
        for line in pool.connections.values():
            owner = connections[line.name]
            if (
                line.allowance.full
                and owner.breaker.state is BreakerState.CLOSED
                and owner.room > 0
                and not _is_declined(owner.slots, pool.tenant)
            ):
                raise Violation(16, f"{line.name} has room, but the pool of {pool.tenant} was not told")


def check_accounts(judge: Judge, rows: dict[str, int]) -> None:
    """Every row of every campaign is accounted for, once."""
    ended = set(judge.ended)
    granted = set(judge.granted)
    if granted != ended:
        raise Violation(8, f"granted and never ended: {sorted(granted - ended)[:5]}")
    grants = Counter((str(one.campaign), one.contact) for one in judge.granted.values())
    for name in judge.campaigns:
        finished = judge.campaigns_finished.get(name)
        if finished is None:
            raise Violation(16, f"{name} never finished")
        results = Counter(
            str(event.result) for (campaign, _), event in judge.finished.items() if campaign == name
        )
        told = {one: getattr(finished, one) for one in ("reached", "exhausted", "canceled", "stalled")}
        if results != +Counter(told):
            raise Violation(14, f"{name} finished as {told}, its contacts as {dict(results)}")
        if results["stalled"]:
            raise Violation(
                16, f"{results['stalled']} contacts of {name} stalled after all faults had stopped"
            )
        rejected = sum(campaign == name for campaign, _ in judge.rejected)
        if finished.rejected != rejected:
            raise Violation(14, f"{name} rejected {rejected} rows, and tells of {finished.rejected}")
        if finished.rows != rows[name] or sum(results.values()) + finished.rejected != rows[name]:
            raise Violation(
                8, f"{name} has {rows[name]} rows; {finished.rows} are told, ends: {dict(results)}"
            )
        if finished.attempts != sum(count for (one, _), count in grants.items() if one == name):
            raise Violation(14, f"{name} tells of {finished.attempts} attempts")
    for who, event in judge.finished.items():
        if event.attempts not in (grants[who], -1):
            raise Violation(14, f"{who} ends after {event.attempts} attempts; its calls are {grants[who]}")


def _is_declined(slots: Any, pool: str) -> bool:
    return pool in slots._declined


def _empty(what: str, held: Any) -> None:
    if held:
        raise Violation(16, f"at rest there are still {what}: {str(held)[:300]}")
