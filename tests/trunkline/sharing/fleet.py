"""Several engines in one virtual system, which share limits by one ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import trio

from runtime.carriers.base import Line
from runtime.kernel import ActorSystem, VirtualClock
from runtime.kernel.clock import DEFAULT_START
from runtime.ledger.ledger import Answer
from runtime.ledger.statement import Away, Statement
from runtime.observe.events import DispatchGranted, Event
from tests.runtime.ledger.embedded import Server
from tests.trunkline.sharing.arbiter import Arbiter
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.engine.sharing import Sharing

LEASE = 10.0
NAMESPACE = "test"


NUMBERS = ("+14155550100", "+14155550101", "+14155550102")


def pilot(
    *,
    connection: int = 10,
    tenant: int = 40,
    rate: int | None = None,
    number: int | None = None,
    day: int | None = None,
    campaign: int | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Give one connection, three numbers and one campaign, with these limits."""
    east = {"name": "east", "max_concurrent": connection, "max_calls_per_second": rate}
    numbers = [
        {"number": one, "connection": "east", "max_concurrent": number, "max_calls_per_day": day}
        for one in NUMBERS
    ]
    spring = {
        "name": "spring",
        "primary": NUMBERS[0],
        "pool": list(NUMBERS[1:]),
        "contacts": "contacts.csv",
        "max_attempts": 1,
        "max_ring_seconds": 10,
        "max_call_seconds": 20,
        "max_concurrent": campaign,
        **options,
    }
    return {
        "tenants": [{"name": "acme", "max_concurrent": tenant}],
        "connections": [_set_only(east)],
        "numbers": [_set_only(one) for one in numbers],
        "campaigns": [_set_only(spring)],
    }


def _set_only(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}


def limits_of(tables: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Give the limits of such tables by kind and name."""
    limits = {("tenant", one["name"]): one["max_concurrent"] for one in tables["tenants"]}
    for kind, rows, name in (
        ("connection", tables["connections"], "name"),
        ("number", tables["numbers"], "number"),
        ("campaign", tables["campaigns"], "name"),
    ):
        limits |= {(kind, one[name]): one["max_concurrent"] for one in rows if "max_concurrent" in one}
    for one in tables["connections"]:
        if "max_calls_per_second" in one:
            limits["rate", one["name"]] = one["max_calls_per_second"]
    return limits


class Wire:
    """A daemon's way to the ledger: takes its time, and may be cut."""

    def __init__(self, server: Server, system: ActorSystem, random: Random) -> None:
        self.server = server
        self.system = system
        self.cut = False
        self.statements = 0
        self._random = random

    def state(self, statements: Sequence[Statement], answer: Callable[[Sequence[Answer]], None]) -> None:
        """Carry statements to the ledger; nobody hears of them where the wire is cut."""
        self.statements += len(statements)
        self.system.call_later(self._random.uniform(0.001, 0.02), lambda: self._arrive(statements, answer))

    def _arrive(self, statements: Sequence[Statement], answer: Callable[[Sequence[Answer]], None]) -> None:
        if self.cut:
            away = [Away(one.resource, one.version, "cut off") for one in statements]
            self.system.call_later(1.0, lambda: answer(away))
            return
        replies = [self.server.state(NAMESPACE, one) for one in statements]
        self.system.call_later(self._random.uniform(0.001, 0.02), lambda: answer(replies))


class Daemon:
    """One engine of a fleet, its wire and its log."""

    def __init__(self, name: str, engine: Engine, wire: Wire, log: list[tuple[float, Event]]) -> None:
        self.name = name
        self.engine = engine
        self.wire = wire
        self.log = log
        self.died = trio.Event()
        """It was killed: it comes to no end."""

    async def end(self) -> None:
        """Wait until it has come to its end, or was killed."""
        async with trio.open_nursery() as nursery:

            async def die() -> None:
                await self.died.wait()
                nursery.cancel_scope.cancel()

            nursery.start_soon(die)
            await self.engine.finished
            nursery.cancel_scope.cancel()

    @property
    def placed(self) -> list[float]:
        """List when it placed calls, in seconds from the start."""
        start = self.engine.system.clock.start  # type: ignore[attr-defined]  # a virtual one
        return [time - start for time, event in self.log if isinstance(event, DispatchGranted)]

    def named(self, name: str) -> list[Any]:
        """List its events of a name."""
        return [event for _, event in self.log if event.event == name]


class Fleet:
    """Daemons that dial the same tables, each its own contacts."""

    def __init__(
        self,
        folder: Path,
        tables: dict[str, Any],
        seed: int = 7,
        start: datetime = DEFAULT_START,
        **arbiter: Any,
    ) -> None:
        self.folder = folder
        self.tables = tables
        self.clock = VirtualClock(start)
        self.system = ActorSystem(clock=self.clock)
        self.server = Server()
        self.random = Random(seed)
        self.arbiter = Arbiter(self.system, limits_of(tables), self.random, **arbiter)
        self.daemons: list[Daemon] = []

    def daemon(self, contacts: int, *, line: Line | None = None, **options: Any) -> Daemon:
        """Make a daemon with contacts of its own; its calls go to the arbiter, or to `line`."""
        place = len(self.daemons)
        folder = self.folder / f"daemon{place}"
        folder.mkdir()
        rows = (f"c{place}-{row},+1212{2000000 + place * 10000 + row}" for row in range(contacts))
        (folder / "contacts.csv").write_text("id,phone\n" + "\n".join(rows) + "\n")
        config = Config.from_dict(self.tables, folder=folder)
        wire = Wire(self.server, self.system, self.random)
        log: list[tuple[float, Event]] = []
        name = f"d{place}"
        engine = Engine(
            config,
            seed=place + 1,
            system=self.system,
            virtual=True,
            sinks=(lambda time, event: log.append((time, event)),),
            lines={one.connection: line or self.arbiter.line(name) for one in config.carriers},
            ends_when_stalled=False,
            sharing=Sharing(wire, **{"lease": LEASE, "host": name, **options}),
        )
        daemon = Daemon(name, engine, wire, log)
        self.daemons.append(daemon)
        return daemon

    def run(self, *acts: tuple[float, Callable[[], object]], first: int | None = None) -> None:
        """Dial until every daemon has finished; do `acts` at their virtual seconds.

        The `first` daemons start at once, all where it is None.
        """

        async def main() -> None:
            async with self.system:
                for at, act in acts:
                    self.system.call_later(at, act)
                for daemon in self.daemons[:first]:
                    daemon.engine.start()
                for daemon in self.daemons:
                    await daemon.end()
                if not any(daemon.died.is_set() for daemon in self.daemons):
                    await self.system.until_idle()

        async def limited() -> None:
            with trio.fail_after(60):
                await main()

        trio.run(limited)

    def held(self) -> dict[str, dict[str, int]]:
        """Say what the ledger counts for each node, by key."""
        return {
            key: {
                field[1:]: int(line.split()[1])
                for field, line in sorted(fields.items())
                if field.startswith("=")
            }
            for key, fields in sorted(self.server.data.items())
        }
