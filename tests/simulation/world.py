"""One seed's world: an engine lives in it, as often as it must, and is judged."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter, deque
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from random import Random

import msgspec
import trio

import actors.pool.actor as pool_actor
from actors.pool.geography import place_of
from runtime.calls import E164
from runtime.kernel import ActorSystem, VirtualClock
from runtime.observe import events
from runtime.observe.events import Event
from tests.simulation.agenda import Agenda
from tests.simulation.carrier import WorldCarrier, WorldLine
from tests.simulation.judge import Judge
from tests.simulation.operator import Operator
from tests.simulation.plan import Action, Plan
from tests.simulation.rest import check_accounts, check_quiet, check_rest
from tests.simulation.violations import Violation
from trunkline.config import Config
from trunkline.contacts import calling_zones
from trunkline.contacts.phone import read_phone
from trunkline.contacts.reasons import Refusal
from trunkline.engine import Engine

QUIET_EVERY = 200
"""So many messages lie at most between two looks whether everybody was told."""

DAY_SECONDS = 86_400.0


class InjectedError(Exception):
    """A failure that the plan puts into an actor."""


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
        self.life = 0
        self.lives = 0
        self.healed = False
        self.messages = 0
        self.carrier = WorldCarrier(self, plan)
        self.judge.is_up = self.carrier.is_up
        self.operator = Operator(self.settings, self.judge)
        self.engine: Engine | None = None
        self._system: ActorSystem | None = None
        self._crashes = list(plan.crashes)
        self._postponed: list[Action] = []
        self._random = Random(plan.luck)
        self._restored = False
        self._calls_placed = 0
        self._message_budget = 20_000 + 400 * self._most_calls()

    def run(self) -> Result:
        """Live until every campaign is over, then look whether all is well."""
        before, pool_actor.REPORT_SECONDS = pool_actor.REPORT_SECONDS, self.plan.report_seconds
        try:
            with self._folder:
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
        """Count a call that was placed in this life."""
        self._calls_placed += 1

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
        self.judge.hear(time, event)

    def wants(self, kind: type[Event]) -> bool:
        """Say whether a kind of line is looked at."""
        if self._hash is not None or self.trace is not None:
            return kind is not events.DispatchWaiting
        return kind in self.judge._hear

    # Lives

    async def _lives(self) -> None:
        self.agenda.at(self.start + self.plan.heals_at, self._heal)
        for action in self.plan.actions:
            self.agenda.at(self.start + action.at, self._act, action)
        await self._live()
        check_accounts(self.judge, self._rows())

    async def _live(self) -> None:
        self.life += 1
        self.lives += 1
        system = ActorSystem(clock=VirtualClock(self.agenda.now))
        async with system:
            self._system = system
            self._watch(system)
            self.agenda.attach(system)
            lines = {
                one.name: WorldLine(self.carrier, one.name, self.life) for one in self.settings.connections
            }
            self.engine = engine = Engine(
                self.config, seed=1, system=system, virtual=True, lines=lines, sinks=(self,)
            )
            engine.start()
            result = await engine.finished
            self.note(f"finished: {result.reason}")
            self.engine = None
            await system.until_idle()
            check_rest(system)
            self.messages += system.statistics().messages_handled
            unanswered = self.operator.settle(crashed=False)
            if unanswered:
                raise Violation(16, f"never answered: {unanswered[0]}")
            self._system = None
        self.agenda.detach()

    def _watch(self, system: ActorSystem) -> None:
        """Look in at chosen message boundaries, and where nothing is queued."""
        queue = system.queue
        drain = queue.drain
        failures = deque(self.plan.faults.actor_crashes)
        quiet_after = 0

        def watched(budget: int) -> int:
            nonlocal quiet_after
            if self._system is not system:
                return drain(budget)
            if queue.handled >= self._message_budget:
                queue.entries.clear()
                raise self._end(Violation(16, f"{queue.handled} messages and no end"))
            if failures and queue.handled >= failures[0]:
                failures.popleft()
                self._fail_one(system)
            allowed = min(budget, failures[0] - queue.handled) if failures else budget
            try:
                left = drain(max(1, allowed))
            except BaseException as failure:
                queue.entries.clear()
                raise self._end(failure)  # noqa: B904  # it is the failure itself
            if not queue.entries and queue.handled >= quiet_after:
                quiet_after = queue.handled + self._random.randint(1, QUIET_EVERY)
                self._in_life(check_quiet, system)
            return budget - (max(1, allowed) - left)

        queue.drain = watched  # type: ignore[method-assign]  # the boundary between two messages is nowhere else

    def _in_life(self, check: Callable[[ActorSystem], None], system: ActorSystem) -> None:
        try:
            check(system)
        except Violation as violation:
            raise self._end(violation) from None

    def _end(self, failure: BaseException) -> BaseException:
        """Let nothing of this life have an effect any more."""
        self._system = None
        self.life += 1
        return failure

    def _fail_one(self, system: ActorSystem) -> None:
        entries = system.queue.entries
        if self.healed or not entries:
            return
        receiver, message = entries[0]
        table = getattr(receiver, "_table", {})
        if type(receiver).__name__ not in CRASHABLE or type(message) not in table:
            return
        entries.popleft()
        self.carrier.hit("actor failed")
        receiver._crashed(message, InjectedError(type(message).__name__))

    def _act(self, action: Action) -> None:
        if self.engine is None or self.healed:
            return
        self.note(f"operator: {action.kind} {action.name} {action.campaign or ''} {action.value}")
        self.operator.act(self.engine, action)

    def _heal(self) -> None:
        self.healed = True
        self.note("all faults stop")
        if self.carrier.up:
            self.happened("faults stopped with calls up")
        self.judge.progress_at = self.agenda.now
        if self.engine is not None:
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

    def _rows(self) -> dict[str, int]:
        return {
            name: len(rows) + self.operator.added.get(name, 0) for name, rows in self.plan.contacts.items()
        }

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


CRASHABLE: frozenset[str] = frozenset({"ContactActor"})
"""Actors that live on when a handler of theirs fails."""


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
