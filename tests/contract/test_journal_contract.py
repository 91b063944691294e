"""What every journal keeps, whatever holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
from msgspec.structs import replace as with_fields

from runtime.journal.base import Durable, Journal, Record
from runtime.journal.entries import AnyEntry, Ended, Intent, NotPlaced
from runtime.journal.fold import fold
from runtime.journal.memory import MemoryJournal
from runtime.journal.recovered import Recovered
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from runtime.journal.sqlite import SqliteJournal
from runtime.kernel import ActorSystem, EngineActor, handles
from tests.runtime.journal.histories import history, rows, started
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from tests.runtime.journal.redis.holding import HoldingAll
from tests.servers.redis_server import running


@dataclass(frozen=True)
class Runtime:
    """A journal under test: `open` begins a life on what earlier lives have left."""

    name: str
    open: Callable[[], Journal]
    keeps: bool = True
    at_one_place: bool = True
    """Whether an intent is written where everything else is, so that all answers come in order."""


@pytest.fixture(params=["memory", "kept", "simulated", "sqlite", "redis"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runtime]:
    name = request.param
    path = tmp_path / "run.journal"
    if name == "memory":
        yield Runtime(name, MemoryJournal, keeps=False)
    elif name == "kept":
        disk = KeptDisk()
        yield Runtime(name, lambda: KeptJournal(disk))
    elif name == "simulated":
        simulated = SimulatedDisk(Random(1))
        yield Runtime(name, lambda: SimulatedJournal(simulated))
    elif name == "sqlite":
        yield Runtime(name, lambda: SqliteJournal(path))
    else:
        with running(tmp_path / "redis") as server:
            yield Runtime(name, lambda: HoldingAll(SqliteJournal(path), server.url), at_one_place=False)


class Listener(EngineActor):
    """Hears what the journal answers."""

    def __init__(self, heard: list[Any], expected: int, done: trio.Event) -> None:
        super().__init__()
        self.heard = heard
        self.expected = expected
        self.done = done

    def hear(self, message: Any) -> None:
        self.heard.append(message)
        if len(self.heard) == self.expected:
            self.done.set()

    @handles(Durable)
    def durable(self, message: Durable) -> None:
        self.hear(message)

    @handles(str)
    def then(self, message: str) -> None:
        self.hear(message)


async def record(journal: Journal, entries: list[AnyEntry]) -> list[Any]:
    """Record entries in one life; what was heard. Entries of no call are answered by their place."""
    heard: list[Any] = []
    done = trio.Event()
    async with ActorSystem() as system:
        listener = system.start(Listener, heard, len(entries), done)
        writer = journal.start(system, lambda condition: heard.append(condition))
        for place, entry in enumerate(entries):
            of_a_call = isinstance(entry, (Intent, Ended, NotPlaced))
            writer.tell(Record(entry, listener, None if of_a_call else f"{place}"))
        with trio.fail_after(20):
            await done.wait()
    journal.close()
    return heard


async def test_every_record_is_answered_once_and_in_order(runtime: Runtime) -> None:
    entries = history(seed=1, length=200)

    heard = await record(runtime.open(), entries)

    expected = [
        entry.call if isinstance(entry, (Intent, Ended, NotPlaced)) else f"{place}"
        for place, entry in enumerate(entries)
    ]
    answered = [one.call if isinstance(one, Durable) else one for one in heard]
    if runtime.at_one_place:
        assert answered == expected
    else:
        assert sorted(answered) == sorted(expected)
        others = [one for one in expected if one.isdecimal()]
        assert [one for one in answered if one.isdecimal()] == others


async def test_positions_count_from_one_where_they_outlive_the_process(runtime: Runtime) -> None:
    entries = history(seed=2, length=50)

    heard = await record(runtime.open(), entries)

    positions = [(one.call, one.seq) for one in heard if isinstance(one, Durable)]
    of_calls = [
        (entry.call, place if runtime.keeps else None)
        for place, entry in enumerate(entries, start=1)
        if isinstance(entry, (Intent, Ended, NotPlaced))
    ]
    # A call's intent is answered before its end, whatever else is answered in between.
    assert [one for _, one in sorted(positions, key=itemgetter(0))] == [
        one for _, one in sorted(of_calls, key=itemgetter(0))
    ]


@pytest.mark.parametrize("seed", range(6))
async def test_what_was_acknowledged_is_there_in_the_next_life(runtime: Runtime, seed: int) -> None:
    entries = history(seed, length=150)
    cut = 30 + 20 * seed
    await record(runtime.open(), entries[:cut])
    await record(runtime.open(), entries[cut:])

    recovered = runtime.open().recover()

    assert without_clocks(recovered) == (without_clocks(fold(entries)) if runtime.keeps else None)


async def test_rows_come_back_in_order_and_by_campaign(runtime: Runtime) -> None:
    spring = [rows("spring", 0, 3), rows("spring", 3, 4)]
    await record(runtime.open(), [started(), spring[0], rows("summer", 0, 2), spring[1]])

    journal = runtime.open()

    assert list(journal.rows("spring")) == ([*spring[0].rows, *spring[1].rows] if runtime.keeps else [])
    assert list(journal.rows("autumn")) == []
    journal.close()


async def test_outcomes_are_read_on_from_any_position(runtime: Runtime) -> None:
    entries = history(seed=3, length=200)
    ends = [(place, one) for place, one in enumerate(entries, start=1) if isinstance(one, Ended)]
    journal = runtime.open()
    await record(journal, entries)
    journal = runtime.open()

    first = list(journal.outcomes(0, 10))
    rest = list(journal.outcomes(first[-1].position if first else 0, 1000))
    journal.close()

    assert [(row.position, row.ended) for row in (*first, *rest)] == (ends if runtime.keeps else [])


def without_clocks(recovered: Recovered | None) -> Recovered | None:
    """Leave out what depends on the machine's clock."""
    return None if recovered is None else with_fields(recovered, seconds_left={})
