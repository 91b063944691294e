"""Tell pools of free slots, of free instants of the rate, of probes that are due."""

from __future__ import annotations

from actors.connection.breaker import BreakerState
from actors.connection.trunk import Trunk
from actors.messages import (
    RateFree,
    Ticket,
)

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_CLOSED = BreakerState.CLOSED


def hand_out(trunk: Trunk) -> None:
    """Give tickets for the room there is, and probes that are due."""
    if trunk.slots.listed:
        for pool in trunk.slots.next_tickets(trunk.room):
            trunk.pools[pool].tell(Ticket(trunk.name))
        await_rate(trunk)
    if (
        trunk.breaker.state is not _CLOSED
        and trunk.breaker.probe_due(trunk.clock.time())
        and trunk.slots.room > 0
    ):
        if trunk.rate.left(trunk.clock.time()) == 0:
            await_rate(trunk)
        else:
            offer_probe(trunk)


def await_rate(trunk: Trunk) -> None:
    """Come back when the call rate has room again, if somebody waits for that."""
    if trunk.rate_timer is not None:
        return
    if not trunk.slots.listed and not trunk.breaker.probe_due(trunk.clock.time()):
        return
    free_at = trunk.rate.next_free(trunk.clock.time())
    if free_at is not None and trunk.rate.left(trunk.clock.time()) == 0:
        trunk.rate_timer = trunk.after(max(0.0, free_at - trunk.clock.time()), RateFree())


def offer_probe(trunk: Trunk) -> None:
    """Tell every pool of the probe, another one first each time."""
    names = list(trunk.pools)
    trunk.probe_turn += 1
    turn = trunk.probe_turn % len(names) if names else 0
    for name in names[turn:] + names[:turn]:
        trunk.pools[name].tell(Ticket(trunk.name, probe=True))
