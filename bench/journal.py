"""What durability costs: attempts a second by journal, the loop saturated.

    python -m bench.journal --folder /var/tmp

Every call is answered and over at once, so that nothing but the engine and
its journal takes time; more calls may be up at once than the disk can make
durable, so that the groups are as large as they come. Beside the journal in
memory and the one in a file stands the same file with a commit for each
record: two an attempt, as without groups.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import msgspec
import trio

from bench.audience import write_contacts
from bench.dialing import CAMPAIGN, Size, configure
from bench.figures import Figures, Ratio, parser, present
from runtime.carriers import InstantLine, Line
from runtime.journal.base import Journal, Record
from runtime.journal.memory import MemoryJournal
from runtime.journal.sqlite import SqliteJournal
from runtime.journal.sqlite.writer import SqliteWriter
from runtime.kernel import ActorSystem
from runtime.observe.events import CallEnded, DispatchGranted, Event
from trunkline.config import Config
from trunkline.engine import Engine

MEMORY, FILE, EACH = "MemoryJournal", "SqliteJournal", "two commits an attempt"
SLOW_COMMIT_SECONDS = 300e-6
"""From here on a commit is dear enough for groups to pay as they should."""


class CommitEachWriter(SqliteWriter):
    """Commits every record by itself."""

    def _write(self, records: list[Record]) -> None:
        for record in records:
            super()._write([record])


class CommitEach(SqliteJournal):
    """The journal without groups."""

    writer_class = CommitEachWriter


class Pace(msgspec.Struct):
    """A sink that times a run from its first grant to its last end."""

    attempts: int = 0
    began: float | None = None
    ended: float = 0.0

    def __call__(self, _time: float, event: Event) -> None:
        self.ended = time.perf_counter()
        if type(event) is DispatchGranted:
            self.attempts += 1
            if self.began is None:
                self.began = self.ended

    def wants(self, kind: type[Event]) -> bool:
        """Ask for grants and ends only."""
        return kind in (DispatchGranted, CallEnded)

    @property
    def a_second(self) -> float:
        """Give the attempts a second."""
        assert self.began is not None
        return self.attempts / (self.ended - self.began)


def dial(config: Config, journal: Journal, seed: int) -> Pace:
    """Dial to the end in real time."""
    pace = Pace()

    async def run() -> None:
        system = ActorSystem()
        async with system:
            line: Line = InstantLine(system)
            lines = {row.connection: line for row in config.carriers}
            engine = Engine(config, seed=seed, system=system, lines=lines, sinks=(pace,), journal=journal)
            await engine.start()
            result = await engine.finished
            assert result.campaigns[CAMPAIGN].attempts == pace.attempts
        journal.close()

    trio.run(run)
    return pace


def sync_seconds(folder: Path, count: int = 200) -> float:
    """Give the median seconds of writing a page and making it durable by fdatasync."""
    taken = []
    path = folder / "sync"
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        for number in range(count):
            began = time.perf_counter()
            os.pwrite(file, b"x" * 4096, number * 4096)
            os.fdatasync(file)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(file)
        path.unlink()
    return median(taken)


def by_journal(config: Config, folder: Path, way: str, seed: int) -> tuple[Pace, float | None]:
    """Dial by one of the journals; the pace, and how many records a group had."""
    if way == MEMORY:
        return dial(config, MemoryJournal(), seed), None
    path = folder / "bench.journal"
    journal = (SqliteJournal if way == FILE else CommitEach)(path)
    pace = dial(config, journal, seed)
    for side in ("", "-wal", "-shm", "-owner", "-ballast"):
        with suppress(FileNotFoundError):
            Path(f"{path}{side}").unlink()
    return pace, journal.group_size


def measure(options: argparse.Namespace) -> Figures:
    contacts, rounds = (300, 1) if options.quick else (options.contacts, options.rounds)
    paces: dict[str, list[float]] = {MEMORY: [], FILE: [], EACH: []}
    groups: dict[str, list[float]] = {FILE: [], EACH: []}
    syncs: list[float] = []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        (folder / "few").mkdir()
        write_contacts(folder / "contacts.csv", contacts)
        write_contacts(folder / "few" / "contacts.csv", max(200, contacts // 10))
        size = Size(contacts, at_once=options.at_once)
        many, few = configure(folder, size), configure(folder / "few", size)
        for number in range(rounds):
            ways = list(paces) if number % 2 == 0 else list(reversed(paces))
            for way in ways:
                pace, group = by_journal(few if way == EACH else many, folder, way, options.seed)
                paces[way].append(pace.a_second)
                if group is not None:
                    groups[way].append(group)
            syncs.append(sync_seconds(folder, 20 if options.quick else 200))
    sync = median(syncs)
    dear = sync >= SLOW_COMMIT_SECONDS
    return Figures(
        bench="journal",
        settings={
            "contacts": contacts,
            "rounds": rounds,
            "seed": options.seed,
            "at once": options.at_once,
            "fdatasync us": round(sync * 1e6, 1),
        },
        rows=[
            {
                "journal": way,
                "attempts a second": round(median(taken), 1),
                "records a commit": round(median(groups[way]), 1) if way in groups else None,
            }
            for way, taken in paces.items()
        ],
        ratios=[
            Ratio(f"{FILE} / {MEMORY}", _ratio(paces[FILE], paces[MEMORY]), at_least=0.4),
            Ratio(f"{FILE} / {EACH}", _ratio(paces[FILE], paces[EACH]), at_least=4 if dear else None),
        ],
        notes=[
            f"fdatasync of a page: {sync * 1e6:,.0f} us"
            + ("" if dear else "; below 300 us the second ratio has no aim")
        ],
    )


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the ratios, round by round."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("journal", "Attempts a second by journal, beside two commits an attempt.")
    options.add_argument("--contacts", type=int, default=10_000, help="of a turn (default: 10000)")
    options.add_argument("--rounds", type=int, default=3, help="turns of each journal (default: 3)")
    options.add_argument("--at-once", type=int, default=2_000, help="calls that may be up (default: 2000)")
    options.add_argument("--folder", help="on the disk to measure (default: the one for temporary files)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
