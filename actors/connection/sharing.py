"""What a connection has in use of limits that are shared with other daemons."""

from __future__ import annotations

from actors.connection.breaker import BreakerState
from actors.connection.trunk import Trunk
from actors.lease.messages import (
    Waiters,
)
from runtime.ledger.resource import Resource

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_CLOSED = BreakerState.CLOSED


def probe_waits(trunk: Trunk) -> tuple[Waiters, ...]:
    """Ask for what a probe needs that is due: nobody else waits for an open connection."""
    if trunk.breaker.state is _CLOSED or not trunk.breaker.probe_due(trunk.clock.time()):
        return ()
    waits = []
    if trunk.slots.room <= 0:
        waits.append(Waiters(trunk.slots_resource, first=1))
    if trunk.rate.left(trunk.clock.time()) == 0:
        waits.append(Waiters(trunk.rate_resource, first=1))
    return tuple(waits)


def uses_of(trunk: Trunk) -> tuple[tuple[Resource, int], ...]:
    """List what is in use of the slots and of the call rate."""
    slots = (trunk.slots_resource, trunk.slots.in_use)
    if trunk.rate.per_second is None:
        return (slots,)
    return slots, (trunk.rate_resource, trunk.rate.in_use(trunk.clock.time()))
