"""One seed's world: servers, network, daemons, carrier, and the faults of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from runtime.ledger.holder import Holder
from runtime.ledger.ledger import Answer
from runtime.ledger.resource import Kind
from runtime.ledger.statement import Reply, Statement
from tests.fleet_simulation.carrier import Call, Carrier, LimitsInForce
from tests.fleet_simulation.daemon import Clocks, Daemon
from tests.fleet_simulation.faults import Faults
from tests.fleet_simulation.happened import Happened
from tests.fleet_simulation.judge import Judge
from tests.fleet_simulation.loop import Loop
from tests.fleet_simulation.plan import LEASE, Plan
from tests.runtime.ledger.embedded import Server

NAMESPACE = "fleet"
ANSWER_WITHIN = LEASE / 4
IN_THE_NETWORK = 2.0
"""Nothing is under way for longer, not even a late reply."""

COPIES_EVERY = 1.5


class World:
    """Everything of one run, and what is written down about it."""

    def __init__(self, plan: Plan, server: Server) -> None:
        self.plan = plan
        self.random = Random(f"world {plan.seed}")
        self.loop = Loop()
        self.happened = Happened()
        self.lines: list[str] = []
        self.server = server
        self.old_master: Server | None = None
        self.to_old_master: dict[int, float] = {}
        self.copies: list[dict[str, dict[str, str]]] = [{}]
        self.server_down_until = 0.0
        self.server_clock_step = 0.0
        server.clock = self.server_time
        self.cut_off: dict[int, tuple[float, str]] = {}
        self.calm = False
        limits = {kind: LimitsInForce([(0.0, limit)]) for kind, limit in plan.limits}
        self.carrier = Carrier(self.loop, self.random, plan, self.happened, limits)
        self.judge = Judge(self)
        self.faults = Faults(self)
        self.left = list(range(plan.contacts)) if Kind.PARTITIONS in limits else []
        self.not_done = set(range(plan.contacts))
        self.statements = 0
        self.daemons: list[Daemon] = []
        for place in range(plan.daemons):
            daemon = self.begin(place, f"n{place}", [])
            if not self.left:
                daemon.backlog = list(range(place, plan.contacts, plan.daemons))
            self.daemons.append(daemon)
            self.loop.after(self.random.choice((0.0, self.random.uniform(0, 20))), daemon.start)

    def begin(self, place: int, name: str, backlog: list[int]) -> Daemon:
        """Make a daemon; it is started by its caller."""
        random = self.random
        clocks = Clocks(1 + random.choice((-1, 0, 1)) * self.plan.drift, random.uniform(0, 1e6))
        if place == self.plan.ahead:
            clocks.wall_error = random.choice((10.0, 45.0))
        return Daemon(self, place, name, 1, clocks, Random(f"{self.plan.seed} {name}"), backlog=backlog)

    def say(self, line: str) -> None:
        """Write down what happens, with its instant."""
        self.lines.append(f"{self.loop.now:.4f} {line}")

    def server_time(self) -> float:
        """Tell what Redis' TIME says: no honest script asks."""
        return self.loop.now + self.server_clock_step

    def unit_of(self, contact: int) -> int:
        """Give a contact's partition."""
        return contact * 37 % 256

    def run(self) -> None:
        """Let faults happen until they end; then all must come to rest."""
        self.loop.after(COPIES_EVERY, self._copy)
        self.faults.schedule()
        self.loop.run(self.plan.faults_end)
        self.faults.stop()
        self.calm = True
        self._drop_most_of_the_work()
        bound = self.loop.now + self.judge.rest_within()
        while self.loop.now < bound and (self.not_done or not self.judge.at_rest()):
            self.loop.run(self.loop.now + 1.0)
        self.judge.rest()

    def to_ledger(self, daemon: Daemon, statements: Sequence[Statement], again: bool = False) -> None:
        """Carry statements to the server that the daemon takes for the master."""
        network, random = self.plan.network, self.random
        life = daemon.incarnation
        if not again:
            self.loop.after(ANSWER_WITHIN, daemon.miss, life, statements)
            if random.random() < network.repeated:
                self.loop.after(random.uniform(0, ANSWER_WITHIN), self.to_ledger, daemon, statements, True)
        if not self._lost(daemon, "requests", network.lost_requests):
            self.loop.after(self._delay(), self._at_the_ledger, daemon, life, statements)

    def to_carrier(self, daemon: Daemon, call: Call) -> None:
        """Carry a call to the carrier; that way loses nothing, but takes its time."""
        self.loop.after(self._delay(), self._at_the_carrier, daemon, daemon.incarnation, call)

    def ask_carrier(self, daemon: Daemon, call_id: str) -> None:
        """Ask about an attempt of an earlier life, until it is certain what became of it."""
        if not daemon.alive or call_id not in daemon.open:
            return
        call = daemon.open[call_id].call
        if call_id in self.carrier.over:
            del daemon.open[call_id]
        elif call_id not in self.carrier.up and self.loop.now > call.not_after:
            del daemon.open[call_id]
            (self.left if Kind.PARTITIONS in daemon.holders else daemon.backlog).append(call.contact)
        else:
            self.loop.after(0.3, self.ask_carrier, daemon, call_id)

    def heard(self, daemon: Daemon, holder: Holder, reply: Reply) -> None:
        """Note what a daemon took from a reply."""
        if holder.limit != dict(self.plan.limits)[holder.resource.kind]:
            self.happened("a daemon followed another's limit")

    def _at_the_ledger(self, daemon: Daemon, life: int, statements: Sequence[Statement]) -> None:
        old = self.to_old_master.get(daemon.place, 0.0) > self.loop.now
        server = self.old_master if old and self.old_master is not None else self.server
        if server is self.server and self.loop.now < self.server_down_until:
            return
        if old:
            self.happened("a daemon spoke to the old master")
        answers: list[Answer] = []
        for statement in statements:
            self.statements += 1
            reply = self.judge.state(server, daemon, statement)
            answers.append(reply)
            self.say(
                f"{statement.node} {statement.resource.kind.value} #{statement.version % 2**32}"
                f" h{statement.holds} u{statement.uses} w{statement.wants} g{statement.generation}"
                f" -> v{reply.version % 2**32} g{reply.generation}{'L' if reply.learning else ''}"
                f" h{reply.holds} s{reply.share} l{reply.limit}{' old' if old else ''}"
            )
        network = self.plan.network
        if self._lost(daemon, "replies", network.lost_replies):
            return
        late = self.random.random() < network.late_replies and not self.calm
        self.loop.after(
            self.random.uniform(0, IN_THE_NETWORK) if late else self._delay(), daemon.hear, life, answers
        )

    def _at_the_carrier(self, daemon: Daemon, life: int, call: Call) -> None:
        placed = self.carrier.place(call)
        self.say(f"{call.id} {'placed' if placed else 'refused'}, {len(self.carrier.up)} up")
        if placed:
            self.judge.placed(daemon, call)
            self.loop.after(0.0, self._follow, daemon, call)
        self.loop.after(self._delay(), daemon.acknowledged, life, call.id, placed)

    def _follow(self, daemon: Daemon, call: Call) -> None:
        """Tell the daemon, in whatever life, of the call's end soon after it."""
        if call.id in self.carrier.up:
            self.loop.after(0.1, self._follow, daemon, call)
            return
        self.not_done.discard(call.contact)
        self.loop.after(self._delay(), daemon.heard_of_end, daemon.incarnation, call.id)

    def _lost(self, daemon: Daemon, way: str, rate: float) -> bool:
        until, cut = self.cut_off.get(daemon.place, (0.0, ""))
        if self.loop.now < until and cut in (way, "both"):
            return True
        return not self.calm and self.random.random() < rate

    def _delay(self) -> float:
        network = self.plan.network
        if not self.calm and self.random.random() < network.slow:
            return self.random.uniform(0, IN_THE_NETWORK)
        return self.random.uniform(0, 2 * network.delay)

    def _copy(self) -> None:
        self.copies = [*self.copies[-4:], self.server.copy()]
        self.loop.after(COPIES_EVERY, self._copy)

    def _drop_most_of_the_work(self) -> None:
        """Leave little to dial, so that the second phase is about coming to rest."""
        waiting = sorted({*self.left, *(one for daemon in self.daemons for one in daemon.backlog)})
        keep = min([8, *(2 * limit for kind, limit in self.plan.limits if kind is Kind.DAY)])
        dropped = set(waiting[keep:])
        self.left[:] = [one for one in self.left if one not in dropped]
        for daemon in self.daemons:
            daemon.backlog[:] = [one for one in daemon.backlog if one not in dropped]
        self.not_done -= dropped
