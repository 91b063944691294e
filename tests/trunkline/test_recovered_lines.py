"""Wherever a log breaks off, its journal gives the lines that are missing."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import msgspec
import pytest
import trio

from actors.settings import NumberSettings
from runtime.calls import E164
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from runtime.observe.events import Event
from tests.trunkline.engine.pilots import BERLIN, EAST, LONDON, always, pilot
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.log_tail import CHANGES, LogTail
from trunkline.recovered_lines import missing_lines

KEPT = frozenset(
    {
        "call.ended",
        "campaign.finished",
        "contact.finished",
        "contact.rejected",
        "contact.sticky_lost",
        "contact.sticky_set",
        "dispatch.granted",
        "dispatch.voided",
        *CHANGES,
    }
)
"""The lines that an entry of the journal stands for."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[SimulatedDisk, list[Event]]:
    """A run in which everything is changed that can be: its disk and its log."""
    folder = tmp_path_factory.mktemp("run")
    people = "".join(f"+1415555{1000 + one}\n" for one in range(12))
    (folder / "c.csv").write_text(f"phone\n{people}nobody\n")
    (folder / "d.csv").write_text(f"phone\n{people}".replace("+1415", "+1212"))
    tables = pilot(
        EAST,
        LONDON,
        options=always("answered", callback_rate=0.6),
        contacts="c.csv",
        prefer_country_match=False,
    )
    tables["campaigns"].append(tables["campaigns"][0] | {"name": "summer", "contacts": "d.csv"})
    tables["tenants"][0]["max_concurrent"] = 3
    config = Config.from_dict(tables, folder=folder)
    disk, log = SimulatedDisk(Random(1)), list[Event]()

    def ask(engine: Engine) -> None:
        later = engine.system.call_later
        number = NumberSettings(E164(BERLIN), "acme", "east", max_concurrent=2)
        later(20, lambda: engine.add_number(number, campaigns=("spring", "summer")))
        later(90, lambda: engine.flag(LONDON, reason="complaints"))
        later(4900, lambda: engine.remove_number(LONDON, campaign="spring"))
        later(310, lambda: engine.pause("spring"))
        later(320, lambda: engine.resume("spring"))
        later(330, lambda: engine.set_connection_limit("east", 1))
        later(335, lambda: engine.set_tenant_cap("acme", 2))
        later(340, lambda: engine.pause_number(EAST))
        later(345, lambda: engine.resume_number(EAST))
        later(5000, lambda: engine.unflag(LONDON))
        later(400, lambda: engine.cancel("summer"))

    async def main() -> None:
        sinks = (lambda time, event: log.append(event),)
        journal = SimulatedJournal(disk)
        with trio.fail_after(20):
            async with Engine(config, seed=1, virtual=True, sinks=sinks, journal=journal) as engine:
                ask(engine)
                await engine.finished

    trio.run(main)
    return disk, log


def tail_of(log: list[Event]) -> LogTail:
    tail = LogTail(whole=True)
    for event in log:
        tail.take(event.event, lambda field, event=event: getattr(event, field, None))  # type: ignore[misc]  # bound at once
    return tail


def told(event: Event) -> str:
    """Spell a line without what only says that it was recovered."""
    row: dict[str, Any] = msgspec.to_builtins(event, order="deterministic")
    return msgspec.json.encode({"event": event.event} | row | {"recovered": None, "seq": None}).decode()


def test_the_run_has_every_kind_of_line(ran: tuple[SimulatedDisk, list[Event]]) -> None:
    assert {event.event for event in ran[1]} >= KEPT - {"dispatch.voided"}


def test_whatever_a_crash_cuts_off_comes_back_and_nothing_else(
    ran: tuple[SimulatedDisk, list[Event]],
) -> None:
    disk, log = ran
    journal = SimulatedJournal(disk)
    recovered = journal.recover()
    assert recovered is not None
    for cut in range(1, len(log), 3):
        expected = Counter(told(event) for event in log[cut:] if event.event in KEPT)

        missing = list(missing_lines(journal, recovered, tail_of(log[:cut])))

        assert Counter(map(told, missing)) == expected, cut
        assert all(event.recovered for event in missing)
