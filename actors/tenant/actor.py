"""The actor that owns a tenant's cap, and knows whom the tenant is talking to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from pykka import ActorRef

from actors.answers import answer
from actors.lease.messages import AskUse, Enlist, Lent, LimitElsewhere, LimitSet, Share, Uses
from actors.lease.tenure import Membership
from actors.messages import (
    Attach,
    Barred,
    Describe,
    Described,
    Granted,
    HandOn,
    Hold,
    Index,
    LimitChanged,
    MarkedFull,
    PartyFree,
    Reason,
    Refused,
    Release,
    Reserve,
    Restarted,
    SetLimit,
    Ticket,
    VoidUnplaced,
)
from actors.partitions.messages import Block
from actors.restart import RestartingActor, Supervisor
from actors.settings import TenantSettings
from actors.slots import Leased, Slots, slots_of
from runtime.calls import E164, CallId
from runtime.kernel import handles
from runtime.ledger.resource import Kind, Resource
from runtime.observe.events import TenantCapChanged
from runtime.observe.observer import Observer

TENANT = ""
"""Stands for the tenant where a connection would be named: none has this name."""


class TenantActor(RestartingActor):
    """A tenant's slots; a phone number is in one call of the tenant at most."""

    def __init__(
        self,
        settings: TenantSettings,
        connections: Mapping[str, ActorRef[Any]],
        observer: Observer,
        supervisor: Supervisor,
        membership: Membership | None = None,
    ) -> None:
        super().__init__()
        self.supervisor = supervisor
        self.name = settings.name
        self.connections = connections
        self.observer = observer
        self.slots: Slots[E164] = Slots(slots_of(settings.max_concurrent, shared=membership is not None))
        self.membership = membership
        self.resource = Resource(Kind.TENANT, settings.name)
        self.parties: set[E164] = set()
        self.blocked: dict[CallId, E164] = {}
        """Phones that another daemon may be in a call with."""
        self.parked: dict[E164, list[tuple[str, str, Index]]] = {}
        self.pools: dict[str, ActorRef[Any]] = {}
        self._lowering: tuple[set[str], SetLimit] | None = None
        """How many connections have yet to void what a lowered cap forbids."""
        self._queued: deque[SetLimit] = deque()
        self._changes = 0

    def on_start(self) -> None:
        if self.membership is not None:
            self.membership.ref.tell(Enlist(f"tenant {self.name}", self.actor_ref))
            self.membership.ref.tell(Share(self.resource, self.slots.source.configured, self.actor_ref))

    @handles(Attach)
    def attach(self, message: Attach) -> None:
        """Get to know the tenant's pool."""
        self.pools[message.pool] = message.ref

    @handles(Reserve)
    def reserve(self, message: Reserve) -> None:
        """Lease a slot and the phone number, or refuse."""
        call, party = message.call, message.party
        if party in self.parties:
            self.parked.setdefault(party, []).append((message.pool, message.campaign, message.contact))
            message.ref.tell(Refused(call, TENANT, Reason.PARTY_BUSY))
            self.slots.put_back(message.pool, more=message.more)
            self.hand_out()
            return
        slots = self.slots
        room = slots.source.limit - len(slots.leases)
        if slots.reserve(call, message.pool, party, room, more=message.more):
            self.parties.add(party)
            message.ref.tell(Granted(call, TENANT, len(slots.leases), slots.source.configured))
            if message.more:
                self.hand_out()
            return
        message.ref.tell(Refused(call, TENANT, Reason.TENANT_FULL))
        self.pools[message.pool].tell(MarkedFull(None))

    @handles(Hold)
    def hold(self, message: Hold) -> None:
        """Lease a slot and the phone to a call of an earlier life."""
        self.slots.leases[message.call] = message.party
        self.parties.add(message.party)

    @handles(Block)
    def block(self, message: Block) -> None:
        """Let nobody call a phone that another daemon's call may be up to."""
        self.blocked[message.call] = message.party
        self.parties.add(message.party)

    @handles(Release)
    def release(self, message: Release) -> None:
        """End a call's lease; whoever waited for its phone waits no more."""
        party = self.slots.release(message.call)
        if party is None:
            party = self.blocked.pop(message.call, None)
        if party is None:
            return
        self.parties.discard(party)
        self._free_party(party)
        self.hand_out()

    def _free_party(self, party: E164) -> None:
        for pool, campaign, contact in self.parked.pop(party, ()):
            self.pools[pool].tell(PartyFree(campaign, contact))

    def hand_out(self) -> None:
        """Give tickets for the room there is."""
        if self.slots.listed:
            for pool in self.slots.next_tickets(self.slots.room):
                self.pools[pool].tell(Ticket(None))

    @handles(HandOn)
    def hand_on(self, message: HandOn) -> None:
        """Take back tickets that the pool has no use for."""
        self.slots.hand_on(message.pool, message.count)
        self.hand_out()

    @handles(SetLimit)
    def set_cap(self, message: SetLimit) -> None:
        """Change the cap; a lowered one voids what is granted and not placed.

        A change that comes before an earlier one is in force waits for it.
        """
        if self._lowering is not None:
            self._queued.append(message)
            return
        source = self.slots.source
        if message.limit < source.configured:
            self._lowering = (set(self.connections), message)
            self._lower(message)
            self._tell_others(message)
            return
        self._emit_changed(message)
        self._tell_others(message)
        source.change(message.limit)
        self.slots.widened()
        self._tell_pools()
        self.hand_out()

    def _tell_others(self, message: SetLimit) -> None:
        if self.membership is not None:
            self.membership.ref.tell(LimitSet(self.resource, message.limit))

    def _lower(self, message: SetLimit) -> None:
        self.slots.source.change(message.limit)
        self._tell_pools()
        self._changes += 1
        for ref in self.connections.values():
            ref.tell(VoidUnplaced(self.name, self.actor_ref, self._changes))

    @handles(Barred)
    def barred(self, message: Barred) -> None:
        """Note a connection that has voided; log the cap when all have."""
        if self._lowering is None:
            return
        left, change = self._lowering
        left.discard(message.connection)
        if left:
            return
        self._lowering = None
        self._emit_changed(change)
        while self._queued and self._lowering is None:
            self.set_cap(self._queued.popleft())

    def _tell_pools(self, *, lent: bool = False) -> None:
        for ref in self.pools.values():
            ref.tell(LimitChanged(None, self.slots.source.limit, lent))

    def _emit_changed(self, change: SetLimit) -> None:
        self.observer.emit(
            TenantCapChanged(tenant=self.name, limit=change.limit, by=change.by, reason=change.reason)
        )
        answer(change.done)

    # A cap that is shared with other daemons

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say how many slots are in use."""
        message.ref.tell(Uses(f"tenant {self.name}", ((self.resource, self.slots.in_use),)))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Grant out of what is held from now on; what is above it drains."""
        source = self.slots.source
        assert isinstance(source, Leased)
        more = source.hold(message.slots)
        self._tell_pools(lent=True)
        if message.ref is not None:
            message.ref.tell(Uses(None, ((self.resource, self.slots.in_use),)))
        if more > 0:
            self.slots.widened()
            self.hand_out()

    @handles(LimitElsewhere)
    def limit_elsewhere(self, message: LimitElsewhere) -> None:
        """Follow the cap that holds for all daemons."""
        self.set_cap(SetLimit(message.limit, by="shared state", reason=None))

    @handles(Describe)
    def describe(self, message: Describe) -> None:
        """Say what is held."""
        source = self.slots.source
        held = None if self.membership is None else source.limit
        message.ref.tell(Described(message.inquiry, None, source.configured, self.slots.in_use, held=held))

    # After a crash

    def rebuild(self) -> None:
        """Keep the leases and who waits for a phone; forget who waits for a slot."""
        self.slots.forget_waiters()
        self.parties = {*self.slots.leases.values(), *self.blocked.values()}
        for party in [party for party in self.parked if party not in self.parties]:
            self._free_party(party)
        for ref in self.pools.values():
            ref.tell(Restarted(None, self.slots.source.limit))

    def handle_again(self, message: Any) -> None:
        """Finish what a crash has interrupted; what was granted stands."""
        if isinstance(message, Reserve):
            self._reserve_again(message)
        elif isinstance(message, SetLimit) and self._lowering is not None and self._lowering[1] is message:
            self._lower(message)
        else:
            super().handle_again(message)

    def _reserve_again(self, message: Reserve) -> None:
        call, slots = message.call, self.slots
        if call in slots.leases:
            message.ref.tell(Granted(call, TENANT, slots.in_use, slots.source.configured))
        elif self._is_parked(message):
            message.ref.tell(Refused(call, TENANT, Reason.PARTY_BUSY))
        else:
            message.ref.tell(Refused(call, TENANT, Reason.CRASHED))

    def _is_parked(self, message: Reserve) -> bool:
        return (message.pool, message.campaign, message.contact) in self.parked.get(message.party, ())
