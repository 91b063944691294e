"""Limits that a pool can't count by itself: nobody waits for what is free."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import trio

from runtime.observe.events import CallEnded, DispatchGranted, DispatchRefused, Event
from trunkline.config import Config
from trunkline.engine import Engine, RunResult


def dial(config: Config, seed: int = 1) -> tuple[RunResult, list[tuple[float, Event]]]:
    events: list[tuple[float, Event]] = []

    async def run() -> RunResult:
        sinks = (lambda time, event: events.append((time, event)),)
        async with Engine(config, seed=seed, virtual=True, sinks=sinks) as engine:
            return await engine.finished

    return trio.run(run), events


def campaign(folder: Path, contacts: int, connection: str, options: str = "", tenant: int = 100) -> Config:
    rows = "".join(f"{index},+1415{2000000 + index * 7}\n" for index in range(contacts))
    (folder / "contacts.csv").write_text("id,phone\n" + rows)
    (folder / "pilot.toml").write_text(
        f"""
[[tenants]]
name = "acme"
max_concurrent = {tenant}

[[connections]]
name = "east"
{connection}

[[numbers]]
number = "+14155552671"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155552671"
contacts = "contacts.csv"
{options}
"""
    )
    return Config.load(folder / "pilot.toml")


def peak(events: list[tuple[float, Event]]) -> int:
    in_use, most = 0, 0
    for _, event in events:
        in_use += isinstance(event, DispatchGranted)
        in_use -= isinstance(event, CallEnded)
        most = max(most, in_use)
    return most


def test_a_call_rate_delays_calls_and_keeps_no_slot_empty_for_good(tmp_path: Path) -> None:
    config = campaign(tmp_path, 400, "max_concurrent = 30\nmax_calls_per_second = 3")

    result, events = dial(config)

    assert result.reason == "finished"
    assert peak(events) == 30
    placed = [time for time, event in events if isinstance(event, DispatchGranted)]
    assert all(later - earlier >= 1.0 - 1e-6 for earlier, later in zip(placed, placed[3:], strict=False))


def test_refusals_stay_few_at_saturation(tmp_path: Path) -> None:
    config = campaign(tmp_path, 300, "max_concurrent = 10\nmax_calls_per_second = 1")

    _, events = dial(config)

    kinds = Counter(type(event) for _, event in events)
    assert kinds[DispatchRefused] <= 2 * kinds[DispatchGranted]


def test_a_thousand_contacts_pass_one_slot_one_after_the_other(tmp_path: Path) -> None:
    config = campaign(tmp_path, 1000, "max_concurrent = 1", "retry_after = { no_answer = 'never' }")

    result, events = dial(config)

    assert result.reason == "finished"
    assert peak(events) == 1
    finished = result.campaigns["spring"]
    assert finished.rows == finished.reached + finished.exhausted == 1000


def test_the_tenants_cap_is_used_in_full_and_never_passed(tmp_path: Path) -> None:
    config = campaign(tmp_path, 300, "max_concurrent = 30", tenant=7)

    _, events = dial(config)

    assert peak(events) == 7


def test_each_grant_has_exactly_one_end(tmp_path: Path) -> None:
    faults = "max_concurrent = 8\noptions = { lose_events = 0.1, late_events = 0.1, duplicate_events = 0.1 }"
    config = campaign(tmp_path, 200, faults)

    result, events = dial(config)

    assert result.reason == "finished"
    grants = Counter(event.call for _, event in events if isinstance(event, DispatchGranted))
    ends = Counter(event.call for _, event in events if isinstance(event, CallEnded))
    assert grants == ends
    assert set(grants.values()) == {1}


def test_the_next_instant_of_a_call_rate_is_used_at_once(tmp_path: Path) -> None:
    quiet = "options = { failure_rate = 0, busy_rate = 0, reject_rate = 0, ring_seconds = 40 }"
    config = campaign(tmp_path, 30, f"max_concurrent = 30\nmax_calls_per_second = 3\n{quiet}")

    _, events = dial(config)

    placed = [event.waited_seconds for _, event in events if isinstance(event, DispatchGranted)]
    assert [round(waited, 3) for waited in placed[:30]] == [second for second in range(10) for _ in range(3)]


def test_a_connection_of_one_call_a_second_is_probed_in_time(tmp_path: Path) -> None:
    dead = (
        "options = { failure_rate = 1, answer_rate = 0, voicemail_rate = 0, busy_rate = 0, reject_rate = 0 }"
    )
    config = campaign(tmp_path, 40, f"max_concurrent = 5\nmax_calls_per_second = 1\n{dead}")

    result, events = dial(config)

    assert result.campaigns["spring"].exhausted == 40
    probes = [time for time, event in events if isinstance(event, DispatchGranted) and event.probe]
    assert [round(later - earlier) for earlier, later in pairwise(probes)][:3] == [
        60,
        120,
        240,
    ]
