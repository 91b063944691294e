"""The actor that owns a provider connection: its slots, call rate and breaker."""

from __future__ import annotations

import logging
from typing import Any

from actors.answers import answer
from actors.connection.breaker import BreakerState
from actors.connection.call_lease import CallLease
from actors.connection.gate import contact_of, count_place, hand_over, objection, void_granted
from actors.connection.handing_out import await_rate, hand_out
from actors.connection.judging import learn, open_breaker, tell_others, tell_turn
from actors.connection.sharing import probe_waits, uses_of
from actors.connection.trunk import Trunk
from actors.lease.messages import (
    AskUse,
    BreakerElsewhere,
    Enlist,
    Lent,
    LimitElsewhere,
    LimitSet,
    Share,
    Uses,
)
from actors.messages import (
    Adopt,
    Attach,
    Bar,
    Barred,
    CloseGate,
    Describe,
    Described,
    Granted,
    HandOn,
    HangUp,
    Hold,
    Lift,
    LimitChanged,
    MarkedFull,
    OpenGate,
    Place,
    Placed,
    ProbeDue,
    RateFree,
    Reason,
    Refused,
    Release,
    Reported,
    Reserve,
    Restarted,
    SetLimit,
    Voided,
    VoidUnplaced,
)
from actors.slots import Leased
from runtime.calls import CallEvent, CallId, CallProgress
from runtime.carriers.base import AdoptingLine
from runtime.kernel import handles
from runtime.ledger.resource import Kind
from runtime.observe.events import (
    ActorCrashed,
    CallLateEvent,
    ConnectionLimitChanged,
)

logger = logging.getLogger("trunkline")

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ENDED, _CLOSED = CallProgress.ENDED, BreakerState.CLOSED


class ConnectionActor(Trunk):
    """A provider connection: grants slots, keeps the last gate, places calls."""

    def on_start(self) -> None:
        if self.membership is None:
            return
        tell, rate = self.membership.ref.tell, self.configured_rate
        tell(Enlist(f"connection {self.name}", self.actor_ref))
        tell(Share(self.slots_resource, self.slots.source.configured, self.actor_ref))
        if rate is not None:
            self.rate.per_second = 0
            share = Share(self.rate_resource, rate, self.actor_ref)
            if self.membership.rates_after:
                self.after(self.membership.rates_after, share)
            else:
                tell(share)

    @handles(Attach)
    def attach(self, message: Attach) -> None:
        """Get to know a pool that routes numbers through here."""
        self.pools[message.pool] = message.ref

    # Slots

    @handles(Reserve)
    def reserve(self, message: Reserve) -> None:
        """Lease a slot, or put the pool on the list and refuse."""
        call = message.call
        if not self.enabled:
            message.ref.tell(Refused(call, self.name, Reason.CONNECTION_DISABLED))
            return
        if message.probe:
            self._reserve_probe(message)
            return
        if self.breaker.state is not _CLOSED:
            message.ref.tell(Refused(call, self.name, Reason.CONNECTION_OPEN))
            return
        now = self.clock.time()
        slots, pool = self.slots, message.pool
        lease = CallLease(pool, message.campaign, message.number, message.ref)
        if slots.reserve(call, pool, lease, self.room_at(now), more=message.more):
            self.rate.take(now)
            message.ref.tell(Granted(call, self.name, len(slots.leases), slots.source.configured))
            if message.more:
                hand_out(self)
            return
        full = slots.room - slots.tickets_out <= 0
        message.ref.tell(Refused(call, self.name, Reason.CONNECTION_FULL if full else Reason.RATE))
        self.pools[message.pool].tell(MarkedFull(self.name, rate=not full))
        await_rate(self)

    def _reserve_probe(self, message: Reserve) -> None:
        now = self.clock.time()
        left = self.rate.left(now)
        if self.slots.room <= 0 or left == 0 or not self.breaker.probe_due(now):
            message.ref.tell(Refused(message.call, self.name, Reason.CONNECTION_OPEN))
            if left == 0:
                await_rate(self)
            return
        self.breaker.take_probe()
        self.slots.leases[message.call] = CallLease(
            message.pool, message.campaign, message.number, message.ref, probe=True
        )
        self.rate.take(now)
        message.ref.tell(Granted(message.call, self.name, self.slots.in_use, self.slots.source.configured))

    @handles(Hold)
    def hold(self, message: Hold) -> None:
        """Lease a slot to a call of an earlier life: it is up as far as anybody knows."""
        self.slots.leases[message.call] = CallLease(
            message.pool,
            message.campaign,
            message.number,
            message.ref,
            placed=True,
            handed=True,
            counted=True,
        )

    @handles(Adopt)
    def adopt(self, message: Adopt) -> None:
        """Begin after an earlier life: its calls count for the rate, and the carrier may know them."""
        if message.dialed_lately:
            self.rate.fill(self.clock.time())
        if isinstance(self.line, AdoptingLine) and message.calls:
            self.line.adopt(message.calls, self.report)

    @handles(Release)
    def release(self, message: Release) -> None:
        """End a call's lease and hand its slot to whoever waits."""
        lease = self.slots.release(message.call)
        if lease is None:
            return
        if not lease.placed:
            self.rate.give_back()
            if lease.probe:
                self.breaker.return_probe()
        elif message.fault is not None:
            learn(self, lease, fault=message.fault and not message.rang)
        hand_out(self)

    @handles(HandOn)
    def hand_on(self, message: HandOn) -> None:
        """Give a ticket that a pool has no use for to the next."""
        self.slots.hand_on(message.pool, message.count)
        hand_out(self)

    @handles(RateFree)
    def rate_free(self, message: RateFree) -> None:
        """A second has passed since a Place: the rate has room again."""
        self.rate_timer = None
        self.slots.widened()
        hand_out(self)

    # The last gate

    @handles(Place)
    def place(self, message: Place) -> None:
        """Place the call, unless something has changed since the grants."""
        request = message.request
        lease = self.slots.leases.get(request.call)
        now = self.clock.time()
        reason = Reason.LIMIT_LOWERED if lease is None else objection(self, lease, request, now)
        if lease is None or reason is not None:
            contact_of(lease, message).tell(Voided(request.call, reason or Reason.LIMIT_LOWERED))
            return
        self.observer.emit(message.grant)
        lease.placed = True
        lease.ref.tell(Placed(request.call))
        hand_over(self, lease, request, now, self.report)

    @handles(HangUp)
    def hang_up(self, message: HangUp) -> None:
        """Ask the carrier to end a call."""
        try:
            self.line.hang_up(message.call)
        except Exception as error:
            logger.exception("the carrier of connection %s failed to hang up %s", self.name, message.call)
            self.observer.emit(
                ActorCrashed(actor=f"carrier of {self.name}", message="hang_up", error=repr(error))
            )

    def report(self, event: CallEvent) -> None:
        """Hand a carrier's event to its contact; called on the loop."""
        try:
            self._report(event)
        except Exception as error:
            self.on_crash(error, event)

    def _report(self, event: CallEvent) -> None:
        lease = self.slots.leases.get(event.call)
        if lease is None or not lease.placed:
            self.observer.emit(CallLateEvent(call=event.call, what=event.progress.value))
            return
        lease.ref.tell(Reported(event))
        if not lease.judged and event.progress is not _ENDED:
            # Now, not at its end: long calls would be missing from the breaker's last places.
            probe = lease.probe
            learn(self, lease, fault=False)
            if probe:
                hand_out(self)

    # Bars and limits

    @handles(Bar)
    def bar(self, message: Bar) -> None:
        """Let nothing of this through the gate from here on."""
        self.barred.add((message.scope, message.name, message.campaign))
        message.ref.tell(Barred(message.change, self.name))

    @handles(Lift)
    def lift(self, message: Lift) -> None:
        """Let it through again."""
        self.barred.discard((message.scope, message.name, message.campaign))

    @handles(VoidUnplaced)
    def void_unplaced(self, message: VoidUnplaced) -> None:
        """Void a pool's grants that have not passed the gate."""
        void_granted(self, message.pool)
        message.ref.tell(Barred(message.change, self.name))

    @handles(CloseGate)
    def close_gate(self, message: CloseGate) -> None:
        """Let nothing through the gate until it is opened."""
        self.gate_closed = message.reason

    @handles(OpenGate)
    def open_gate(self, message: OpenGate) -> None:
        """Let calls through the gate again."""
        self.gate_closed = None

    @handles(SetLimit)
    def set_limit(self, message: SetLimit) -> None:
        """Change the limit; calls in progress go on, a lowered limit drains."""
        changed = ConnectionLimitChanged(
            connection=self.name, limit=message.limit, by=message.by, reason=message.reason
        )
        source = self.slots.source
        if message.limit < source.configured:
            source.change(message.limit)
            void_granted(self, None)
            self.observer.emit(changed)
        else:
            self.observer.emit(changed)
            source.change(message.limit)
        self.slots.widened()
        for ref in self.pools.values():
            ref.tell(LimitChanged(self.name, source.limit))
        if self.membership is not None:
            self.membership.ref.tell(LimitSet(self.slots_resource, message.limit))
        answer(message.done)
        hand_out(self)

    # Limits that are shared with other daemons

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say how many slots, and tokens of the call rate, are in use."""
        message.ref.tell(Uses(f"connection {self.name}", uses_of(self), probe_waits(self)))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Grant out of what is held from now on; what is above it drains."""
        source = self.slots.source
        if message.resource.kind is Kind.RATE:
            more = message.slots - (self.rate.per_second or 0)
            self.rate.per_second = message.slots
        else:
            assert isinstance(source, Leased)
            more = source.hold(message.slots)
            for ref in self.pools.values():
                ref.tell(LimitChanged(self.name, source.limit, lent=True))
        if message.ref is not None:
            message.ref.tell(Uses(None, tuple(one for one in uses_of(self) if one[0] == message.resource)))
        if more > 0:
            self.slots.widened()
            hand_out(self)
            self._say_what_is_lacking()

    def _say_what_is_lacking(self) -> None:
        """Let pools that wait know that only the call rate keeps them now: it is asked for by them."""
        if self.slots.room > self.slots.tickets_out and self.rate.left(self.clock.time()) == 0:
            for pool in self.slots.listed:
                self.pools[pool].tell(MarkedFull(self.name, rate=True))

    @handles(Share)
    def share(self, message: Share) -> None:
        """Have the call rate leased: what an earlier life held of it is over."""
        if self.membership is not None:
            self.membership.ref.tell(message)

    @handles(LimitElsewhere)
    def limit_elsewhere(self, message: LimitElsewhere) -> None:
        """Follow the limit that holds for all daemons; of the call rate no more is lent than it allows."""
        if message.resource.kind is Kind.CONNECTION:
            self.set_limit(SetLimit(message.limit, by="shared state", reason=None))

    @handles(BreakerElsewhere)
    def breaker_elsewhere(self, message: BreakerElsewhere) -> None:
        """Open with another daemon's breaker: the carrier is the same."""
        if self.breaker.state is _CLOSED:
            open_breaker(self, self.breaker.follow(message.node, self.clock.time()), by="shared state")

    @handles(Describe)
    def describe(self, message: Describe) -> None:
        """Say what is held."""
        message.ref.tell(
            Described(
                message.inquiry,
                self.name,
                self.slots.source.configured,
                self.slots.in_use,
                self.rate.left(self.clock.time()),
                self.breaker.state.value,
                self._carrier_in_use(),
                None if self.membership is None else self.slots.source.limit,
            )
        )

    def _carrier_in_use(self) -> int | None:
        return None if self.calls_up is None else len(self.calls_up())

    # The breaker

    @handles(ProbeDue)
    def probe_due(self, message: ProbeDue) -> None:
        """Let one call probe the carrier."""
        hand_out(self)

    # After a crash

    def rebuild(self) -> None:
        """Keep the leases, the rate's last second, the breaker and the bars; forget who waits."""
        self.slots.forget_waiters()
        leases = self.slots.leases.values()
        self.rate.recount(sum(not lease.counted for lease in leases))
        if self.breaker.state is BreakerState.PROBING and not any(lease.probe for lease in leases):
            self.breaker.return_probe()
        if self.rate_timer is not None:
            self.rate_timer.cancel()
            self.rate_timer = None
        opened = self.breaker.state is not BreakerState.CLOSED
        if self.turn is not None:
            tell_turn(self)
            tell_others(self, opened=opened)
        if opened:
            probe_at = self.breaker.next_probe_at
            self.after(max(0.0, (probe_at or self.clock.time()) - self.clock.time()), ProbeDue())
        for ref in self.pools.values():
            ref.tell(Restarted(self.name, self.slots.source.limit, opened))

    def handle_again(self, message: Any) -> None:
        """Finish what a crash has interrupted; what was granted or placed stands."""
        if isinstance(message, CallEvent):
            self._report(message)
        elif isinstance(message, Reserve):
            self._reserve_again(message)
        elif isinstance(message, Place) and self._is_placed(message.request.call):
            lease = self.slots.leases[message.request.call]
            lease.ref.tell(Placed(message.request.call))
            if not lease.handed:
                hand_over(self, lease, message.request, self.clock.time(), self.report)
            elif not lease.counted:
                count_place(self, lease, self.clock.time())
        else:
            super().handle_again(message)

    def _reserve_again(self, message: Reserve) -> None:
        call, slots = message.call, self.slots
        if call in slots.leases:
            message.ref.tell(Granted(call, self.name, slots.in_use, slots.source.configured))
        else:
            message.ref.tell(Refused(call, self.name, Reason.CRASHED))

    def _is_placed(self, call: CallId) -> bool:
        lease = self.slots.leases.get(call)
        return lease is not None and lease.placed
