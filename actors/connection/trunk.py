"""What a connection holds."""

from __future__ import annotations

from typing import Any

from pykka import ActorRef

from actors.connection.breaker import Breaker, BreakerState, Followed, Transition
from actors.connection.call_lease import CallLease
from actors.connection.rate import CallRate
from actors.lease.tenure import Membership
from actors.messages import (
    Reason,
    Scope,
)
from actors.restart import RestartingActor, Supervisor
from actors.settings import ConnectionSettings
from actors.slots import Slots, slots_of
from runtime.carriers.base import CountsCalls, Line
from runtime.kernel import Timer
from runtime.ledger.resource import Kind, Resource
from runtime.observe.observer import Observer

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_CLOSED = BreakerState.CLOSED


class Trunk(RestartingActor):
    """A provider connection: its leases, its line, its rate, its breaker, its bars."""

    def __init__(
        self,
        settings: ConnectionSettings,
        line: Line,
        observer: Observer,
        supervisor: Supervisor,
        membership: Membership | None = None,
    ) -> None:
        super().__init__()
        self.supervisor = supervisor
        self.name = settings.name
        self.enabled = settings.enabled
        self.line = line
        self.observer = observer
        self.slots: Slots[CallLease] = Slots(slots_of(settings.max_concurrent, shared=membership is not None))
        self.rate = CallRate(settings.max_calls_per_second)
        self.configured_rate = settings.max_calls_per_second
        self.membership = membership
        self.tenure = None if membership is None else membership.tenure
        self.slots_resource = Resource(Kind.CONNECTION, settings.name)
        self.rate_resource = Resource(Kind.RATE, settings.name)
        self.breaker = Breaker(settings.breaker_failure_rate)
        self.turn: tuple[Transition | Followed, str] | None = None
        """How the breaker has turned, and by whom, until the log has it."""
        self.pools: dict[str, ActorRef[Any]] = {}
        self.barred: set[tuple[Scope, str, str | None]] = set()
        self.gate_closed: Reason | None = None
        self.calls_up = line.calls_up if isinstance(line, CountsCalls) else None
        self.rate_timer: Timer | None = None
        self.probe_turn = 0

    @property
    def room(self) -> int:
        """Count what could be leased now: slots and call rate, no open breaker."""
        if not self.enabled or self.breaker.state is not _CLOSED:
            return 0
        return self.room_at(self.clock.time())

    def room_at(self, now: float) -> int:
        """Count what slots and call rate leave at an instant."""
        room = self.slots.source.limit - len(self.slots.leases)
        if self.rate.per_second is None:
            return room
        left = self.rate.left(now)
        return room if left is None else min(room, left)
