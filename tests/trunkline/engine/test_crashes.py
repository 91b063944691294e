"""An actor that crashes: named in the log, no slot leaked, nobody forgotten, no limit passed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
import trio

from actors.contact.actor import ContactActor
from actors.messages import (
    AskContact,
    AskFindings,
    AskWhy,
    CloseGate,
    GoOn,
    HangUpAll,
    Index,
    OpenGate,
    Reason,
    StopOffering,
)
from actors.pool.actor import PoolActor
from actors.restart import MOST_CRASHES_OF_A_CONTACT
from actors.settings import NumberSettings
from runtime.calls import E164, CallEvent, CallProgress, Outcome
from runtime.kernel import ActorSystem, TrioFuture, VirtualClock
from runtime.kernel.handlers import handled_types
from runtime.observe.events import ActorCrashed, ContactFinished, Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.observe.renderers import JsonRenderer
from tests.trunkline.engine.crashing import (
    ACTORS,
    Crashes,
    Fault,
    Raise,
    after,
    audit_with_crashes,
    before,
    crashed,
    within,
)
from tests.trunkline.engine.stepping import what_is_held
from tests.trunkline.engine.test_boundaries import BERLIN, EAST, SOON, WEST, exchange
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

Kind = tuple[str, str]
"""The names of an actor's class and of a message's."""

OF_A_JOURNAL = {
    "Adopt",
    "Conclude",
    "Failed",
    "FinishContact",
    "Hold",
    "Load",
    "Propose",
    "Sweep",
    "TakeRows",
}
"""Told only where a journal outlives its process: see tests/simulation."""
OF_A_FLEET = ("actors.lease.messages", "actors.partitions.messages")
"""Told only where limits or contacts are shared with other daemons: see tests/trunkline/sharing."""
OF_A_PIPE = "actors.campaign.arrivals"
"""Told only where contacts come through a pipe: see tests/trunkline/contacts."""
SELDOM = {("ContactActor", "Voided"), ("PoolActor", "QuarantineOver")}
"""Needs a rarer moment than these scenes have; the first is met by the crashes at any message."""
AFTER_A_CRASH = {("PoolActor", "Restarted"), ("TenantActor", "HandOn")}

KINDS: list[Kind] = [
    (actor.__name__, message.__name__)
    for actor in ACTORS
    for message in handled_types(actor)
    if message.__name__ not in OF_A_JOURNAL
    and message.__module__ not in (*OF_A_FLEET, OF_A_PIPE)
    and (actor.__name__, message.__name__) not in SELDOM | AFTER_A_CRASH
]


class Scene(NamedTuple):
    """A small campaign in which certain messages occur, and what is asked of its engine meanwhile."""

    tables: Callable[[Path], dict[str, Any]]
    orders: tuple[tuple[float, Callable[[Engine], object]], ...] = ()


def write(folder: Path, name: str, count: int, prefix: str = "+1212555") -> str:
    rows = "".join(f"{index},{prefix}{index:04d}\n" for index in range(count))
    (folder / f"{name}.csv").write_text("id,phone\n" + rows)
    return f"{name}.csv"


def shared(folder: Path) -> dict[str, Any]:
    """Two tenants on one slow connection, calls that fail, last too long or get lost."""
    quick = {"max_ring_seconds": 20, "max_call_seconds": 30, "retry_after": SOON, "max_attempts": 2}
    return {
        "tenants": [{"name": "acme", "max_concurrent": 3}, {"name": "beta", "max_concurrent": 3}],
        "connections": [
            {
                "name": "east",
                "max_concurrent": 3,
                "max_calls_per_second": 1,
                "options": {"lose_events": 0.2, "answer_rate": 0.5, "talk_seconds": 40},
            },
            {
                "name": "west",
                "max_concurrent": 2,
                "options": {"failure_rate": 1, "answer_rate": 0, "voicemail_rate": 0, "busy_rate": 0}
                | {"reject_rate": 0, "changes": [{"at": "60s", "failure_rate": 0, "answer_rate": 1}]},
            },
        ],
        "numbers": [
            {"number": EAST, "connection": "east", "tenant": "acme", "max_calls_per_day": 20},
            {"number": WEST, "connection": "west", "tenant": "acme"},
            {"number": BERLIN, "connection": "east", "tenant": "beta"},
        ],
        "campaigns": [
            {
                "name": "spring",
                "tenant": "acme",
                "primary": EAST,
                "pool": [WEST],
                "contacts": write(folder, "spring", 30),
                "prefer_country_match": False,
                **quick,
            },
            {
                "name": "summer",
                "tenant": "beta",
                "primary": BERLIN,
                "contacts": write(folder, "summer", 10, "+1646555"),
                "start_at": "2026-01-05T00:00:10Z",
                **quick,
            },
        ],
    }


def asked(folder: Path) -> dict[str, Any]:
    """Two campaigns of the same people, changed and asked in every way."""
    tables = exchange(folder, "spring", "summer")
    for limited in (*tables["tenants"], *tables["connections"]):
        limited["max_concurrent"] = 6
    tables["campaigns"][0]["keep_open"] = True
    for campaign in tables["campaigns"]:
        campaign["contacts"] = write(folder, campaign["name"], 8)
    for connection in tables["connections"]:
        connection["options"] = {"answer_rate": 0.9, "voicemail_rate": 0, "busy_rate": 0}
    return tables


BERLIN_AGAIN = NumberSettings(E164(BERLIN), "acme", "west")


def tell_all(engine: Engine, refs: dict[str, Any], message: Any) -> None:
    for ref in refs.values():
        ref.tell(message)


ASKED: tuple[tuple[float, Callable[[Engine], object]], ...] = (
    (1, lambda engine: engine.breakdown("spring")),
    (2, lambda engine: engine.add_contacts("spring", [{"id": "new", "phone": "+12125550999"}])),
    (3, lambda engine: engine._roster.campaigns["spring"].tell(AskContact("0", TrioFuture()))),
    (4, lambda engine: engine._roster.pools["acme"].tell(AskWhy("spring", Index(7), TrioFuture()))),
    (5, lambda engine: engine._roster.pools["acme"].tell(AskFindings("spring", TrioFuture()))),
    (30, lambda engine: [engine.set_disposition("spring", str(one), "callback") for one in range(8)]),
    (31, lambda engine: engine.flag(EAST)),
    (32, lambda engine: engine.unflag(EAST)),
    (33, lambda engine: engine.set_tenant_cap("acme", 1)),
    (60, lambda engine: engine.set_tenant_cap("acme", 6)),
    (61, lambda engine: engine.set_connection_limit("west", 1)),
    (62, lambda engine: engine.set_connection_limit("west", 6)),
    (63, lambda engine: engine.remove_number(BERLIN)),
    (
        64,
        lambda engine: engine.add_number(BERLIN_AGAIN, campaigns=("spring",)),
    ),
    (65, lambda engine: engine.pause("spring")),
    (66, lambda engine: engine.resume("spring")),
    (70, lambda engine: tell_all(engine, engine._roster.pools, StopOffering())),
    (70, lambda engine: tell_all(engine, engine._roster.connections, CloseGate(Reason.CLOSING))),
    (80, lambda engine: tell_all(engine, engine._roster.connections, OpenGate())),
    (80, lambda engine: tell_all(engine, engine._roster.pools, GoOn())),
    (90, lambda engine: engine.cancel("summer")),
    (91, lambda engine: engine._roster.campaigns["summer"].tell(StopOffering())),
    (91, lambda engine: tell_all(engine, engine._roster.campaigns, HangUpAll("test"))),
)


def stalling(folder: Path) -> dict[str, Any]:
    """A campaign whose only number is flagged in the middle of it."""
    tables = exchange(folder)
    tables["campaigns"][0].update(pool=[], contacts=write(folder, "spring", 8))
    return tables


PIPED = 203
"""One batch of rows, and a few."""


def piped(folder: Path) -> dict[str, Any]:
    """Contacts that come from standard input."""
    tables = exchange(folder)
    tables["campaigns"][0].update(contacts="-", max_attempts=1, max_carrier_failures=1)
    for limited in (*tables["tenants"], *tables["connections"]):
        limited["max_concurrent"] = 100
    return tables


@contextmanager
def rows_on_stdin(folder: Path) -> Iterator[None]:
    rows = (folder / write(folder, "piped", PIPED)).read_bytes()
    with patch.object(sys, "stdin", TextIOWrapper(BytesIO(rows))):
        yield


SCENES = {
    "piped": Scene(piped),
    "shared": Scene(shared),
    "asked": Scene(asked, ASKED),
    "stalling": Scene(stalling, ((20, lambda engine: engine.flag(EAST)),)),
}


class Ran(NamedTuple):
    """What came of a run."""

    result: RunResult
    log: list[tuple[float, Event]]
    left: list[str]


def dial(scene: Scene, folder: Path, crashes: Crashes, seed: int = 1) -> Ran:
    """Dial in virtual time, crashing what `crashes` picks."""
    log: list[tuple[float, Event]] = []
    config = Config.from_dict(scene.tables(folder), folder=folder)

    async def run() -> Ran:
        sinks = (lambda time, event: log.append((time, event)),)
        engine = Engine(config, seed=seed, virtual=True, sinks=sinks)
        crashes.install(engine)
        with trio.fail_after(60):
            async with engine:
                for at, order in scene.orders:
                    engine.system.call_later(at, order, engine)
                result = await engine.finished
                await engine.system.until_idle()
                return Ran(result, log, what_is_held(engine))

    with rows_on_stdin(folder):
        return trio.run(run)


@cache
def occurrences(name: str, folder: Path) -> dict[Kind, int]:
    """Count what is told in a scene in which nobody crashes."""
    counts: dict[Kind, int] = {}

    def count(actor: Any, message: Any) -> None:
        kind = (type(actor).__name__, type(message).__name__)
        counts[kind] = counts.get(kind, 0) + 1

    dial(SCENES[name], folder, Crashes(count))
    return counts


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[Kind, int]]:
    folder = tmp_path_factory.mktemp("scenes")
    return {name: occurrences(name, folder) for name in SCENES}


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_a_crash_at_each_kind_of_message_breaks_no_rule(
    tmp_path: Path, scenes: dict[str, dict[Kind, int]], kind: Kind
) -> None:
    """The first is crashed before anything of it is done, one in the middle when all is done."""
    name = min((one for one in scenes if kind in scenes[one]), key=lambda one: sum(scenes[one].values()))
    middle = scenes[name][kind] // 2 + 1
    count = 0

    def choose(actor: Any, message: Any) -> Raise | None:
        nonlocal count
        if (type(actor).__name__, type(message).__name__) != kind:
            return None
        count += 1
        return before if count == 1 else after if count == middle else None

    crashes = Crashes(choose)
    run = dial(SCENES[name], tmp_path, crashes)

    assert crashes.hits
    assert set(crashes.hits) == {kind}
    assert [(event.actor.split()[0], event.message) for event in crashed(run.log)] == crashes.hits
    assert run.result.reason == ("stalled" if name == "stalling" else "finished"), run.result.failure
    audit_with_crashes(run.log, SCENES[name].tables(tmp_path))
    assert run.left == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("TenantActor", "Reserve"), ("PoolActor", "Restarted")),
        (("ConnectionActor", "Reserve"), ("PoolActor", "Restarted")),
        (("PoolActor", "RequestNumber"), ("TenantActor", "HandOn")),
        (("PoolActor", "Release"), ("ConnectionActor", "HandOn")),
    ],
    ids="-".join,
)
@pytest.mark.parametrize("fault", [before, after])
def test_a_crash_at_the_news_of_a_crash_breaks_no_rule(
    tmp_path: Path, first: Kind, second: Kind, fault: Raise
) -> None:
    due = [first, second]

    def choose(actor: Any, message: Any) -> Raise | None:
        if due and (type(actor).__name__, type(message).__name__) == due[0]:
            del due[0]
            return fault
        return None

    crashes = Crashes(choose)
    run = dial(Scene(exchange), tmp_path, crashes)

    assert crashes.hits == [first, second]
    assert run.result.reason == "finished"
    audit_with_crashes(run.log, exchange(tmp_path))
    assert run.left == []


LOWER: tuple[Callable[[Engine], object], ...] = (
    lambda engine: engine.set_connection_limit("west", 1),
    lambda engine: engine.set_tenant_cap("acme", 1),
    lambda engine: engine.flag(EAST),
    lambda engine: engine.remove_number(BERLIN),
)


@pytest.mark.parametrize("seed", range(30))
def test_crashes_at_any_message_break_no_rule(tmp_path: Path, seed: int) -> None:
    """Three crashes, two of them soon after an operator's order."""
    random = Random(seed)
    order = random.randrange(140)
    places: dict[int, Raise] = {
        random.randrange(150): within(random.randrange(1, 12)),
        order + random.randrange(1, 20): before,
        order + random.randrange(1, 20): after,
    }
    count = 0

    def choose(_actor: Any, _message: Any) -> Raise | None:
        nonlocal count
        count += 1
        if count == order:
            random.choice(LOWER)(crashes.engine)
        return places.get(count)

    crashes = Crashes(choose)
    run = dial(Scene(exchange), tmp_path, crashes, seed)

    assert run.result.reason == "finished", run.result.failure
    audit_with_crashes(run.log, exchange(tmp_path))
    assert run.left == []
    named = [(event.actor.split()[0], event.message) for event in crashed(run.log)]
    assert set(named) <= set(crashes.hits)
    assert len(named) >= len(crashes.hits) - 1, "the fault within may find fewer calls than it waits for"


@pytest.mark.parametrize("kind", [("PoolActor", "Release"), ("ConnectionActor", "Place")], ids="-".join)
def test_a_message_that_crashes_again_ends_the_engine_in_order_and_says_why(
    tmp_path: Path, kind: Kind
) -> None:
    def choose(actor: Any, message: Any) -> Raise | None:
        return always if (type(actor).__name__, type(message).__name__) == kind else None

    def always(_handler: Any, actor: Any, _message: Any) -> None:
        actor._handlers = {**actor._handlers, type(_message): fail}
        fail(actor, _message)

    def fail(_actor: Any, _message: Any) -> None:
        raise Fault("again")

    run = dial(Scene(exchange), tmp_path, Crashes(choose))

    assert run.result.reason == "failed"
    assert run.result.failure is not None
    assert f"{kind[0]} " in run.result.failure
    assert "Fault('again')" in run.result.failure
    assert run.log[-1][1].event == "engine.stopped"
    grants = [event for _, event in run.log if event.event == "dispatch.granted"]
    ends = [event for _, event in run.log if event.event == "call.ended"]
    assert len(grants) == len(ends), "calls in progress are kept to their end"


def test_the_fifth_crash_within_a_minute_ends_the_engine(tmp_path: Path) -> None:
    crashes = Crashes(lambda actor, message: before if type(message).__name__ == "RequestNumber" else None)

    run = dial(Scene(lambda folder: asked(folder)), tmp_path, crashes)

    assert run.result.reason == "failed"
    assert run.result.failure is not None
    assert run.result.failure.startswith("PoolActor acme crashed 5 times within 60 s, at last on Request")


def test_a_contact_that_always_crashes_is_given_up_and_the_others_are_called(tmp_path: Path) -> None:
    def choose(actor: Any, message: Any) -> Raise | None:
        weird = getattr(actor, "record", None) is not None and actor.record.contact == "1"
        return before if weird and type(message).__name__ == "Offer" else None

    crashes = Crashes(choose)
    run = dial(Scene(exchange), tmp_path, crashes)

    assert run.result.reason == "finished"
    assert len(crashes.hits) == MOST_CRASHES_OF_A_CONTACT
    results = {event.contact: event.result for _, event in run.log if isinstance(event, ContactFinished)}
    assert results["1"] == "exhausted"
    assert len(results) == 3
    assert run.left == []


def test_an_actor_that_crashes_as_it_starts_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    for actor in (ContactActor, PoolActor):
        monkeypatch.setattr(actor, "on_start", _failing_once(actor.on_start, actor.__name__, started))

    run = dial(Scene(exchange), tmp_path, Crashes(lambda _actor, _message: None))

    assert run.result.reason == "finished"
    assert {event.actor.split()[0] for event in crashed(run.log)} == {"ContactActor", "PoolActor"}
    assert run.left == []


def _failing_once(on_start: Callable[[Any], None], name: str, started: list[str]) -> Callable[[Any], None]:
    def start(actor: Any) -> None:
        first = name not in started
        started.append(name)
        if first:
            raise Fault("on_start")
        on_start(actor)

    return start


def failing_once(named: str) -> Callable[[float, Event], None]:
    def sink(_time: float, event: Event) -> None:
        if event.event == named:
            raise Fault("observer")

    return sink


def test_an_observer_that_raises_is_named_in_the_log_and_dialing_goes_on(tmp_path: Path) -> None:
    log: list[Event] = []

    async def run() -> RunResult:
        config = Config.from_dict(exchange(tmp_path), folder=tmp_path)
        sinks = (failing_once("dispatch.granted"), lambda _time, event: log.append(event))
        async with Engine(config, seed=1, virtual=True, sinks=sinks) as engine:
            return await engine.finished

    assert trio.run(run).reason == "finished"
    (crash,) = [event for event in log if isinstance(event, ActorCrashed)]
    assert (crash.actor, crash.message, crash.error) == (
        "observer failing_once.<locals>.sink",
        "dispatch.granted",
        "Fault('observer')",
    )
    assert len([event for event in log if event.event == "dispatch.granted"]) > 1


def test_a_processor_of_the_log_that_raises_stops_dialing_and_says_why(tmp_path: Path) -> None:
    def render(_logger: Any, _name: str, fields: Any) -> Any:
        if fields["event"] == "call.ended":
            raise Fault("processor")
        return JsonRenderer()(_logger, _name, fields)

    log = EventLog(LogFile.open(tmp_path / "log.jsonl", buffered=False, append=False), renderer=render)

    async def run() -> tuple[RunResult, list[str]]:
        config = Config.from_dict(exchange(tmp_path), folder=tmp_path)
        async with Engine(config, seed=1, virtual=True, sinks=(log,)) as engine:
            result = await engine.finished
            await engine.system.until_idle()
            return result, what_is_held(engine)

    result, left = trio.run(run)
    log.close()

    assert result.reason == "failed"
    assert result.failure is not None
    assert result.failure.endswith("a processor failed on call.ended: Fault('processor')")
    assert [one for one in left if not one.startswith("rows of")] == []
    assert b"engine.stopped" in (tmp_path / "log.jsonl").read_bytes().splitlines()[-1]


class Stubborn:
    """A carrier whose calls are up until they are hung up, which raises once."""

    def __init__(self, system: Any) -> None:
        self._system = system
        self._reports: dict[str, Any] = {}
        self.raised = 0

    def place(self, request: Any, report: Any) -> None:
        self._reports[request.call] = report

    def hang_up(self, call: Any) -> None:
        if not self.raised:
            self.raised += 1
            raise Fault("hang_up")
        ended = CallEvent(call, CallProgress.ENDED, Outcome.NO_ANSWER)
        self._system.call_later(0.1, self._reports[call], ended)


def test_a_carrier_that_raises_is_named_and_its_call_ends_after_the_grace(tmp_path: Path) -> None:
    log: list[Event] = []
    tables = exchange(tmp_path)

    async def run() -> tuple[RunResult, list[str]]:
        config = Config.from_dict(tables, folder=tmp_path)
        system = ActorSystem(clock=VirtualClock(config.run.start))
        lines = {name: Stubborn(system) for name in ("east", "west")}
        sinks = (lambda _time, event: log.append(event),)
        engine = Engine(config, seed=1, virtual=True, system=system, lines=lines, sinks=sinks)
        async with system, engine:
            result = await engine.finished
            await engine.system.until_idle()
            left = what_is_held(engine)
        return result, left

    result, left = trio.run(run)

    assert result.reason == "finished"
    assert left == []
    names = [event.actor for event in log if isinstance(event, ActorCrashed)]
    assert sorted(names) == ["carrier of east", "carrier of west"]
    assert len([event for event in log if event.event == "call.overdue"]) == 2
