"""One seed's world: an engine lives in it, as often as it must, and is judged."""

from __future__ import annotations

import re
import tempfile
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
import trio

import actors.pool.actor as pool_actor
from runtime.journal.entries import AnyEntry, Ended, Intent
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from runtime.kernel import ActorSystem, VirtualClock
from runtime.observe.events import Event
from tests.simulation.agenda import Agenda
from tests.simulation.audited import AuditedLog
from tests.simulation.boundaries import Boundaries
from tests.simulation.carrier import WorldCarrier, WorldLine
from tests.simulation.demise import Demise
from tests.simulation.disk_faults import disk_faults
from tests.simulation.judge import Judge
from tests.simulation.kept import check_rows, check_statistics, check_whole
from tests.simulation.operator import Operator
from tests.simulation.plan import Action, Crash, Plan
from tests.simulation.quiet import listen_for_failures
from tests.simulation.rest import check_accounts, check_rest
from tests.simulation.restarts import Restarts
from tests.simulation.stage import DAY_SECONDS, configure, longest_wait, most_calls, zones_of
from tests.simulation.transcript import Transcript
from tests.simulation.violations import Crashed, Violation, forget_frames
from trunkline.engine import Engine

TOO_MANY_CRASHES = re.compile(r"crashed \d+ times within")
"""What an engine may give up for; whatever else fails is its own fault."""

ENDED_EARLY = ("closed", "failed")
"""How a life ends that another has to follow: it was told to, or too many of its actors have crashed."""


class Result(msgspec.Struct):
    """What came of a seed that kept every guarantee."""

    contacts: int
    calls: int
    lives: int
    messages: int
    days: float
    faults: dict[str, int]
    actions: dict[str, int]
    happened: dict[str, int]
    digest: str | None


class World:
    """Runs a plan to its end; raises Violation where a guarantee doesn't hold.

    `trace` is how many of the last lines and notes are kept to be printed;
    with `digest` all lines go into a hash.
    """

    def __init__(self, plan: Plan, *, trace: int = 0, digest: bool = False) -> None:
        self.plan = plan
        self.transcript = Transcript(trace=trace, digest=digest)
        self._folder = tempfile.TemporaryDirectory(prefix="trunkline-simulation-", dir=_fast_folder())
        self.config = configure(plan, Path(self._folder.name))
        self.settings = self.config.settings(simulated=True)
        self.counts: Counter[str] = Counter()
        self.agenda = Agenda(self.config.run.start.timestamp())
        self.start = self.agenda.now
        self.judge = Judge(self.settings, zones_of(plan, self.settings), self.happened)
        self.log = AuditedLog(plan)
        self.life = 0
        self.lives = 0
        self.healed = False
        self.messages = 0
        self.carrier = WorldCarrier(self, plan)
        self.judge.is_up = self.carrier.is_up
        self.operator = Operator(self.settings, self.judge)
        self.engine: Engine | None = None
        self._system: ActorSystem | None = None
        self._crashes = deque(plan.crashes)
        self._crash: Crash | None = None
        self.disk = SimulatedDisk(Random(f"{plan.luck}/disk"), disk_faults(plan.disk, 0.0, healed=False))
        self.disk.synced = self._synced
        self.disk.written = self._written
        self.disk.hit = self.carrier.hit
        self._intended: set[str] = set()
        self._demise = Demise(None)
        self.judge.is_intended = self._intended.__contains__
        self._postponed: list[Action] = []
        self._restarts = Restarts(self.disk, self.judge, self.carrier, self.happened)
        self._random = Random(plan.luck)
        self._restored = False
        self._message_budget = 20_000 + 400 * most_calls(plan, self.settings)
        self._longest_wait = longest_wait(self.settings)

    def run(self) -> Result:
        """Live until every campaign is over, then look whether all is well."""
        before, pool_actor.REPORT_SECONDS = pool_actor.REPORT_SECONDS, self.plan.report_seconds
        try:
            with listen_for_failures(), self._folder:
                trio.run(self._lives)
        finally:
            pool_actor.REPORT_SECONDS = before
        return Result(
            sum(len(rows) for rows in self.plan.contacts.values()),
            sum(self.judge.calls.values()),
            self.lives,
            self.messages,
            (self.agenda.now - self.start) / DAY_SECONDS,
            dict(sorted(self.carrier.faults_hit.items())),
            dict(sorted(self.operator.done.items())),
            dict(sorted(self.counts.items())),
            self.transcript.digest,
        )

    # What others tell the world

    def happened(self, line: str) -> None:
        """Count a situation of the catalogue."""
        self.counts[line] += 1

    def note(self, text: str) -> None:
        """Keep a remark among the last events."""
        self.transcript.note(self.agenda.now - self.start, text)

    def placed(self) -> None:
        """Count a call that was placed in this life, and crash if that is its time."""
        self._die(self._demise.count("placed"))

    def __call__(self, time: float, event: Event) -> None:
        """Take in a line of the engine's log."""
        if self._system is None:
            return
        self.transcript.write(time, time - self.start, event)
        self._watch_progress(time)
        self.log.take(time, event)
        self.judge.hear(time, event)
        if event.recovered:
            self.happened(f"a line was recovered: {event.event}")

    def wants(self, kind: type[Event]) -> bool:
        """Say whether a kind of line is looked at."""
        return kind in self.judge._hear or self.log.wants(kind) or self.transcript.wants(kind)

    # Lives

    async def _lives(self) -> None:
        self.agenda.at(self.start + self.plan.heals_at, self._heal)
        for action in self.plan.actions:
            self.agenda.at(self.start + action.at, self._act, action)
        for start, seconds in (*self.plan.disk.away, *self.plan.disk.full):
            self.agenda.at(self.start + start, self._set_disk)
            self.agenda.at(self.start + start + seconds, self._set_disk)
        while True:
            self._crash = self._crashes.popleft() if self._crashes and not self.healed else None
            try:
                finished = await self._live()
            except Crashed as crashed:
                self._bury(str(crashed))
                forget_frames(crashed)
            else:
                if finished:
                    break
            if self._crash is not None:
                self.agenda.pass_until(self.agenda.now + self._crash.down_seconds)
        entries = list(self.disk.entries())
        check_accounts(self.judge, check_rows(entries, self.plan, self.judge, self.operator.added))
        check_whole(entries, self.judge)
        self.log.finish()

    async def _live(self) -> bool:
        """Live once; False if the life was ended before the campaigns were."""
        self.life += 1
        self.lives += 1
        self._demise = Demise(self._crash)
        self._restored = False
        system = ActorSystem(clock=VirtualClock(self.agenda.now))
        journal = SimulatedJournal(self.disk)
        missing = self._restarts.recover(journal, self.log.tail) if self.lives > 1 else []
        async with system:
            self._system = system
            system.queue.drain = Boundaries(  # type: ignore[method-assign]  # nowhere else is between messages
                self, system, self._crash, budget=self._message_budget, dice=self._random
            ).drain
            self.agenda.attach(system)
            lines = {
                one.name: WorldLine(self.carrier, one.name, self.life) for one in self.settings.connections
            }
            engine = Engine(
                self.config,
                seed=1,
                system=system,
                virtual=True,
                lines=lines,
                sinks=(self,),
                journal=journal,
                missing_lines=missing,
            )
            # Not by awaiting: a task's turn is a matter of luck in trio.
            engine.start()._when_ready(lambda: self._begun(engine))
            engine.finished._when_ready(lambda: self._over(engine, system))
            result = await engine.finished
            if result.failure is not None and not TOO_MANY_CRASHES.search(result.failure):
                raise Violation(16, result.failure)
            if result.reason not in ENDED_EARLY:
                await system.until_idle()
                check_rest(system)
                check_statistics(system, self.disk.entries(), self.judge)
            self.messages += system.statistics().messages_handled
            unanswered = self.operator.settle(crashed=result.reason in ENDED_EARLY)
            if unanswered and result.reason not in ENDED_EARLY:
                raise Violation(16, f"never answered: {unanswered[0]}")
            self._postponed += unanswered
            self._system = None
            engine.journal.close()
        self.agenda.detach()
        self.disk.crash(0.0)
        return result.reason not in ENDED_EARLY

    def _begun(self, engine: Engine) -> None:
        """The engine can be asked: give it what waited for that."""
        self.engine = engine
        self.judge.restart(self.agenda.now)
        if self.healed and not self._restored:
            self._restore()
        postponed, self._postponed = self._postponed, []
        for action in postponed:
            self._act(action)

    def _over(self, engine: Engine, system: ActorSystem) -> None:
        """The engine has ended by itself; where it was asked to, time stands still from here on."""
        self.engine = None
        if engine.finished.get().reason in ENDED_EARLY:
            system.outside_request()

    def _synced(self, entries: Sequence[AnyEntry]) -> None:
        for entry in entries:
            if type(entry) is Intent:
                self._intended.add(entry.call)
            elif type(entry) is Ended:
                self.judge.ended_at[entry.call] = entry.at
        self._die(self._demise.count("durable"))

    def _written(self) -> None:
        self._die(self._demise.count("written"))

    def _die(self, how: str | None) -> None:
        """End this life at this instant, as a loss of power does, if it is to end so."""
        if how is not None and self._system is not None and not self.healed:
            raise Crashed(how)

    def _bury(self, how: str) -> None:
        self.note(f"crash {how}")
        self.engine = None
        self.disk.crash(self.plan.disk.tail)
        self._postponed += self.operator.settle(crashed=True)
        self.happened(f"a crash {how}")

    def _set_disk(self) -> None:
        self.disk.faults = disk_faults(self.plan.disk, self.agenda.now - self.start, healed=self.healed)

    def lives_in(self, system: ActorSystem) -> bool:
        """Tell whether this system is the life that is going on."""
        return self._system is system

    def end(self, failure: BaseException) -> BaseException:
        """Let nothing of this life have an effect any more."""
        self.agenda.detach()
        self._system = None
        self.life += 1
        return failure

    def _act(self, action: Action) -> None:
        if self.healed:
            return
        if self.engine is None:
            self._postponed.append(action)
            return
        self.note(f"operator: {action.kind} {action.name} {action.campaign or ''} {action.value}")
        self.operator.act(self.engine, action)

    def _heal(self) -> None:
        self.healed = True
        self.note("all faults stop")
        if self.carrier.up:
            self.happened("faults stopped with calls up")
        self.judge.progress_at = self.agenda.now
        self._set_disk()
        if self.engine is not None:
            self._restore()

    def _restore(self) -> None:
        assert self.engine is not None
        self._restored = True
        self.judge.progress_at = self.agenda.now
        self.operator.restore(self.engine)

    def _watch_progress(self, time: float) -> None:
        if self.healed and time - self.judge.progress_at > self._longest_wait:
            waited = time - self.judge.progress_at
            raise Violation(16, f"no call began or ended for {waited:.0f} s after the faults had stopped")


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
