"""What a journal tells of capacity."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import trio

from bench.ailments.campaigns import Ailment, configure
from runtime.calls import E164
from runtime.contacts import NewContact
from runtime.journal.entries import AnyEntry, Ended, Intent, NumberChange, Rows
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from trunkline import Engine
from trunkline.doctor import JournalStanding, Standing, Visit


def journal_of(folder: Path, **what: Any) -> list[AnyEntry]:
    """Dial a campaign of 250 contacts, changed by `what`, and give its journal's entries."""

    def inflict(data: dict[str, Any], draws: random.Random) -> None:
        campaign = data["campaigns"][0]
        for key, value in what.items():
            if key in campaign or key in ("calling_hours", "start_at"):
                campaign[key] = value
            elif key == "events":
                data["scenario"]["events"] = value
            elif key == "tenant_cap":
                data["tenants"][0]["max_concurrent"] = value
                del campaign["max_concurrent"]
            else:
                for row in data["numbers"]:
                    row[key] = value

    config = configure(Ailment("any", None, None, inflict, contacts=250), folder, 1)
    disk = SimulatedDisk(random.Random(1))

    async def dial() -> None:
        async with Engine(config, virtual=True, seed=1, journal=SimulatedJournal(disk)) as engine:
            await engine.finished

    trio.run(dial)
    return list(disk.entries())


def visit(entries: list[AnyEntry], contact: str | None = None) -> tuple[Visit, Standing]:
    standing = JournalStanding(contact)
    listener = Visit(contact, standing)
    for timed in standing.events(entries):
        listener.feed(timed)
    (stands,) = standing.standings()
    return listener, stands


def causes(listener: Visit) -> set[tuple[str, str]]:
    return {(one.kind, one.cause) for one in listener.diagnosis().findings}


def test_numbers_at_their_day_cap_are_named_and_stall_the_campaign(tmp_path: Path) -> None:
    entries = journal_of(tmp_path, max_calls_per_day=10)
    listener, stands = visit(first(entries, 80_000.0))

    assert set(stands.numbers.values()) == {"day_cap"}
    assert len(stands.numbers) == 12
    assert stands.waiting["day_cap"] > 0
    assert ("stalled", "day_cap") in causes(listener)


def first(entries: list[AnyEntry], seconds: float) -> list[AnyEntry]:
    """Give the entries of the first seconds."""
    end = entries_start(entries) + seconds
    return entries[: next(index for index, one in enumerate(entries) if getattr(one, "at", 0.0) >= end)]


def entries_start(entries: list[AnyEntry]) -> float:
    return float(next(one.at for one in entries if isinstance(one, Intent)))


def test_a_campaign_that_ends_has_nobody_waiting(tmp_path: Path) -> None:
    listener, stands = visit(journal_of(tmp_path))

    assert stands.finished
    assert (stands.waiting, stands.in_progress, stands.next_retry) == ({}, 0, None)
    assert ("stalled", "unknown") not in causes(listener)


def test_a_tenant_cap_that_binds_is_seen_from_the_calls_in_progress(tmp_path: Path) -> None:
    listener, _ = visit(journal_of(tmp_path, tenant_cap=6))

    assert ("cap_binds", "tenant_cap") in causes(listener)


def test_a_pause_is_a_stall_by_a_person_and_over_when_resumed(tmp_path: Path) -> None:
    events = [
        {"at": 300, "kind": "pause_campaign", "campaign": "spring"},
        {"at": 1500, "kind": "resume_campaign", "campaign": "spring"},
    ]

    listener, _ = visit(journal_of(tmp_path, events=events, max_concurrent=2))

    (paused,) = [one for one in listener.diagnosis().findings if one.cause == "paused"]
    assert paused.severity == "info"
    assert paused.over is not None


def test_flagged_numbers_are_named_and_stall_for_certain(tmp_path: Path) -> None:
    entries = journal_of(tmp_path, max_concurrent=2)
    numbers = {E164(one.grant.number) for one in entries if isinstance(one, Intent)}
    cut = first(entries, 900.0)
    in_progress = {one.call for one in cut if isinstance(one, Intent)}
    ends = [one for one in entries[len(cut) :] if isinstance(one, Ended) and one.call in in_progress]
    flags = [NumberChange("flagged", number, "person") for number in sorted(numbers)]

    listener, stands = visit([*cut, *flags, *ends])

    assert set(stands.numbers.values()) == {"spam"}
    assert ("stalled", "no_eligible_number") in causes(listener)


def test_a_contact_waits_for_its_retry_its_turn_or_for_nothing(tmp_path: Path) -> None:
    entries = journal_of(tmp_path, max_concurrent=2)
    cut = first(entries, 400.0)
    tried = next(one for one in cut if isinstance(one, Ended) and one.due is not None)
    reached = next(one for one in cut if isinstance(one, Ended) and one.result == "reached")
    fresh = [row for one in cut if isinstance(one, Rows) for row in one.rows if isinstance(row, NewContact)][
        -1
    ]

    def waits(contact: str) -> tuple[str | None, float | None] | None:
        standing = JournalStanding(contact)
        assert list(standing.events(cut))
        return standing.waits_for()

    assert waits(tried.line.contact) == ("its retry", tried.due)
    assert waits(reached.line.contact) == (None, None)
    assert waits(fresh.contact) == ("campaign_full", None)
    assert waits("nobody") is None
