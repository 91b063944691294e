"""A canceled campaign's contacts end when the journal knows it, not before."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import trio

from runtime.journal.entries import Swept
from runtime.journal.simulated import DiskFaults, SimulatedDisk, SimulatedJournal
from runtime.observe.events import ContactFinished, Event
from tests.trunkline.engine.pilots import pilot
from trunkline.config import Config
from trunkline.engine import Engine


def test_nobody_is_told_as_canceled_before_the_journal_knows(tmp_path: Path) -> None:
    """An attempt is voided while the cancellation itself waits for a slow disk."""
    (tmp_path / "c.csv").write_text("phone\n" + "".join(f"+1415555{1000 + one}\n" for one in range(5)))
    config = Config.from_dict(pilot(contacts="c.csv"), folder=tmp_path)
    disk = SimulatedDisk(Random(1), DiskFaults(latency_seconds=3.0))
    known: list[tuple[str, bool]] = []

    def hear(_time: float, event: Event) -> None:
        if isinstance(event, ContactFinished):
            known.append((event.result, any(isinstance(entry, Swept) for entry in disk.entries())))

    async def main() -> Any:
        with trio.fail_after(20):
            journal = SimulatedJournal(disk)
            async with Engine(config, seed=1, virtual=True, sinks=(hear,), journal=journal) as engine:
                engine.system.call_later(7.0, engine.cancel, "spring")
                engine.system.call_later(8.0, lambda: engine.close(drain=0.0))
                return await engine.finished

    trio.run(main)

    assert known
    assert all(swept for result, swept in known if result == "canceled")
