"""Look at the ledger after each statement: what must always be so in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Reply, Statement
from tests.fleet_simulation.carrier import Call
from tests.fleet_simulation.plan import COUNTED, DAY, LEASE, TAIL
from tests.fleet_simulation.violations import Violation
from tests.runtime.ledger.embedded import Server

if TYPE_CHECKING:
    from tests.fleet_simulation.daemon import Daemon
    from tests.fleet_simulation.world import World

NAMESPACE = "fleet"


class Record(msgspec.Struct, frozen=True, gc=False):
    """What the ledger's key says of one node."""

    version: int
    held: int
    uses: int
    join: int
    knows: int
    remaining: int
    own_day: int


class Ledger(msgspec.Struct, frozen=True, gc=False):
    """A ledger's key, read apart from the script."""

    generation: int
    life: str
    learning: bool
    limit: int
    day: int
    records: dict[str, Record]

    @property
    def held(self) -> int:
        """Count the slots that are held in all."""
        return sum(record.held for record in self.records.values())


def read(fields: dict[str, str]) -> Ledger:
    """Read a key's fields."""
    head = fields.get("#", "0 1 0 0 0 0 0 0 -").split()
    records = {}
    for field, line in fields.items():
        if field[0] == "=":
            words = [int(word) for word in line.split()]
            records[field[1:]] = Record(
                words[0], words[1], words[2], words[8], words[9], words[12], words[16]
            )
    return Ledger(int(head[0]), head[-1], head[1] == "1", int(head[5]), int(head[7]), records)


class Judge:
    """Judges the newest master; what an old one thinks binds nobody for long."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owners: dict[int, str] = {}
        """Who had a partition last."""

    def state(self, server: Server, daemon: Daemon, statement: Statement) -> Reply:
        """Let the ledger heed a statement, and compare what it was and is."""
        resource = statement.resource
        key = resource.key(NAMESPACE)
        before = read(server.data.get(key, {}))
        reply = server.state(NAMESPACE, statement)
        after = read(server.data.get(key, {}))
        if server is self.world.server:
            self._compare(before, after, statement, reply)
        else:  # an operator's limit is one, whichever master was told
            limits = self.world.carrier.limits[resource.kind]
            if after.limit != limits.changes[-1][1]:
                limits.changes.append((self.world.loop.now, after.limit))
        return reply

    def placed(self, daemon: Daemon, call: Call) -> None:
        """See that a call which the carrier took is counted, whatever its daemon's lease."""
        late = any(daemon.boottime >= holder.deadline for holder in daemon.holders.values())
        if not late:
            return
        for kind in self.world.carrier.limits:
            ledger = self._ledger(kind)
            if ledger.learning or not self._is_of_this_life(ledger):
                return  # the next statement makes it learn
            if kind in COUNTED and kind in daemon.holders:
                record = ledger.records.get(daemon.name)
                if record is None or record.held < self.world.carrier.by_node[daemon.name]:
                    raise Violation(
                        f"11: {daemon.name} placed a call that no {kind.value} slot is counted for"
                    )
        self.world.happened("a call was placed after its lease and was counted")

    def at_rest(self) -> bool:
        """Tell whether all slots are free and no ledger is learning."""
        for kind in self.world.carrier.limits:
            if all(daemon.holders[kind].absent for daemon in self.world.daemons):
                continue  # whatever an older copy brought back, nobody needs it
            ledger = self._ledger(kind)
            if ledger.learning or (kind in COUNTED and ledger.held):
                return False
        return not self.world.carrier.up

    def rest_within(self) -> float:
        """Give the seconds in which all must be at rest once faults have stopped."""
        work = 12 * (TAIL + 4) + (20 * DAY if Kind.DAY in self.world.carrier.limits else 0)
        return 6 * LEASE + 3 * (self.world.plan.lag + TAIL) + work

    def rest(self) -> None:
        """See that all work is done and nothing is held any more."""
        if self.world.not_done:
            raise Violation(f"16: {len(self.world.not_done)} contacts are not called, though all is well")
        if not self.at_rest():
            raise Violation("16: slots are held, though nobody has work")

    def _ledger(self, kind: Kind) -> Ledger:
        return read(self.world.server.data.get(Resource(kind, "x").key(NAMESPACE), {}))

    def _is_of_this_life(self, ledger: Ledger) -> bool:
        return ledger.life.startswith(f"{self.world.server.life:010x}")

    def _compare(self, before: Ledger, after: Ledger, statement: Statement, reply: Reply) -> None:
        kind = statement.resource.kind
        happened, now = self.world.happened, self.world.loop.now
        limits = self.world.carrier.limits[kind]
        if after.limit != limits.changes[-1][1]:
            limits.changes.append((now, after.limit))
        if after.learning:
            if not before.learning or after.generation != before.generation:
                limits.learning_since = min(now, limits.learning_since or now)
            limits.learning_until = now
        elif before.learning and before.records:
            full = self.world.loop.now - limits.learning_since > LEASE + TAIL
            happened("a learning period ended in full" if full else "a learning period ended early")
        grown = after.held > before.held and after.generation == before.generation
        returned = statement.uses > (
            before.records[statement.node].held if statement.node in before.records else 0
        )
        if grown and not before.learning and not returned and after.held > after.limit:
            raise Violation(
                f"10: {kind.value}: held grew from {before.held} to {after.held} of {after.limit}"
            )
        if grown and not before.learning and not returned:
            self._known_to_all(after, statement)
        mine = before.records.get(statement.node)
        if mine is not None and mine.version == statement.version:
            happened("a repeated statement was answered")
            if after.generation == before.generation and after.records[statement.node].held != mine.held:
                raise Violation("10: a repeated statement changed what is held")
        if mine is not None and mine.remaining >= 0 and mine.held:
            happened("a lapsed daemon came back while its slots were counted")
        if kind is Kind.PARTITIONS and reply.units:
            self._note_owners(statement.node, reply.units)
        for node, record in before.records.items():
            self._one_record(node, record, after, statement)
        if after.generation != before.generation and statement.generation != after.generation:
            return
        if any(node not in before.records and node != statement.node for node in after.records):
            happened("a silent daemon was remembered by another")
        if not after.learning and statement.wants and reply.share > reply.holds:
            join = after.records[statement.node].join if statement.node in after.records else 0
            if any(one.knows < join for one in after.records.values() if one.remaining < 0):
                happened("a newcomer waited until all had met it")
        if kind in COUNTED and statement.wants and reply.share == 0 and not after.learning:
            happened("slots went round where daemons outnumber them")
        if before.day and after.day > before.day:
            happened("a day turned")
            self._spare_a_day_turned_early(after)

    def _note_owners(self, node: str, units: frozenset[int]) -> None:
        if any(self.owners.get(unit, node) != node for unit in units):
            self.world.happened("a partition went to another daemon")
        self.owners.update(dict.fromkeys(units, node))

    def _known_to_all(self, after: Ledger, statement: Statement) -> None:
        """See that all others who are live could tell a new ledger of who got something."""
        for daemon in self.world.daemons:
            record = after.records.get(daemon.name)
            if daemon.name == statement.node or record is None or record.remaining >= 0:
                continue
            if record.version // 2**32 != daemon.incarnation or not daemon.alive:
                continue
            if statement.node not in daemon.holders[statement.resource.kind].known_nodes:
                raise Violation(f"1: {daemon.name} has never heard of {statement.node}, who gets slots")

    def _one_record(self, node: str, record: Record, after: Ledger, statement: Statement) -> None:
        now = after.records.get(node)
        ended = record.remaining < 0 and (now is None or now.remaining >= 0)
        if ended and node != statement.node:
            self.world.happened("a lapse was recorded")
            if after.learning and self.world.plan.lag:
                return  # it may have its lease from the old master; its countdown is so much longer
            for daemon in self.world.daemons:
                holder = daemon.holders.get(statement.resource.kind)
                if daemon.name == node and daemon.alive and holder and daemon.boottime < holder.deadline:
                    raise Violation(f"12: {node}'s lease is ended before its own deadline")
        if record.remaining >= 0 and now is None and record.held:
            self.world.happened("a countdown ended and its slots were free")

    def _spare_a_day_turned_early(self, after: Ledger) -> None:
        """Leave out a day that the clocks of all who were live agreed to begin too early."""
        today = int(self.world.loop.now // DAY) + 1
        if after.day > today:
            live = [one for one in self.world.daemons if after.records.get(one.name, DEAD).remaining < 0]
            if all(one.wall > self.world.loop.now for one in live):
                self.world.carrier.spared_days.update(range(today - 1, after.day + 1))


DEAD = Record(0, 0, 0, 0, 0, 0, 0)
