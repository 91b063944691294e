"""One daemon's side of one resource: what it holds, and until when.

A state machine without I/O. It makes statements, hears replies, and knows
how many slots may be used now. `now` is always CLOCK_BOOTTIME in seconds,
which goes on while a host sleeps and is never set.

What keeps limits when messages are lost, late or repeated:

- a lease counts from when its statement was *made*, never from the reply;
- only the reply to the newest statement is heeded, so one is made only when
  the last is answered or given up;
- what is not stated as held is given back before the statement is made;
- a reply of an earlier generation comes from a ledger that was replaced.
"""

from __future__ import annotations

from collections.abc import Mapping

from runtime.ledger.lapses import Lapses
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import SEQUENCES, Remembered, Reply, Row, Statement, Terms

NEVER = float("-inf")

MARGIN = 0.95
"""Of a lease its holder uses this part: clocks may differ in rate."""

RENEWALS = 3
"""So many times in a lease a holder states itself, also where nothing changes."""

AT_LEAST_APART = 0.2
"""Seconds between two statements, whatever happens."""

WATCHFUL = 0.8
"""Seconds between statements where slots idle, or are waited for."""


class Holder:
    """What one daemon holds of a resource.

    `incarnation` is higher in each life of the node. `limit` is that of the
    configuration; the ledger's, once heard, goes before it.
    """

    def __init__(
        self,
        resource: Resource,
        node: str,
        incarnation: int,
        terms: Terms,
        limit: int,
        limit_generation: int = 1,
    ) -> None:
        self.resource = resource
        self.node = node
        self.incarnation = incarnation
        self.terms = terms
        self.limit = limit
        self.limit_generation = limit_generation
        self.holds = 0
        """So many slots are this daemon's, also when its lease is over; more may be in use."""
        self.units: frozenset[int] = frozenset()
        """Of a resource whose slots have names, those that are held."""
        self.share = 0
        """To so much it should come down, as calls end, for the others' sake."""
        self.generation = 0
        self.learning = True
        self.learning_left = 0.0
        """Seconds that the ledger may go on learning, as of its newest reply."""
        self.epoch = 0
        """Rises with each lapse; stands in each call."""
        self.day = 0
        """Of a day's slots: whose day `holds` is of, as the ledger has it."""
        self.told = 0
        self.deadline = NEVER
        """Until then what is held may be used."""
        self.waiting = False
        """Whether the newest statement's answer is still to come."""
        self.absent = True
        """Whether the ledger has no record of this daemon, as far as it knows."""
        self.overtaken = False
        """Whether another process states under this node's name, in a later life."""
        self.others: dict[str, Row] = {}
        """The ledger's records of the other daemons, as of the newest reply."""
        self._life = ""
        self._sequence = 0
        self._stated_at = NEVER
        self._stated_in_lease = False
        self._acknowledged = self._joined = 0
        self._loss = False
        self._learned = 0.0
        self._learned_at: float | None = None
        """Since when time goes by that the ledger may learn in; None before it is known to learn."""
        self._leaving = False
        self._wanted = False
        self._unneeded_since: float | None = None
        self._lapses = Lapses()
        self._remembered: dict[str, Remembered] = {}

    @property
    def newest(self) -> int:
        """Give the version of the newest statement."""
        return self.incarnation * SEQUENCES + self._sequence

    @property
    def known_nodes(self) -> set[str]:
        """Name the other nodes that this one could tell a new ledger of."""
        return {*self.others, *self._remembered}

    def usable(self, now: float) -> int:
        """Count the slots that may be used now, those in use included."""
        return self.holds if now < self.deadline else 0

    def usable_units(self, now: float) -> frozenset[int]:
        """Give the units on which something may be begun now."""
        return self.units - self.surplus() if now < self.deadline else frozenset()

    def surplus(self) -> frozenset[int]:
        """Give the units to be handed back: the highest above the share."""
        over = 0 if self.learning else len(self.units) - self.share
        return frozenset(sorted(self.units)[-over:]) if over > 0 else frozenset()

    def keeps(self, uses: int, wants: int) -> int:
        """Tell how many slots to keep when so many are in use and wanted.

        While the ledger learns nobody gets anything back, so all is kept.
        """
        if self.learning:
            return max(self.holds, uses)
        return max(uses, min(self.holds, self.share, uses + wants))

    def rests(self, uses: int, wants: int) -> bool:
        """Tell whether nothing is to be stated: the ledger has nothing of it, and nobody needs it."""
        return self.absent and self._sequence > 0 and not uses and not wants

    def due(self, uses: int, wants: int) -> float:
        """Give the instant of the next statement; `inf` while one is under way."""
        if self.waiting or self.rests(uses, wants):
            return float("inf")
        soon = self._stated_at + AT_LEAST_APART
        if self._stated_at == NEVER or self._loss or (wants and not self._wanted):
            return soon
        pace = self.terms.lease / RENEWALS
        if self.resource.kind is Kind.PARTITIONS:
            hurried = not self.learning and len(self.units) < min(self.share, uses + wants)
        else:
            if self.keeps(uses, wants) < self.holds:
                return soon
            hurried = uses + wants > self.holds or (
                self.holds > uses and self.resource.kind is not Kind.DAY and not self.learning
            )
        return self._stated_at + (min(pace, WATCHFUL) if hurried else pace)

    def state(
        self,
        now: float,
        uses: int,
        wants: int,
        *,
        holds: int | None = None,
        units: frozenset[int] | None = None,
        own_day: int = 0,
        carried: int = 0,
        breaker_open: bool = False,
        told: int = 0,
        leaving: bool = False,
    ) -> Statement:
        """Make the next statement; from now on only what it says is held.

        `holds` (or `units`) are what is kept: no more than before, and no
        less than is in use; by default what `keeps` says. The statement
        before it is given up if it has no answer yet. A daemon that needs
        nothing for a whole lease leaves, unless it watches over what a lapsed
        one held; it comes back when it needs something.
        """
        if self.resource.kind is Kind.PARTITIONS:
            self.units = self.units if units is None else self.units & units
            self.holds = len(self.units)
        else:
            self.holds = min(self.holds, self.keeps(uses, wants) if holds is None else holds)
        self._note_need(now, uses, wants)
        unneeded = self._unneeded_since is not None and now - self._unneeded_since >= self.terms.lease
        self._leaving = leaving or unneeded
        self._sequence += 1
        self._stated_at = now
        self._stated_in_lease = now < self.deadline
        self._wanted = wants > 0
        self.waiting = True
        return Statement(
            resource=self.resource,
            node=self.node,
            incarnation=self.incarnation,
            sequence=self._sequence,
            holds=max(self.holds, uses),
            uses=uses,
            wants=wants,
            limit=self.limit,
            limit_generation=self.limit_generation,
            terms=self.terms,
            acknowledged=self._acknowledged if self._stated_in_lease else 0,
            generation=self.generation,
            life=self._life,
            epoch=self.epoch,
            joined=self._joined,
            learned=self._learned_so_far(now) if self.learning else 0,
            loss=self._loss,
            leaving=self._leaving,
            breaker_open=breaker_open,
            told=told,
            day=self.day,
            own_day=own_day,
            carried=carried,
            units=self.units,
            quiet=self._lapses.quiet(now),
            countdowns=self._lapses.countdowns(now),
            remembered=tuple(self._remembered[node] for node in sorted(self._remembered)),
        )

    def hear(self, reply: Reply, now: float) -> bool:
        """Take the ledger's answer; False where it is not heeded."""
        version = self.newest
        if reply.version > version:
            self.overtaken = True
        if reply.version != version or not self.waiting:
            return False
        self.waiting = False
        if reply.generation < self.generation:
            return False
        others = {row.node: row for row in reply.rows if row.node != self.node}
        if (reply.generation, reply.life) != (self.generation, self._life):
            self._turn_to(reply)
        elif any(row.version < self._version_of(node) for node, row in others.items()):
            self._loss = True
        self._compare(others, reply.learning)
        self._lapses.see(others.values(), now)
        self._learned = max(reply.learned, self._learned_so_far(now)) if reply.learning else 0
        self._learned_at = now
        self.others = others
        self.learning = reply.learning
        self.learning_left = max(0, reply.learning_full - self._learned) / 1000 if reply.learning else 0.0
        self._take(reply)
        self.share = reply.share
        self.limit, self.limit_generation = self._newer_limit(reply)
        self.epoch = max(self.epoch, reply.epoch)
        self.day = reply.day
        self.told = reply.told
        self.deadline = self._stated_at + self.terms.lease * MARGIN
        self._acknowledged = version
        self._joined = reply.joined
        self.absent = self._leaving and not any(row.node == self.node for row in reply.rows)
        if self.absent:
            self._forget()
        return True

    def missed(self) -> None:
        """Give up the newest statement: its answer won't come."""
        self.waiting = False

    def suspect(self) -> None:
        """Take a jump of this host's clocks as a lapse.

        Nothing is usable until a statement made from now on is answered, and
        what was measured of the others counts no more.
        """
        self.deadline = NEVER
        self._stated_at = NEVER
        self._lapses.forget()
        self._learned, self._learned_at = 0.0, None

    def change_limit(self, limit: int) -> None:
        """Let the next statement say that the limit is another, for all daemons."""
        self.limit = limit
        self.limit_generation += 1

    def _take(self, reply: Reply) -> None:
        """Take what is granted; from a ledger that learns, only what was held in lease.

        One that lost its lease may have lost its slots to others, in a ledger
        that is forgotten. Calls that it has are counted, their slots not used again.
        """
        if not reply.learning:
            self.holds, self.units = reply.holds, reply.units
        elif self._stated_in_lease:
            self.holds, self.units = min(reply.holds, self.holds), reply.units & self.units
        else:
            self.holds, self.units = 0, frozenset()

    def _note_need(self, now: float, uses: int, wants: int) -> None:
        watched = any(row.remaining is not None for row in self.others.values())
        if uses or wants or self.units or watched or self.learning:
            self._unneeded_since = None
        elif self._unneeded_since is None:
            self._unneeded_since = now

    def _learned_so_far(self, now: float) -> int:
        since = 0.0 if self._learned_at is None else now - self._learned_at
        return int(self._learned + since * 1000)

    def _version_of(self, node: str) -> int:
        row = self.others.get(node)
        return 0 if row is None else row.version

    def _newer_limit(self, reply: Reply) -> tuple[int, int]:
        if reply.limit_generation >= self.limit_generation:
            return reply.limit, reply.limit_generation
        return self.limit, self.limit_generation

    def _turn_to(self, reply: Reply) -> None:
        """Keep in mind whom the ledger before this one knew."""
        for row in self.others.values():
            self._remembered[row.node] = Remembered(
                row.node, row.version, row.holds, row.remaining is not None
            )
        self._lapses.forget()
        self._loss = False
        self._learned, self._learned_at = 0.0, None
        self.generation, self._life = reply.generation, reply.life

    def _compare(self, others: Mapping[str, Row], learning: bool) -> None:
        """Forget those whom the ledger knows as well, or that it needn't know."""
        if not learning:
            self._remembered.clear()
        for node in [node for node in self._remembered if node in others]:
            if others[node].version >= self._remembered[node].version:
                del self._remembered[node]

    def _forget(self) -> None:
        """Leave: what was known of the others grows old from now on."""
        self.holds, self.units, self.deadline = 0, frozenset(), NEVER
        self.others = {}
        self._acknowledged = self._joined = 0
        self._unneeded_since = None
        self._lapses.forget()
        self._remembered.clear()
