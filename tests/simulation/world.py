"""One seed's world: an engine lives in it, as often as it must, and is judged."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import Counter, deque
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from random import Random

import msgspec
import trio

import actors.pool.actor as pool_actor
from actors.pool.geography import place_of
from runtime.calls import E164
from runtime.journal.entries import AnyEntry, Ended, Intent
from runtime.journal.recovered import Recovered
from runtime.journal.simulated import DiskFaults, SimulatedDisk, SimulatedJournal
from runtime.kernel import ActorSystem, VirtualClock
from runtime.observe import events
from runtime.observe.events import Event
from tests.simulation.agenda import Agenda
from tests.simulation.audited import AuditedLog
from tests.simulation.carrier import WorldCarrier, WorldLine
from tests.simulation.failing import Failures
from tests.simulation.judge import Judge
from tests.simulation.kept import (
    check_idempotent,
    check_kept,
    check_statistics,
    check_whole,
    contact_names,
    rows_taken,
)
from tests.simulation.operator import Operator
from tests.simulation.plan import Action, Crash, Plan
from tests.simulation.quiet import listen_for_failures
from tests.simulation.rest import check_accounts, check_leases, check_quiet, check_rest
from tests.simulation.violations import Crashed, Violation
from trunkline.config import Config
from trunkline.contacts import calling_zones
from trunkline.contacts.phone import read_phone
from trunkline.contacts.reasons import Refusal
from trunkline.engine import Engine
from trunkline.recovered_lines import missing_lines

QUIET_EVERY = 200
"""So many messages lie at most between two looks whether everybody was told."""

DAY_SECONDS = 86_400.0


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

    With `trace` every line and every note is kept, the last of them to be
    printed; with `digest` all lines go into a hash, byte for byte.
    """

    def __init__(self, plan: Plan, *, trace: int = 0, digest: bool = False) -> None:
        self.plan = plan
        self.trace: deque[str] | None = deque(maxlen=trace) if trace else None
        self._hash = hashlib.sha256() if digest else None
        self._folder = tempfile.TemporaryDirectory(prefix="trunkline-simulation-", dir=_fast_folder())
        self.config = self._configure(Path(self._folder.name))
        self.settings = self.config.settings(simulated=True)
        self.counts: Counter[str] = Counter()
        self.agenda = Agenda(self.config.run.start.timestamp())
        self.start = self.agenda.now
        self.judge = Judge(self.settings, self._zones(), self.happened)
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
        self.disk = SimulatedDisk(Random(f"{plan.luck}/disk"), self._disk_faults())
        self.disk.synced = self._synced
        self.disk.written = self._written
        self.disk.hit = self.carrier.hit
        self._intended: set[str] = set()
        self._batches_synced = self._batches_written = 0
        self.judge.is_intended = self._intended.__contains__
        self._postponed: list[Action] = []
        self._recovered: tuple[int, Recovered] | None = None
        self._random = Random(plan.luck)
        self._restored = False
        self._calls_placed = 0
        self._message_budget = 20_000 + 400 * self._most_calls()

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
            None if self._hash is None else self._hash.hexdigest(),
        )

    # What others tell the world

    def happened(self, line: str) -> None:
        """Count a situation of the catalogue."""
        self.counts[line] += 1

    def note(self, text: str) -> None:
        """Keep a remark among the last events."""
        if self.trace is not None:
            self.trace.append(f"{self.agenda.now - self.start:14.6f}  -- {text}")

    def placed(self) -> None:
        """Count a call that was placed in this life, and crash if that is its time."""
        self._calls_placed += 1
        if (
            self._crash is not None
            and self._crash.where == "placed"
            and self._calls_placed >= self._crash.count
        ):
            self._die("right after a call was placed")

    def __call__(self, time: float, event: Event) -> None:
        """Take in a line of the engine's log."""
        if self._system is None:
            return
        if self.trace is not None:
            fields = {key: value for key, value in msgspec.to_builtins(event).items() if value is not None}
            text = " ".join(f"{key}={value}" for key, value in fields.items())
            self.trace.append(f"{time - self.start:14.6f}  {event.event} {text}")
        if self._hash is not None:
            self._hash.update(f"{time!r} {event.event} ".encode() + msgspec.json.encode(event) + b"\n")
        self._watch_progress(time)
        self.log.take(time, event)
        self.judge.hear(time, event)
        if event.recovered:
            self.happened(f"a line was recovered: {event.event}")

    def wants(self, kind: type[Event]) -> bool:
        """Say whether a kind of line is looked at."""
        if self._hash is not None or self.trace is not None:
            return kind is not events.DispatchWaiting
        return kind in self.judge._hear or self.log.wants(kind)

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
            else:
                if finished:
                    break
            if self._crash is not None:
                self.agenda.pass_until(self.agenda.now + self._crash.down_seconds)
        entries = list(self.disk.entries())
        check_accounts(self.judge, self._rows(entries))
        check_whole(entries, self.judge)
        self.log.finish()

    async def _live(self) -> bool:
        """Live once; False if the life was ended before the campaigns were."""
        self.life += 1
        self.lives += 1
        self._calls_placed = self._batches_written = self._batches_synced = 0
        self._restored = False
        system = ActorSystem(clock=VirtualClock(self.agenda.now))
        journal = SimulatedJournal(self.disk)
        missing = self._recover(journal) if self.lives > 1 else []
        async with system:
            self._system = system
            self._watch(system)
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

    def _recover(self, journal: SimulatedJournal) -> list[Event]:
        """Look what the disk has kept; give the lines that the log lacks."""
        entries = list(self.disk.entries())
        check_kept(entries, self.judge)
        state = journal.recover()
        if state is None:
            return []
        if self._recovered is not None:
            seen, before = self._recovered
            if check_idempotent(before, entries[seen:], state):
                self.happened("a recovery crashed before it changed anything")
        self._recovered = len(entries), state
        lines = list(missing_lines(journal, state, self.log.tail))
        self._compare_stickies(entries, state, lines)
        if state.in_doubt:
            self.happened("a restart found calls in doubt")
        if any(self.carrier.is_up(one.call) for one in state.in_doubt):
            self.happened("a restart found calls in doubt that were up")
        if any(one.call not in self.judge.placed_calls for one in state.in_doubt):
            self.happened("a restart found an intent whose call was never placed")
        return lines

    def _compare_stickies(self, entries: list[AnyEntry], state: Recovered, lines: list[Event]) -> None:
        """A contact whose sticky number was told has it yet, but where a later line is missing."""
        behind = {(line.campaign, getattr(line, "contact", None)) for line in lines}
        behind |= {(one.grant.campaign, one.grant.contact) for one in state.in_doubt}
        names = contact_names(entries)
        for campaign, held in state.campaigns.items():
            for index, contact in held.contacts.items():
                who = campaign, names[campaign, index]
                told = self.judge.sticky.get(who)
                if who not in behind and told != contact.sticky:
                    raise Violation(13, f"{who} has the sticky number {told}, the journal {contact.sticky}")

    def _synced(self, entries: Sequence[AnyEntry]) -> None:
        for entry in entries:
            if type(entry) is Intent:
                self._intended.add(entry.call)
            elif type(entry) is Ended:
                self.judge.ended_at[entry.call] = entry.at
        self._batches_synced += 1
        crash = self._crash
        if crash is None or self._system is None or self.healed:
            return
        if crash.where == "durable" and self._batches_synced >= crash.count:
            self._die("between a sync and its acknowledgement")

    def _written(self) -> None:
        self._batches_written += 1
        crash = self._crash
        if crash is not None and crash.where == "written" and self._batches_written >= crash.count:
            self._die("between a write and its sync")

    def _die(self, how: str) -> None:
        """End this life at this instant, as a loss of power does."""
        if self._system is not None and not self.healed:
            raise Crashed(how)

    def _bury(self, how: str) -> None:
        self.note(f"crash {how}")
        self.engine = None
        self.disk.crash(self.plan.disk.tail)
        self._postponed += self.operator.settle(crashed=True)
        self.happened(f"a crash {how}")

    def _disk_faults(self) -> DiskFaults:
        disk = self.plan.disk
        if self.healed:
            return DiskFaults(latency_seconds=disk.latency_seconds, batch_seconds=disk.batch_seconds)
        now = self.agenda.now - self.start
        return DiskFaults(
            latency_seconds=disk.latency_seconds,
            batch_seconds=disk.batch_seconds,
            fail=disk.fail,
            fail_but_there=disk.fail_but_there,
            away=any(start <= now < start + seconds for start, seconds in disk.away),
            full=any(start <= now < start + seconds for start, seconds in disk.full),
        )

    def _set_disk(self) -> None:
        self.disk.faults = self._disk_faults()

    def _watch(self, system: ActorSystem) -> None:
        """Look in at chosen message boundaries, and where nothing is queued."""
        queue = system.queue
        drain = queue.drain
        failures = Failures(
            self.plan.faults.actor_crashes, f"{self.plan.luck}/{self.lives}", self.carrier.hit
        )
        quiet_after = 0

        crash = self._crash
        dies_at = None
        if crash is not None and crash.where in ("message", "recovering", "asked"):
            dies_at = crash.count

        def watched(budget: int) -> int:
            nonlocal quiet_after, dies_at
            if self._system is not system:
                return drain(budget)
            if dies_at is not None and queue.handled >= dies_at:
                dies_at = None
                self._end_life(system)
            if queue.handled >= self._message_budget:
                queue.entries.clear()
                raise self._end(Violation(16, f"{queue.handled} messages and no end"))
            if not self.healed:
                failures.fail(system)
            allowed = budget
            for boundary in (None if self.healed else failures.due_at, dies_at):
                if boundary is not None:
                    allowed = max(1, min(allowed, boundary - queue.handled))
            try:
                left = drain(allowed)
            except BaseException as failure:
                queue.entries.clear()
                raise self._end(failure)  # noqa: B904  # it is the failure itself
            if not queue.entries and queue.handled >= quiet_after:
                quiet_after = queue.handled + self._random.randint(1, QUIET_EVERY)
                self._look_around(system)
            return budget - (allowed - left)

        queue.drain = watched  # type: ignore[method-assign]  # the boundary between two messages is nowhere else

    def _end_life(self, system: ActorSystem) -> None:
        """Kill the engine between two messages, or ask it to end."""
        crash = self._crash
        if crash is None or self.healed:
            return
        if crash.where == "asked":
            if self.engine is not None:
                self.happened("an engine was asked to end")
                self.engine.close(drain=float(crash.count % 100))
            return
        how = "in a resume" if crash.where == "recovering" and self.lives > 1 else "between two messages"
        system.queue.entries.clear()
        raise self._end(Crashed(how))

    def _look_around(self, system: ActorSystem) -> None:
        try:
            check_quiet(system)
            if self.engine is not None:
                check_leases(system, self.judge)
        except Violation as violation:
            raise self._end(violation) from None

    def _end(self, failure: BaseException) -> BaseException:
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
        self.disk.faults = self._disk_faults()
        if self.engine is not None:
            self._restore()

    def _restore(self) -> None:
        assert self.engine is not None
        self._restored = True
        self.judge.progress_at = self.agenda.now
        self.operator.restore(self.engine)

    def _watch_progress(self, time: float) -> None:
        if self.healed and time - self.judge.progress_at > self.longest_wait:
            waited = time - self.judge.progress_at
            raise Violation(16, f"no call began or ended for {waited:.0f} s after the faults had stopped")

    # The plan, made real

    @cached_property
    def longest_wait(self) -> float:
        """The longest that nothing may happen in once all faults have stopped."""
        wait = 700.0
        for campaign in self.settings.campaigns:
            retry = max(campaign.retry_after.values(), default=0.0)
            wait = max(wait, 700.0 + retry + campaign.max_ring_seconds + campaign.max_call_seconds)
        if self.judge.day_caps:
            wait += 1.1 * DAY_SECONDS
        if any(one.calling_hours is not None for one in self.settings.campaigns):
            wait += 8.1 * DAY_SECONDS
        return wait

    def _most_calls(self) -> int:
        return sum(
            (len(self.plan.contacts[one.name]) + 60) * (one.max_attempts + one.max_carrier_failures)
            for one in self.settings.campaigns
        )

    def _configure(self, folder: Path) -> Config:
        tables = msgspec.json.decode(msgspec.json.encode(self.plan.tables))
        for campaign in tables["campaigns"]:
            name = campaign["name"]
            rows = "".join(
                f"{identity},{phone},{zone}\n" for identity, phone, zone in self.plan.contacts[name]
            )
            (folder / f"{name}.csv").write_text(f"id,phone,timezone\n{rows}")
            campaign["contacts"] = f"{name}.csv"
        return Config.from_dict(tables, carriers=("world",), folder=folder)

    def _rows(self, entries: list[AnyEntry]) -> dict[str, int]:
        """Count each campaign's rows; none of those that were promised may be missing."""
        from_file, added = rows_taken(entries)
        for name, rows in self.plan.contacts.items():
            if from_file[name] != len(rows) and name not in self.judge.canceled:
                raise Violation(7, f"{from_file[name]} of {len(rows)} rows of {name} are in the journal")
            if added[name] < self.operator.added.get(name, 0):
                raise Violation(7, f"{name} has {added[name]} of {self.operator.added[name]} contacts added")
        return {name: from_file[name] + added[name] for name in self.plan.contacts}

    def _zones(self) -> dict[tuple[str, str], tuple[str, ...]]:
        zones = {}
        for campaign in self.settings.campaigns:
            if campaign.calling_hours is None:
                continue
            for identity, phone, zone in self.plan.contacts[campaign.name]:
                if isinstance(read_phone(phone), Refusal):
                    continue
                own = place_of(E164(phone)).zones
                zones[campaign.name, identity] = calling_zones(zone or None, own, campaign.default_timezone)
        return zones


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
