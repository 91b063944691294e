"""A run that dies again and again, at any entry of its journal, and goes on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio

from runtime.observe.events import Event
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

CONTACTS = 40
NO_FAULTS = {"failure_rate": 0}
"""A carrier failure is no attempt: without any, no contact is called more than three times."""
TABLES: dict[str, Any] = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [
        {"name": "east", "max_concurrent": 3, "max_calls_per_second": 5, "options": NO_FAULTS},
        {"name": "west", "max_concurrent": 3, "options": NO_FAULTS},
    ],
    "numbers": [
        {"number": "+14155550100", "connection": "east", "max_calls_per_day": 30},
        {"number": "+442071838750", "connection": "west"},
    ],
    "campaigns": [
        {"name": "spring", "primary": "+14155550100", "pool": ["+442071838750"], "contacts": "c.csv"}
    ],
}


class Killed(Exception):
    """The process is gone."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(CONTACTS))
    (tmp_path / "c.csv").write_text(f"id,phone\n{rows}bad,no phone\n")
    return Config.from_dict(TABLES, folder=tmp_path)


def live(config: Config, disk: KeptDisk, log: list[Event]) -> RunResult | None:
    """Live until the campaign is done, or until the disk takes nothing more: then None."""

    async def main() -> RunResult:
        with trio.fail_after(20):
            sinks = (lambda time, event: log.append(event),)
            async with Engine(config, seed=1, virtual=True, sinks=sinks, journal=KeptJournal(disk)) as engine:
                while not engine.finished_already:
                    await trio.lowlevel.checkpoint()
                    if disk.dead:
                        raise Killed
                return await engine.finished

    try:
        return trio.run(main)
    except Killed:
        return None


@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_dies_at_any_entry_calls_nobody_too_often_and_forgets_nobody(
    config: Config, seed: int
) -> None:
    random = Random(seed)
    disk, log = KeptDisk(), list[Event]()
    result = None
    for _ in range(6):
        disk.dies_after = len(disk.records) + random.randint(3, 60)
        result = live(config, disk, log)
        if result is not None:
            break
    disk.dies_after = None
    if result is None:
        result = live(config, disk, log)

    assert result is not None
    grants = [event for event in log if event.event == "dispatch.granted"]
    calls = [event.call for event in grants]  # type: ignore[attr-defined]  # looked at by its name
    tried = Counter(event.contact for event in grants)  # type: ignore[attr-defined]  # likewise
    finished = Counter(event.contact for event in log if event.event == "contact.finished")  # type: ignore[attr-defined]  # likewise
    done = result.campaigns["spring"]
    assert len(calls) == len(set(calls)), "a call id was used twice"
    assert max(tried.values()) <= 3
    assert finished == Counter({f"c{number}": 1 for number in range(CONTACTS)})
    assert (done.rows, done.rejected) == (CONTACTS + 1, 1)
    assert done.attempts == len(calls)


def test_a_finished_run_dials_nobody_when_it_is_started_again(config: Config) -> None:
    disk, log = KeptDisk(), list[Event]()
    first = live(config, disk, log)
    log.clear()

    again = live(config, disk, log)

    assert again is not None
    assert first is not None
    assert again.campaigns == first.campaigns
    assert [event.event for event in log] == ["engine.recovered", "engine.stopped"]
