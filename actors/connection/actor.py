"""The actor that owns a provider connection: its slots, call rate and breaker."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from msgspec.structs import replace
from pykka import ActorRef

from actors.answers import answer
from actors.connection.breaker import Breaker, BreakerState, Reopened
from actors.connection.rate import CallRate
from actors.lease.messages import (
    AskUse,
    BreakerElsewhere,
    BreakerHere,
    Enlist,
    Lent,
    LimitElsewhere,
    LimitSet,
    Share,
    Uses,
    Waiters,
)
from actors.lease.tenure import Membership, Tenure
from actors.messages import (
    Adopt,
    Attach,
    Bar,
    Barred,
    BreakerClosed,
    BreakerOpened,
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
    Ref,
    Refused,
    Release,
    Reported,
    Reserve,
    Restarted,
    Scope,
    SetLimit,
    Ticket,
    Voided,
    VoidUnplaced,
)
from actors.restart import RestartingActor, Supervisor
from actors.settings import ConnectionSettings
from actors.slots import Leased, Slots, slots_of
from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import AdoptingLine, CountsCalls, Line
from runtime.kernel import Timer, handles
from runtime.ledger.resource import Kind, Resource
from runtime.observe.events import (
    ActorCrashed,
    CallLateEvent,
    ConnectionClosed,
    ConnectionLimitChanged,
    ConnectionOpened,
)
from runtime.observe.observer import Observer

logger = logging.getLogger("trunkline")

_ENDED, _CLOSED = (
    CallProgress.ENDED,
    BreakerState.CLOSED,
)  # Python 3.11 searches for an enum's member at every use


class CallLease(msgspec.Struct, gc=False, eq=False):
    """One call's slot: whose it is, whether it has passed the gate, and whether the breaker knows of it."""

    pool: str
    campaign: str
    number: E164
    ref: Ref
    probe: bool = False
    placed: bool = False
    """Whether it has passed the gate."""
    handed: bool = False
    """Whether the carrier has been asked to place it."""
    counted: bool = False
    """Whether the rate has counted it."""
    void: Reason | None = None
    judged: bool = False


class ConnectionActor(RestartingActor):
    """A provider connection: grants slots, keeps the last gate, places calls."""

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
        self.pools: dict[str, ActorRef[Any]] = {}
        self.barred: set[tuple[Scope, str, str | None]] = set()
        self.gate_closed: Reason | None = None
        self._calls_up = line.calls_up if isinstance(line, CountsCalls) else None
        self._rate_timer: Timer | None = None
        self._probe_turn = 0

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

    @property
    def room(self) -> int:
        """Count what could be leased now: slots and call rate, no open breaker."""
        if not self.enabled or self.breaker.state is not _CLOSED:
            return 0
        return self._room(self.clock.time())

    def _room(self, now: float) -> int:
        room = self.slots.source.limit - len(self.slots.leases)
        if self.rate.per_second is None:
            return room
        left = self.rate.left(now)
        return room if left is None else min(room, left)

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
        if slots.reserve(call, pool, lease, self._room(now), more=message.more):
            self.rate.take(now)
            message.ref.tell(Granted(call, self.name, len(slots.leases), slots.source.configured))
            if message.more:
                self.hand_out()
            return
        full = slots.room - slots.tickets_out <= 0
        message.ref.tell(Refused(call, self.name, Reason.CONNECTION_FULL if full else Reason.RATE))
        self.pools[message.pool].tell(MarkedFull(self.name, rate=not full))
        self._await_rate()

    def _reserve_probe(self, message: Reserve) -> None:
        now = self.clock.time()
        left = self.rate.left(now)
        if self.slots.room <= 0 or left == 0 or not self.breaker.probe_due(now):
            message.ref.tell(Refused(message.call, self.name, Reason.CONNECTION_OPEN))
            if left == 0:
                self._await_rate()
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
            self._learn(lease, fault=message.fault and not message.rang)
        self.hand_out()

    def hand_out(self) -> None:
        """Give tickets for the room there is, and probes that are due."""
        if self.slots.listed:
            for pool in self.slots.next_tickets(self.room):
                self.pools[pool].tell(Ticket(self.name))
            self._await_rate()
        if (
            self.breaker.state is not _CLOSED
            and self.breaker.probe_due(self.clock.time())
            and self.slots.room > 0
        ):
            if self.rate.left(self.clock.time()) == 0:
                self._await_rate()
            else:
                self._offer_probe()

    @handles(HandOn)
    def hand_on(self, message: HandOn) -> None:
        """Give a ticket that a pool has no use for to the next."""
        self.slots.hand_on(message.pool, message.count)
        self.hand_out()

    def _await_rate(self) -> None:
        if self._rate_timer is not None:
            return
        if not self.slots.listed and not self.breaker.probe_due(self.clock.time()):
            return
        free_at = self.rate.next_free(self.clock.time())
        if free_at is not None and self.rate.left(self.clock.time()) == 0:
            self._rate_timer = self.after(max(0.0, free_at - self.clock.time()), RateFree())

    @handles(RateFree)
    def rate_free(self, message: RateFree) -> None:
        """A second has passed since a Place: the rate has room again."""
        self._rate_timer = None
        self.slots.widened()
        self.hand_out()

    # The last gate

    @handles(Place)
    def place(self, message: Place) -> None:
        """Place the call, unless something has changed since the grants."""
        request = message.request
        lease = self.slots.leases.get(request.call)
        now = self.clock.time()
        reason = Reason.LIMIT_LOWERED if lease is None else self._objection(lease, request, now)
        if lease is None or reason is not None:
            _contact_of(lease, message).tell(Voided(request.call, reason or Reason.LIMIT_LOWERED))
            return
        self.observer.emit(message.grant)
        lease.placed = True
        lease.ref.tell(Placed(request.call))
        self._hand_over(lease, request, now)

    def _hand_over(self, lease: CallLease, request: CallRequest, now: float) -> None:
        lease.handed = True
        tenure = self.tenure
        try:
            if tenure is None:
                self.line.place(request, self.report)
            else:
                self._place_within(tenure, request)
        except Exception as error:
            logger.exception("the carrier of connection %s failed to place %s", self.name, request.call)
            self.report(
                CallEvent(request.call, CallProgress.ENDED, Outcome.FAILED, cause=f"carrier_error: {error!r}")
            )
        # The second counts from when line and carrier have it: writing the line takes its time.
        self._count_place(lease, now)

    def _place_within(self, tenure: Tenure, request: CallRequest) -> None:
        """Place a call unless its lease has ended; the carrier gets to know until when it may."""
        left = tenure.left(request)
        if left <= 0:
            self.report(CallEvent(request.call, CallProgress.ENDED, Outcome.CANCELED, cause="not_after"))
            return
        not_after = min(request.not_after, self.clock.time() + left)
        self.line.place(
            replace(request, not_after=not_after, epoch=tenure.epoch(self.name)),
            self.report,
        )

    def _count_place(self, lease: CallLease, now: float) -> None:
        limited = self.rate.per_second is not None
        self.rate.placed(self.clock.time() if limited else now)
        lease.counted = True
        if limited:
            self._await_rate()

    def _objection(self, lease: CallLease, request: CallRequest, now: float) -> Reason | None:
        if self.gate_closed is not None:
            return self.gate_closed
        if lease.void is not None:
            return lease.void
        if self.barred:
            if (Scope.CAMPAIGN, request.campaign, None) in self.barred:
                return Reason.CAMPAIGN_BARRED
            if (Scope.NUMBER, request.number, None) in self.barred:
                return Reason.NUMBER_BARRED
            if (Scope.POOLED_NUMBER, request.number, request.campaign) in self.barred:
                return Reason.NUMBER_BARRED
        if self.breaker.state is not _CLOSED and not lease.probe:
            return Reason.CONNECTION_OPEN
        if now > request.not_after:
            return Reason.TOO_LATE
        if self.tenure is not None and self.tenure.left(request) <= 0:
            return Reason.LEASE_LAPSED
        return None

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
            self._learn(lease, fault=False)
            if probe:
                self.hand_out()

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
        self._void(message.pool)
        message.ref.tell(Barred(message.change, self.name))

    def _void(self, pool: str | None) -> None:
        for lease in self.slots.leases.values():
            if not lease.placed and pool in (None, lease.pool):
                lease.void = Reason.LIMIT_LOWERED

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
            self._void(None)
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
        self.hand_out()

    # Limits that are shared with other daemons

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say how many slots, and tokens of the call rate, are in use."""
        message.ref.tell(Uses(f"connection {self.name}", self._uses(), self._probe_waits()))

    def _probe_waits(self) -> tuple[Waiters, ...]:
        """Ask for what a probe needs that is due: nobody else waits for an open connection."""
        if self.breaker.state is _CLOSED or not self.breaker.probe_due(self.clock.time()):
            return ()
        waits = []
        if self.slots.room <= 0:
            waits.append(Waiters(self.slots_resource, first=1))
        if self.rate.left(self.clock.time()) == 0:
            waits.append(Waiters(self.rate_resource, first=1))
        return tuple(waits)

    def _uses(self) -> tuple[tuple[Resource, int], ...]:
        slots = (self.slots_resource, self.slots.in_use)
        if self.rate.per_second is None:
            return (slots,)
        return slots, (self.rate_resource, self.rate.in_use(self.clock.time()))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Grant out of what is held from now on; what is above it drains."""
        source = self.slots.source
        if message.resource.kind is Kind.RATE:
            slots = min(message.slots, self.configured_rate or 0)
            more = slots - (self.rate.per_second or 0)
            self.rate.per_second = slots
        else:
            assert isinstance(source, Leased)
            more = source.hold(message.slots)
            for ref in self.pools.values():
                ref.tell(LimitChanged(self.name, source.limit, lent=True))
        if message.ref is not None:
            message.ref.tell(Uses(None, tuple(one for one in self._uses() if one[0] == message.resource)))
        if more > 0:
            self.slots.widened()
            self.hand_out()
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
        """Follow the limit that holds for all daemons."""
        self.set_limit(SetLimit(message.limit, by="shared state", reason=None))

    @handles(BreakerElsewhere)
    def breaker_elsewhere(self, message: BreakerElsewhere) -> None:
        """Open with another daemon's breaker: the carrier is the same."""
        if self.breaker.state is _CLOSED:
            self._opened(self.breaker.follow(message.node, self.clock.time()).why, by="shared state")

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
        return None if self._calls_up is None else len(self._calls_up())

    # The breaker

    def _learn(self, lease: CallLease, *, fault: bool) -> None:
        if lease.judged:
            return
        lease.judged = True
        if lease.probe:
            self._settle_probe(good=not fault)
            return
        opened = self.breaker.record(fault=fault, now=self.clock.time())
        if opened is not None:
            self._opened(opened.why, by="breaker")
            self._tell_others(opened=True)

    def _opened(self, reason: str, *, by: str) -> None:
        self._tell_opened(reason, by=by)
        self.slots.forget_waiters()
        for ref in self.pools.values():
            ref.tell(BreakerOpened(self.name))

    def _tell_others(self, *, opened: bool) -> None:
        if self.membership is not None:
            self.membership.ref.tell(BreakerHere(self.name, opened))

    def _settle_probe(self, *, good: bool) -> None:
        changed = self.breaker.probe_result(good=good, now=self.clock.time())
        if isinstance(changed, Reopened):
            self._tell_opened(changed.why, by="breaker")
            self._tell_others(opened=True)
        elif changed is not None:
            self._tell_others(opened=False)
            self.observer.emit(
                ConnectionClosed(
                    connection=self.name, limit=self.slots.source.configured, by="breaker", reason=changed.why
                )
            )
            self.slots.widened()
            for ref in self.pools.values():
                ref.tell(BreakerClosed(self.name))

    def _tell_opened(self, reason: str, *, by: str) -> None:
        self.observer.emit(
            ConnectionOpened(connection=self.name, limit=self.slots.source.configured, by=by, reason=reason)
        )
        probe_at = self.breaker.next_probe_at
        if probe_at is not None:
            self.after(max(0.0, probe_at - self.clock.time()), ProbeDue())

    @handles(ProbeDue)
    def probe_due(self, message: ProbeDue) -> None:
        """Let one call probe the carrier."""
        self.hand_out()

    def _offer_probe(self) -> None:
        """Tell every pool of the probe, another one first each time."""
        names = list(self.pools)
        self._probe_turn += 1
        turn = self._probe_turn % len(names) if names else 0
        for name in names[turn:] + names[:turn]:
            self.pools[name].tell(Ticket(self.name, probe=True))

    # After a crash

    def rebuild(self) -> None:
        """Keep the leases, the rate's last second, the breaker and the bars; forget who waits."""
        self.slots.forget_waiters()
        leases = self.slots.leases.values()
        self.rate.recount(sum(not lease.counted for lease in leases))
        if self.breaker.state is BreakerState.PROBING and not any(lease.probe for lease in leases):
            self.breaker.return_probe()
        if self._rate_timer is not None:
            self._rate_timer.cancel()
            self._rate_timer = None
        opened = self.breaker.state is not BreakerState.CLOSED
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
                self._hand_over(lease, message.request, self.clock.time())
            elif not lease.counted:
                self._count_place(lease, self.clock.time())
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


def _contact_of(lease: CallLease | None, message: Place) -> Ref:
    return message.ref if lease is None else lease.ref
