"""Share limits with other daemons: who this one is, and the actor that leases."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import msgspec
from pykka import ActorRef

from actors.answer_rates.actor import AnswerRatesActor
from actors.contact.surroundings import HANGUP_GRACE_SECONDS
from actors.lease.actor import PLACE_SECONDS, WINDOW_SECONDS, LeaseActor
from actors.lease.actor import Identity as Daemon
from actors.lease.jumps import Reading
from actors.lease.tenure import Membership, Tenure
from actors.partitions.actor import PartitionsActor
from actors.partitions.messages import Nudged, Refused
from actors.partitions.store import ContactsStore
from actors.restart import Supervisor
from actors.settings import EngineSettings
from runtime.kernel import ActorSystem
from runtime.ledger.holder import RENEWALS, Holder
from runtime.ledger.ledger import Ledger
from runtime.ledger.resource import PARTITIONS, Kind, Resource
from runtime.ledger.statement import Terms
from runtime.observe.observer import Observer
from trunkline.engine.identity import Identity

RUNTIME_CHANGES = 2**16
"""So many changes while running come between two generations of a configuration's limits."""


class Sharing(msgspec.Struct, frozen=True):
    """Where limits are shared, and how; seconds throughout.

    `clocks` reads the host's clocks; without it the system's stands for all
    of them. `lag` is how long a server that was replaced may still answer,
    `generation` how new the limits of the configuration are.
    """

    ledger: Ledger
    lease: float = 10.0
    lag: float = 0.0
    generation: int = 1
    clocks: Callable[[], Reading] | None = None
    host: str | None = None
    store: ContactsStore | None = None
    """Where contacts go from daemon to daemon; without it each daemon has its own."""
    nudges: Callable[[Callable[[], None]], None] | None = None
    """Told what to do on the loop whenever somebody has something to say to all daemons."""
    boot: Callable[[], float] | None = None
    """Reads CLOCK_BOOTTIME alone, where that is cheaper."""
    close: Callable[[], None] | None = None
    """Called at the end, when nothing is to be stated any more."""

    def join(
        self,
        settings: EngineSettings,
        identity: Identity,
        system: ActorSystem,
        observer: Observer,
        supervisor: Supervisor,
        *,
        dialed_lately: bool,
    ) -> Membership:
        """Start the actor that leases; it gets to know the limits by those who grant them.

        Where an earlier life may just have placed calls, what it held of call
        rates is not touched until a carrier can't place them any more.
        """
        clocks = self.clocks or _clocks_of(system)
        daemon = Daemon(
            node=self._node(identity),
            incarnation=identity.life,
            lease=self.lease,
            call_seconds=longest_call(settings),
            lag=self.lag,
            limit_generation=self.generation * RUNTIME_CHANGES,
        )
        tenure = Tenure(self.boot or (lambda: clocks().boot))
        ref = system.start(LeaseActor, daemon, self.ledger, tenure, clocks, observer, supervisor)
        return Membership(ref, tenure, PLACE_SECONDS + WINDOW_SECONDS if dialed_lately else 0.0)

    def deal(
        self,
        tenants: Iterable[str],
        identity: Identity,
        tenure: Tenure,
        system: ActorSystem,
        supervisor: Supervisor,
    ) -> dict[str, ActorRef[Any]]:
        """Start the actors that take and give back each tenant's contacts; none where each has its own."""
        store = self.store
        if store is None:
            return {}
        refs: dict[str, ActorRef[Any]] = {}
        for tenant in tenants:
            resource = Resource(Kind.PARTITIONS, tenant)
            terms = Terms(self.lease, 0.0, self.lag)  # a call in doubt keeps its contact, no partition
            holder = Holder(resource, self._node(identity), identity.life, terms, PARTITIONS)
            refs[tenant] = system.start(
                PartitionsActor,
                tenant,
                holder,
                self.ledger,
                store,
                tenure.boot,
                partial(tenure.set, resource),
                supervisor,
            )
        store.hear_refusals(lambda tenant, partition: refs[tenant].tell(Refused(partition)))
        if self.nudges is not None:
            self.nudges(lambda: _tell_all(refs.values(), Nudged()))
        return refs

    def share_rates(
        self,
        tenant: str,
        pool: ActorRef[Any],
        identity: Identity,
        system: ActorSystem,
        supervisor: Supervisor,
    ) -> ActorRef[Any] | None:
        """Start the actor that shares a tenant's answer rates; none where contacts are not shared."""
        if self.store is None:
            return None
        node, seconds = self._node(identity), self.lease / RENEWALS
        return system.start(
            AnswerRatesActor, tenant, node, identity.life, self.store, pool, seconds, supervisor
        )

    def _node(self, identity: Identity) -> str:
        return f"{self.host or socket.gethostname()}:{identity.run}"


def _tell_all(refs: Iterable[ActorRef[Any]], message: Nudged) -> None:
    for ref in refs:
        ref.tell(message)


def longest_call(settings: EngineSettings) -> float:
    """Give for how long a call may be up at most, from when it was placed."""
    longest = max((one.max_ring_seconds + one.max_call_seconds for one in settings.campaigns), default=0.0)
    return longest + HANGUP_GRACE_SECONDS


def _clocks_of(system: ActorSystem) -> Callable[[], Reading]:
    clock = system.clock
    return lambda: Reading(clock.monotonic(), clock.monotonic(), clock.time())
