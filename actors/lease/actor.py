"""The actor that shares limits with other daemons: it leases slots by the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from actors.lease.jumps import Reading, jump_between
from actors.lease.messages import (
    AskUse,
    BreakerElsewhere,
    BreakerHere,
    Enlist,
    Heard,
    Leave,
    LeaveAnyway,
    Lent,
    LimitElsewhere,
    LimitSet,
    Look,
    Share,
    Uses,
    Waiters,
)
from actors.lease.shared import Shared
from actors.lease.tenure import Tenure
from actors.messages import Ref
from actors.restart import RestartingActor, Supervisor
from runtime.kernel import Timer, handles
from runtime.ledger.holder import Holder
from runtime.ledger.ledger import Answer as LedgerAnswer
from runtime.ledger.ledger import Ledger
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Away, Statement, Terms
from runtime.observe.events import (
    LeaseLapsed,
    LimitDiffers,
    StateAway,
    StateBack,
    StateLearned,
    StateLearning,
)
from runtime.observe.observer import Observer

LOOK_SECONDS = 0.2
"""How often use and demand are looked at: what is wanted at once waits no longer."""

DEMAND_SECONDS = 2
"""Where a call rate holds calls back, slots for so many seconds of it are wanted at most."""

PLACE_SECONDS = 10.0
"""How long after its intent a carrier may still place a call."""

WINDOW_SECONDS = 1.0
"""How long a placed call counts for its connection's call rate."""

LEAVE_SECONDS = 2.0
"""How long to wait for the ledger's answer when leaving."""


class Identity(msgspec.Struct, frozen=True):
    """Who this daemon is for the others, and for how long things hold, in seconds.

    `node` is kept over its lives, `incarnation` rises with each. So long after
    its placing (`call_seconds`) a call may still be up. `lag`: for so long a
    server that has been replaced may go on answering.
    `limit_generation` says how new the limits of its configuration are.
    """

    node: str
    incarnation: int
    lease: float
    call_seconds: float
    lag: float = 0.0
    limit_generation: int = 1

    def terms(self, kind: Kind) -> Terms:
        """Give for how long a resource of this kind holds."""
        if kind is Kind.DAY:
            tail = float("inf")
        elif kind is Kind.RATE:
            tail = PLACE_SECONDS + WINDOW_SECONDS
        else:
            tail = PLACE_SECONDS + self.call_seconds
        return Terms(self.lease, tail, self.lag)


class LeaseActor(RestartingActor):
    """Holds this daemon's leases: states what is used and wanted, lends what is held.

    A look, five times a second, asks every actor what it uses and who waits.
    What is to be stated by then is stated, after its actor has confirmed that
    it goes on with what will be stated as held.
    """

    def __init__(
        self,
        identity: Identity,
        ledger: Ledger,
        tenure: Tenure,
        clocks: Callable[[], Reading],
        observer: Observer,
        supervisor: Supervisor,
    ) -> None:
        super().__init__()
        self.name = identity.node
        self.identity = identity
        self.ledger = ledger
        self.tenure = tenure
        self.clocks = clocks
        self.observer = observer
        self.supervisor = supervisor
        self.shares: dict[Resource, Shared] = {}
        self._askers: dict[str, Ref] = {}
        self._waiters: dict[str, tuple[Waiters, ...]] = {}
        self._unasked: set[str] = set()
        """Who has yet to answer this look's question."""
        self._unconfirmed: set[Resource] = set()
        self._due: list[Shared] = []
        """What is stated once everybody in question has confirmed."""
        self._timer: Timer | None = None
        self._read: Reading | None = None
        self._away: dict[Resource, str] = {}
        self._learning: set[Resource] = set()
        self._leaving: Callable[[], None] | None = None
        self._raised = False
        self._farewell = False
        """Whether the last statements have been made."""
        self._left = False

    @handles(Enlist)
    def enlist(self, message: Enlist) -> None:
        """Get to know an actor that grants slots, or whose contacts wait for them."""
        self._askers[message.name] = message.ref

    @handles(Share)
    def share(self, message: Share) -> None:
        """Lease slots of a limit from now on."""
        if message.resource in self.shares:
            return
        identity = self.identity
        holder = Holder(
            message.resource,
            identity.node,
            identity.incarnation,
            identity.terms(message.resource.kind),
            message.limit,
            identity.limit_generation,
        )
        self.shares[message.resource] = Shared(holder, message.ref, message.limit)
        self.tenure.set(message.resource, holder.deadline, holder.epoch)

    @handles(LimitSet)
    def limit_set(self, message: LimitSet) -> None:
        """Let the next statement set the limit for all daemons."""
        shared = self.shares.get(message.resource)
        if shared is not None and shared.holder.limit != message.limit:
            shared.limit = message.limit
            shared.holder.change_limit(message.limit)

    @handles(BreakerHere)
    def breaker_here(self, message: BreakerHere) -> None:
        """Let the others know of a breaker in the next statement."""
        shared = self.shares.get(Resource(Kind.CONNECTION, message.connection))
        if shared is not None:
            shared.breaker_open = message.opened

    # A look

    @handles(Look)
    def look(self, message: Look) -> None:
        """Ask everybody what is used, and who waits."""
        if self._left or self._farewell:
            return
        if self._timer is not None:
            self._timer.cancel()  # a look that is handled again has set one already
        self._timer = self.after(LOOK_SECONDS, message)
        now = self.tenure.boot()
        self._look_at_clocks()
        self._end_lapsed(now, "no answer from the shared state")
        self._unconfirmed.clear()
        self._due = []
        self._ask()

    def _ask(self) -> None:
        if self._due or self._farewell:
            return
        self._unasked = set(self._askers)
        for ref in self._askers.values():
            ref.tell(AskUse(self.actor_ref))

    def _look_at_clocks(self) -> None:
        before, self._read = self._read, self.clocks()
        jump = None if before is None else jump_between(before, self._read)
        if jump is not None:
            for shared in self.shares.values():
                shared.holder.suspect()
                self.tenure.set(shared.holder.resource, shared.holder.deadline, shared.holder.epoch)
            self._end_lapsed(self.tenure.boot(), jump)

    def _end_lapsed(self, now: float, reason: str) -> None:
        """Let nobody use what is not held any more."""
        lapsed = [one for one in self.shares.values() if one.lent and not one.holder.usable(now)]
        for shared in lapsed:
            self._lend(shared, 0)
        if lapsed:
            names = [f"{one.holder.resource.kind.value}:{one.holder.resource.name}" for one in lapsed]
            self.observer.emit(LeaseLapsed(resources=names, reason=reason))

    @handles(Uses)
    def uses(self, message: Uses) -> None:
        """Take in an answer; with the last one of a look, see what is to be stated."""
        for resource, count in message.uses:
            shared = self.shares.get(resource)
            if shared is not None:
                shared.uses = count
                self._unconfirmed.discard(resource)
        for day in message.days:
            known = self.shares.get(day.resource)
            if known is not None:
                known.own_day, known.carried = day.own_day, day.carried
        if message.name is None:
            if self._due and not self._unconfirmed:
                self._state()
            return
        self._waiters[message.name] = message.waiters
        if message.name in self._unasked:
            self._unasked.discard(message.name)
            if not self._unasked:
                self._see_what_is_due()

    def _see_what_is_due(self) -> None:
        if self._farewell:
            return
        now = self.tenure.boot()
        if self._leaving is not None:
            self._say_farewell()
            return
        self._count_waiters()
        self._due = []
        for shared in self.shares.values():
            shared.reckon(now)
            if now >= shared.holder.due(shared.uses, shared.wants):
                self._due.append(shared)
                self._lower(shared, shared.keeps(now))
        if self._due and not self._unconfirmed:
            self._state()

    def _lower(self, shared: Shared, keeps: int) -> None:
        """Give back what is not kept; its actor confirms before that is stated."""
        if keeps < shared.lent:
            self._unconfirmed.add(shared.holder.resource)
            self._lend(shared, keeps, self.actor_ref)

    def _say_farewell(self) -> None:
        """Give everything back, once the call rate's last second has passed."""
        if any(one.uses for one in self.shares.values() if one.holder.resource.kind is Kind.RATE):
            return
        self._farewell = True
        self._due = list(self.shares.values())
        for shared in self._due:
            self._lower(shared, 0)
        if not self._unconfirmed:
            self._state()

    def _count_waiters(self) -> None:
        for shared in self.shares.values():
            shared.first = shared.later = shared.useful = shared.futile = 0
        for waiters in self._waiters.values():
            for one in waiters:
                shared_one = self.shares.get(one.resource)
                if shared_one is not None:
                    shared_one.first += one.first
                    shared_one.later += one.later
                    shared_one.useful += one.useful
                    shared_one.futile += one.futile
        for resource, rate in self.shares.items():
            connection = self.shares.get(Resource(Kind.CONNECTION, resource.name))
            if resource.kind is not Kind.RATE or connection is None:
                continue
            soon = max(1, DEMAND_SECONDS * rate.lent)
            connection.first = min(connection.first, soon)
            connection.later = min(connection.later, soon)

    def _state(self) -> None:
        now = self.tenure.boot()
        leaving = self._farewell
        statements: list[Statement] = []
        for shared in self._due:
            holder = shared.holder
            in_lease = holder.usable(now) > 0
            statements.append(
                holder.state(
                    now,
                    shared.uses,
                    0 if leaving else shared.wants,
                    holds=max(shared.lent, shared.uses) if in_lease or leaving else None,
                    own_day=shared.own_day,
                    carried=shared.carried,
                    breaker_open=shared.breaker_open,
                    leaving=leaving,
                )
            )
        self._due = []
        tell = self.actor_ref.tell
        self.ledger.state(statements, lambda answers: tell(Heard(tuple(answers))))

    # What the ledger answers

    @handles(Heard)
    def heard(self, message: Heard) -> None:
        """Lend what is held from now on, and let nobody use what is not."""
        now = self.tenure.boot()
        for one in message.answers:
            shared = self.shares.get(one.resource)
            if shared is not None:
                self._hear(shared, one, now)
        self._tell_condition(message.answers)
        if self._raised:  # whoever has got one of two may need the other at once
            self._raised = False
            self._ask()
        if self._farewell and not any(one.holder.waiting for one in self.shares.values()):
            self._leave_now()

    def _hear(self, shared: Shared, heard: LedgerAnswer, now: float) -> None:
        holder = shared.holder
        if isinstance(heard, Away):
            holder.missed()
            return
        if not holder.hear(heard, now):
            if holder.overtaken:
                self.supervisor.stop(f"another process goes by the name of {self.name} in the shared state")
            return
        self.tenure.set(holder.resource, holder.deadline, holder.epoch)
        if holder.limit != shared.limit:
            self._follow_limit(shared)
        exhausted = shared.spent_by_all
        slots = 0 if self._farewell else shared.may_use(now)
        turned = holder.day != shared.day
        shared.day = holder.day
        if slots != shared.lent or exhausted is not shared.exhausted or turned:
            if slots > shared.lent:
                shared.headroom.raised(now)
                self._raised = True
                for other in self.shares.values():
                    if other.first:
                        other.headroom.ask_again()
            shared.exhausted = exhausted
            self._lend(shared, slots)
        if holder.resource.kind is Kind.CONNECTION:
            self._compare_breakers(shared)

    def _follow_limit(self, shared: Shared) -> None:
        """Go by the limit that holds for all daemons: that of the newest configuration, or a later change."""
        resource, limit = shared.holder.resource, shared.holder.limit
        if resource.kind not in (Kind.CONNECTION, Kind.TENANT):  # those tell of each change themselves
            self.observer.emit(
                LimitDiffers(kind=resource.kind.value, name=resource.name, limit=limit, here=shared.limit)
            )
        shared.ref.tell(LimitElsewhere(resource, limit))
        shared.limit = limit

    def _lend(self, shared: Shared, slots: int, ref: Ref | None = None) -> None:
        shared.lent = slots
        shared.ref.tell(Lent(shared.holder.resource, slots, ref, shared.exhausted, shared.day))

    def _compare_breakers(self, shared: Shared) -> None:
        opened = frozenset(row.node for row in shared.holder.others.values() if row.breaker_open)
        before, shared.open_elsewhere = shared.open_elsewhere, opened
        name = shared.holder.resource.name
        for node in sorted(opened - before):
            shared.ref.tell(BreakerElsewhere(name, node))

    def _tell_condition(self, answers: Iterable[LedgerAnswer]) -> None:
        were_away, were_learning = bool(self._away), bool(self._learning)
        for one in answers:
            if isinstance(one, Away):
                self._away[one.resource] = one.reason
                continue
            self._away.pop(one.resource, None)
            self._forget_resting()
            (self._learning.add if one.learning else self._learning.discard)(one.resource)
        if self._away and not were_away:
            self.observer.emit(StateAway(reason=next(iter(self._away.values()))))
        elif were_away and not self._away:
            self.observer.emit(StateBack())
        if self._learning and not were_learning:
            left = max(self.shares[one].holder.learning_left for one in self._learning)
            self.observer.emit(StateLearning(at_most_seconds=round(left, 3)))
        elif were_learning and not self._learning:
            self.observer.emit(StateLearned())

    def _forget_resting(self) -> None:
        """Wait for no answer about what isn't asked for any more: the state is not away for that."""
        for resource in list(self._away):
            shared = self.shares.get(resource)
            if shared is None or shared.holder.rests(shared.uses, shared.wants):
                del self._away[resource]

    # The end

    @handles(Leave)
    def leave(self, message: Leave) -> None:
        """Give everything back; answer when the ledger has it, or doesn't answer."""
        if self._left or not self.shares:
            self._left = True
            message.then()
            return
        if self._leaving is None:
            self._leaving = message.then
            self.after(LEAVE_SECONDS, LeaveAnyway())

    @handles(LeaveAnyway)
    def leave_anyway(self, message: LeaveAnyway) -> None:
        """Wait no longer: what was held lapses, and is free after that."""
        self._leave_now()

    def _leave_now(self) -> None:
        if not self._left:
            self._left = True
            assert self._leaving is not None
            self._leaving()

    # After a crash

    def rebuild(self) -> None:
        """Keep the leases; the next look asks everybody anew, and states what may not have been sent."""
        for shared in self.shares.values():
            shared.holder.missed()
        self._unasked.clear()
        self._unconfirmed.clear()
        self._due = []
