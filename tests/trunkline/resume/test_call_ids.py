"""A call id names one call, over all lives: also over one that its journal has forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import trio

from runtime.calls import CallRequest, Outcome
from runtime.carriers import Report
from runtime.journal.entries import AnyEntry, Intent, Started
from runtime.journal.simulated import DiskFaults, SimulatedDisk, SimulatedJournal
from runtime.kernel import ActorSystem, VirtualClock
from tests.trunkline.resume.test_what_is_kept import SilentLine, config_of, folder  # noqa: F401  # a fixture
from trunkline.config import Config
from trunkline.engine import Engine


class BusyLine(SilentLine):
    """A line on which everybody is busy."""

    def place(self, request: CallRequest, report: Report) -> None:
        super().place(request, report)
        self.end(request.call, Outcome.BUSY)


class SeenDisk(SimulatedDisk):
    """Remembers what it was handed, whether that survived or not."""

    def __init__(self) -> None:
        super().__init__(Random(1), DiskFaults(batch_seconds=1.0, latency_seconds=1.0))
        self.handed: list[AnyEntry] = []

    def write(self, entries: Sequence[AnyEntry]) -> None:
        self.handed += entries
        super().write(entries)


def live(config: Config, disk: SeenDisk, line: SilentLine, seconds: float) -> int:
    """Live for so long, then lose power with all that is not synced; return which life it was."""

    lived: list[int] = []

    async def main() -> None:
        over = trio.Event()
        with trio.fail_after(20):
            async with ActorSystem(clock=VirtualClock(config.run.start)) as system:
                engine = Engine(
                    config,
                    seed=1,
                    system=system,
                    virtual=True,
                    lines={"east": line},
                    journal=SimulatedJournal(disk),
                )
                engine.start()

                def die() -> None:
                    disk.crash(tail=0.0)
                    system.outside_request()  # time stands still
                    over.set()

                system.call_later(seconds, die)
                await over.wait()
                lived.append(engine.life)

    trio.run(main)
    return lived[0]


def test_a_life_that_was_forgotten_has_used_no_call_id(folder: Path) -> None:  # noqa: F811
    disk, config = SeenDisk(), config_of(folder)
    lines = [BusyLine() for _ in range(3)]

    lives = [live(config, disk, line, seconds) for line, seconds in zip(lines, (9.5, 1.5, 30), strict=True)]

    assert lives == [1, 2, 2], "the second life was gone before it was durable"
    calls = [entry.call for entry in disk.handed if isinstance(entry, Intent)]
    assert len(set(calls)) == len(calls)
    assert sum(isinstance(entry, Started) for entry in disk.handed) == 3
    assert all(line.placed for line in (lines[0], lines[2]))
