"""A simulated daemon: real Holders, and as little of a dialer around them as uses slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from actors.lease.jumps import Reading, jump_between
from runtime.ledger.days import DaySpending
from runtime.ledger.holder import Holder
from runtime.ledger.ledger import Answer
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Reply, Statement, Terms
from tests.fleet_simulation.carrier import Call
from tests.fleet_simulation.plan import DAY, LEASE, NOT_AFTER, RATE_TAIL, TAIL

if TYPE_CHECKING:
    from tests.fleet_simulation.world import World

RATE_SECOND = 1.03
"""A second by any clock of the simulation."""

HEADROOM = 3
"""So many slots more than are in use are wanted at once."""


@dataclass
class Open:
    """An attempt whose end the daemon hasn't heard of; its journal has it."""

    call: Call
    placed: bool = False


@dataclass
class Clocks:
    """A host's clocks: none is right, and an operator may set two of them."""

    rate: float
    offset: float
    wall_error: float = 0.0
    realtime_step: float = 0.0
    monotonic_step: float = 0.0

    def read(self, now: float) -> Reading:
        """Read all clocks at a true instant."""
        boottime = now * self.rate + self.offset
        wall = boottime + self.wall_error + self.realtime_step
        return Reading(monotonic=boottime + self.monotonic_step, boot=boottime, wall=wall)


@dataclass
class Daemon:
    """One process in one life."""

    world: World
    place: int
    name: str
    incarnation: int
    clocks: Clocks
    random: Random
    open: dict[str, Open] = field(default_factory=dict)
    spent_days: dict[int, int] = field(default_factory=dict)
    alive: bool = True
    paused_until: float = 0.0
    stops_at_next_send: float = 0.0
    holders: dict[Kind, Holder] = field(default_factory=dict)
    backlog: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Begin a life; what an earlier one left open is in use."""
        if not self.alive or self.holders:
            return
        now = self.world.loop.now
        self.reading = self.clocks.read(now)
        self.anchor_step = max(0.0, self.clocks.realtime_step)
        self.day = DaySpending(self._own_day(), self.spent_days)
        self.rate_until: dict[str, float] = {}
        self.calls_made = 0
        for kind, limit in self.world.plan.limits:
            tail = {Kind.RATE: RATE_TAIL, Kind.DAY: float("inf")}.get(kind, TAIL)
            self.holders[kind] = Holder(
                Resource(kind, "x"),
                self.name,
                self.incarnation,
                Terms(LEASE, tail, self.world.plan.lag),
                limit,
            )
        self.states_rate_from = self.boottime + (NOT_AFTER + RATE_SECOND if self.incarnation > 1 else 0)
        for call_id in list(self.open):
            self.world.ask_carrier(self, call_id)
        self.tick(self.incarnation)

    def die(self) -> None:
        """Lose everything but the journal."""
        self.alive = False

    def hears(self, life: int) -> bool:
        """Tell whether what is meant for a life of this daemon still finds it running."""
        return self.alive and life == self.incarnation

    def tick(self, life: int) -> None:
        """Look around: clocks, calls to make, statements that are due."""
        if not self.hears(life):
            return
        loop = self.world.loop
        if self.paused_until > loop.now:
            loop.at(self.paused_until, self.tick, life)
            return
        self._look_at_clocks()
        while self._starts_a_call():
            pass
        self._state_what_is_due()
        loop.after(self.random.uniform(0.08, 0.3), self.tick, life)

    @property
    def boottime(self) -> float:
        """What CLOCK_BOOTTIME says."""
        return self.clocks.read(self.world.loop.now).boot

    @property
    def wall(self) -> float:
        """Tell the time of day, whatever was set since the life began.

        Disciplined clocks don't drift apart by the percents that leases allow for.
        """
        return self.world.loop.now + self.clocks.wall_error + self.anchor_step

    def uses(self, kind: Kind) -> int:
        """Count what is in use of a resource."""
        match kind:
            case Kind.RATE:
                now = self.boottime
                self.rate_until = {call: until for call, until in self.rate_until.items() if until > now}
                return len(self.rate_until)
            case Kind.DAY:
                return self.day.uses
            case Kind.PARTITIONS:
                return len(self._units_in_use())
            case _:
                return len(self.open)

    def wants(self, kind: Kind) -> int:
        """Count what it would take beyond that."""
        if kind is Kind.PARTITIONS:
            return 256 - self.uses(kind) if self.world.left else 0
        wanted = min(self._dialable(), HEADROOM)
        for before, holder in self.holders.items():
            if before is kind:
                break
            if before is not Kind.PARTITIONS:  # who lacks one thing doesn't take the next from others
                wanted = min(wanted, holder.usable(self.boottime) - self.uses(before))
        return max(0, wanted)

    def hear(self, life: int, answers: Sequence[Answer]) -> None:
        """Take what the ledger says."""
        if not self.hears(life):
            return
        if self.paused_until > self.world.loop.now:
            self.world.loop.at(self.paused_until, self.hear, life, answers)
            return
        for answer in answers:
            holder = self.holders[answer.resource.kind]
            if not isinstance(answer, Reply):
                continue
            generation = holder.generation
            if not holder.hear(answer, self.boottime):
                if answer.generation < generation:
                    self.world.happened("an old master's answer was not heeded")
                else:
                    self.world.happened("an overtaken statement was not heeded")
                continue
            if answer.resource.kind is Kind.DAY:
                self.day.ledger_day_is(answer.day)
            self.world.heard(self, holder, answer)

    def miss(self, life: int, statements: Sequence[Statement]) -> None:
        """Give up statements that nobody answers."""
        if not self.hears(life):
            return
        for statement in statements:
            holder = self.holders[statement.resource.kind]
            if self.world.server_down_until > self.world.loop.now and self.boottime >= holder.deadline:
                self.world.happened("a lease ended while Redis was away")
            if holder.waiting and holder.newest == statement.version:
                holder.missed()

    def heard_of_end(self, life: int, call_id: str) -> None:
        """Free what a call used, whether it was placed or refused."""
        if not self.hears(life):
            return
        if self.paused_until > self.world.loop.now:
            self.world.loop.at(self.paused_until, self.heard_of_end, life, call_id)
            return
        self.open.pop(call_id, None)

    def acknowledged(self, life: int, call_id: str, placed: bool) -> None:
        """Know that the carrier has a call, or that it never will."""
        if not self.hears(life):
            return
        if self.paused_until > self.world.loop.now:
            self.world.loop.at(self.paused_until, self.acknowledged, life, call_id, placed)
            return
        self.rate_until[call_id] = self.boottime + RATE_SECOND
        if call_id in self.open:
            if placed:
                self.open[call_id].placed = True
            else:
                self._candidates().append(self.open.pop(call_id).call.contact)

    def _look_at_clocks(self) -> None:
        reading = self.clocks.read(self.world.loop.now)
        if jump_between(self.reading, reading) is not None:
            self.world.happened("a clock jumped and was taken as a lapse")
            for holder in self.holders.values():
                holder.suspect()
        self.reading = reading
        self.day.own_day_is(self._own_day(), len(self.open))

    def _own_day(self) -> int:
        return int(self.wall // DAY) + 1

    def _units_in_use(self) -> set[int]:
        return {one.call.unit for one in self.open.values()}

    def _candidates(self) -> list[int]:
        return self.world.left if Kind.PARTITIONS in self.holders else self.backlog

    def _dialable(self) -> int:
        if Kind.PARTITIONS not in self.holders:
            return len(self.backlog)
        units = self.holders[Kind.PARTITIONS].units
        return sum(self.world.unit_of(contact) in units for contact in self.world.left)

    def _allowed(self, kind: Kind) -> int:
        holder = self.holders[kind]
        if self.boottime >= holder.deadline:
            return 0
        return holder.keeps(self.uses(kind), self.wants(kind))

    def _next_contact(self) -> int | None:
        if Kind.PARTITIONS not in self.holders:
            return self.backlog[0] if self.backlog else None
        units = self.holders[Kind.PARTITIONS].usable_units(self.boottime)
        return next((contact for contact in self.world.left if self.world.unit_of(contact) in units), None)

    def _starts_a_call(self) -> bool:
        for kind in self.holders:
            if kind is not Kind.PARTITIONS and self.uses(kind) >= self._allowed(kind):
                return False
        contact = self._next_contact()
        if contact is None:
            return False
        self._candidates().remove(contact)
        self.calls_made += 1
        now = self.world.loop.now
        call = Call(
            id=f"{self.name}.{self.incarnation}.{self.calls_made}",
            node=self.name,
            contact=contact,
            unit=self.world.unit_of(contact),
            not_after=now + NOT_AFTER,
        )
        self.open[call.id] = Open(call)
        self.rate_until[call.id] = float("inf")
        self.day.spend()
        self.spent_days[self._own_day()] = self.spent_days.get(self._own_day(), 0) + 1
        self.world.loop.after(self.random.uniform(0, 0.3), self._send, self.incarnation, call)
        return True

    def _send(self, life: int, call: Call) -> None:
        """Look at the lease last thing before the call is sent."""
        if not self.hears(life):
            return
        loop = self.world.loop
        if self.paused_until > loop.now:
            loop.at(self.paused_until, self._send, life, call)
            return
        if any(self.boottime >= holder.deadline for holder in self.holders.values()):
            self._void(call)
            return
        if self.stops_at_next_send:
            self.world.happened("a daemon stopped between the look and the send")
            self.paused_until = loop.now + self.stops_at_next_send
            self.stops_at_next_send = 0.0
        loop.at(max(loop.now, self.paused_until), self._sent, life, call)

    def _sent(self, life: int, call: Call) -> None:
        if self.hears(life):
            self.world.to_carrier(self, call)

    def _void(self, call: Call) -> None:
        del self.open[call.id]
        del self.rate_until[call.id]
        self.day.give_back()
        self.spent_days[self._own_day()] = max(0, self.spent_days.get(self._own_day(), 0) - 1)
        self._candidates().append(call.contact)

    def _state_what_is_due(self) -> None:
        now = self.boottime
        statements = []
        for kind, holder in self.holders.items():
            uses, wants = self.uses(kind), self.wants(kind)
            if holder.due(uses, wants) > now or (kind is Kind.RATE and now < self.states_rate_from):
                continue
            if kind is Kind.DAY:
                statement = holder.state(now, uses, wants, own_day=self.day.own_day, carried=self.day.carried)
            elif kind is Kind.PARTITIONS:
                kept = holder.units - (holder.surplus() - self._units_in_use())
                statement = holder.state(now, uses, wants, units=kept)
            else:
                statement = holder.state(now, uses, wants)
            if holder.absent and holder.generation:
                self.world.happened("a daemon left and came back")
            statements.append(statement)
        if statements:
            self.world.to_ledger(self, statements)
