"""What calls teach the breaker, and who hears of it."""

from __future__ import annotations

from actors.connection.breaker import Closed, Followed, Opened, Reopened
from actors.connection.call_lease import CallLease
from actors.connection.trunk import Trunk
from actors.lease.messages import (
    BreakerHere,
)
from actors.messages import (
    BreakerClosed,
    BreakerOpened,
    ProbeDue,
)
from runtime.observe.events import (
    ConnectionClosed,
    ConnectionOpened,
)


def learn(trunk: Trunk, lease: CallLease, *, fault: bool) -> None:
    """Let the breaker know what became of a call, once."""
    if lease.judged:
        return
    lease.judged = True
    if lease.probe:
        settle_probe(trunk, good=not fault)
        return
    opened = trunk.breaker.record(fault=fault, now=trunk.clock.time())
    if opened is not None:
        open_breaker(trunk, opened, by="breaker")
        tell_others(trunk, opened=True)


def open_breaker(trunk: Trunk, opened: Opened | Followed, *, by: str) -> None:
    """Tell the log and every pool that the breaker has opened."""
    trunk.turn = opened, by
    tell_turn(trunk)
    await_probe(trunk)
    trunk.slots.forget_waiters()
    for ref in trunk.pools.values():
        ref.tell(BreakerOpened(trunk.name))


def tell_others(trunk: Trunk, *, opened: bool) -> None:
    """Tell the other daemons of the breaker."""
    if trunk.membership is not None:
        trunk.membership.ref.tell(BreakerHere(trunk.name, opened))


def settle_probe(trunk: Trunk, *, good: bool) -> None:
    """Let a probe open the breaker again, or close it."""
    changed = trunk.breaker.probe_result(good=good, now=trunk.clock.time())
    if changed is None:
        return
    trunk.turn = changed, "breaker"
    tell_turn(trunk)
    if isinstance(changed, Reopened):
        await_probe(trunk)
        tell_others(trunk, opened=True)
        return
    tell_others(trunk, opened=False)
    trunk.slots.widened()
    for ref in trunk.pools.values():
        ref.tell(BreakerClosed(trunk.name))


def tell_turn(trunk: Trunk) -> None:
    """Log how the breaker has turned, if that hasn't been said yet."""
    if trunk.turn is None:
        return
    turn, by = trunk.turn
    line = ConnectionClosed if isinstance(turn, Closed) else ConnectionOpened
    trunk.observer.emit(
        line(connection=trunk.name, limit=trunk.slots.source.configured, by=by, reason=turn.why)
    )
    trunk.turn = None


def await_probe(trunk: Trunk) -> None:
    """Come back for the next probe."""
    probe_at = trunk.breaker.next_probe_at
    if probe_at is not None:
        trunk.after(max(0.0, probe_at - trunk.clock.time()), ProbeDue())
