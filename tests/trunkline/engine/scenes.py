"""Small campaigns in which certain messages occur, dialed with crashes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import trio

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
from actors.settings import NumberSettings
from runtime.calls import E164
from runtime.kernel import TrioFuture
from runtime.observe.events import Event
from tests.trunkline.engine.crashing import (
    Crashes,
)
from tests.trunkline.engine.stepping import what_is_held
from tests.trunkline.engine.test_boundaries import BERLIN, EAST, SOON, WEST, exchange
from trunkline.config import Config
from trunkline.engine import Engine, RunResult


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
