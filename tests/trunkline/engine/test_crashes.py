"""An actor that crashes: named in the log, no slot leaked, nobody forgotten, no limit passed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from actors.connection import judging
from actors.connection.actor import ConnectionActor
from actors.connection.trunk import Trunk
from actors.messages import GoOn, ReadOn, Reserve, StopOffering
from actors.tenant.actor import TenantActor
from runtime.kernel.handlers import handled_types
from runtime.observe.events import DispatchRefused
from tests.trunkline.engine.crashing import (
    ACTORS,
    Crashes,
    Fault,
    Kind,
    Raise,
    after,
    as_called,
    audit_with_crashes,
    before,
    crashed,
    within,
)
from tests.trunkline.engine.scenes import SCENES, Scene, dial, shared, tell_all
from tests.trunkline.engine.test_boundaries import BERLIN, EAST, exchange
from trunkline.engine import Engine

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

OF_A_FLEET = ("actors.answer_rates.messages", "actors.lease.messages", "actors.partitions.messages")
"""Told only where limits or contacts are shared with other daemons: see tests/trunkline/sharing."""

OF_A_SHARED_DOUBT = {"DoubtOver", "DropDoubt", "EndDoubt"}
"""Told only where another daemon has placed a call whose end is unknown: see tests/trunkline/sharing."""

OF_A_PIPE = "actors.campaign.arrivals"
"""Told only where contacts come through a pipe: see tests/trunkline/contacts."""

SELDOM = {("ContactActor", "Voided"), ("PoolActor", "QuarantineOver")}
"""Needs a rarer moment than these scenes have; the first is met by the crashes at any message."""

AFTER_A_CRASH = {("PoolActor", "Restarted"), ("TenantActor", "HandOn")}

KINDS: list[Kind] = [
    (actor.__name__, message.__name__)
    for actor in ACTORS
    for message in handled_types(actor)
    if message.__name__ not in OF_A_JOURNAL | OF_A_SHARED_DOUBT
    and message.__module__ not in (*OF_A_FLEET, OF_A_PIPE)
    and (actor.__name__, message.__name__) not in SELDOM | AFTER_A_CRASH
]


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


def one_a_second(folder: Path) -> dict[str, Any]:
    """Two campaigns of the same people over one slow connection, and a tenant's cap."""
    tables = exchange(folder, "spring", "summer")
    tables["tenants"][0]["max_concurrent"] = 3
    tables["connections"] = [{"name": "east", "max_concurrent": 3, "max_calls_per_second": 1}]
    tables["numbers"] = tables["numbers"][:1]
    for campaign in tables["campaigns"]:
        campaign |= {"pool": [], "max_attempts": 1}
    tables["campaigns"][0]["max_concurrent"] = 2
    return tables


@pytest.mark.parametrize("message", ["Offer", "Granted"])
def test_a_slot_that_is_held_for_an_attempt_is_not_lost_when_it_crashes_as_it_asks_for_it(
    tmp_path: Path, message: str
) -> None:
    fault, hits, scene = as_called("reservation"), 0, Scene(one_a_second)
    for nth in range(1, 16):
        count = 0

        def choose(actor: Any, handled: Any, nth: int = nth) -> Raise | None:
            nonlocal count
            if (type(actor).__name__, type(handled).__name__) != ("ContactActor", message):
                return None
            count += 1
            return fault if count == nth else None

        run = dial(scene, tmp_path, Crashes(choose))

        hits += len(crashed(run.log))
        assert run.result.reason == "finished", run.result.failure
        audit_with_crashes(run.log, one_a_second(tmp_path))
        assert run.left == [], f"crashed at number {nth}"
    assert hits


def test_contacts_arrive_once_wherever_their_campaign_crashes_as_it_takes_them_in(tmp_path: Path) -> None:
    for nth in range(1, 50):
        due = [within(nth)]

        def choose(actor: Any, message: Any, due: list[Raise] = due) -> Raise | None:
            return due.pop() if due and isinstance(message, ReadOn) else None

        run = dial(Scene(exchange), tmp_path, Crashes(choose))

        if not crashed(run.log):
            assert nth > 10
            return
        assert run.result.reason == "finished", run.result.failure
        audit_with_crashes(run.log, exchange(tmp_path))
        assert run.left == [], f"crashed at call {nth}"
    raise AssertionError("the last call was not met")


def test_a_pool_that_may_not_offer_keeps_no_ticket(tmp_path: Path) -> None:
    out: list[int] = []

    def look(engine: Engine) -> None:
        owners = [
            one for one in engine.system.living.values() if isinstance(one, ConnectionActor | TenantActor)
        ]
        out.extend(one.slots.tickets_out for one in owners)

    def tell(message: Any) -> Callable[[Engine], object]:
        return lambda engine: tell_all(engine, engine._roster.pools, message)

    scene = Scene(shared, ((12.5, tell(StopOffering())), (30, look), (31, tell(GoOn()))))
    run = dial(scene, tmp_path, Crashes(lambda actor, message: None))

    assert out == [0, 0, 0, 0]
    assert run.result.reason == "finished"
    assert run.left == []


def test_an_attempt_that_is_refused_twice_around_a_crash_of_the_tenant_is_told_once(tmp_path: Path) -> None:
    fault, due = as_called("Slots.put_back"), True

    def choose(actor: Any, message: Any) -> Raise | None:
        nonlocal due
        busy = isinstance(message, Reserve) and type(actor) is TenantActor and message.party in actor.parties
        if not (busy and due):
            return None
        due = False
        return fault

    run = dial(Scene(one_a_second), tmp_path, Crashes(choose))

    assert [event.error for event in crashed(run.log)] == ["Fault('as Slots.put_back is called')"]
    refused = [event.call for _, event in run.log if isinstance(event, DispatchRefused)]
    assert len(set(refused)) == len(refused)
    assert run.result.reason == "finished", run.result.failure
    audit_with_crashes(run.log, one_a_second(tmp_path))
    assert run.left == []


@pytest.mark.parametrize("nth", range(1, 4))
def test_a_breaker_s_turn_is_logged_though_its_connection_crashes_as_it_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    turns, tell_turn = 0, judging.tell_turn

    def failing(trunk: Trunk) -> None:
        nonlocal turns
        turns += 1
        if turns == nth:
            raise Fault("as it turns")
        tell_turn(trunk)

    monkeypatch.setattr(judging, "tell_turn", failing)
    run = dial(SCENES["shared"], tmp_path, Crashes(lambda actor, message: None))

    assert [event.error for event in crashed(run.log)] == ["Fault('as it turns')"]
    assert run.result.reason == "finished", run.result.failure
    audit_with_crashes(run.log, SCENES["shared"].tables(tmp_path))
    named = [event.event for _, event in run.log if event.event.startswith("connection.")]
    assert len(named) == turns
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
