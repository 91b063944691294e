"""The form of all benches, and the three that compare parts."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench import log
from bench.audience import caller_ids, phones
from bench.figures import Figures, Ratio
from bench.turns import Stopwatch, Turn, Turns, in_turns
from trunkline.contacts import ContactIntake, ContactRow

ROOT = Path(__file__).parents[2]


def test_a_ratio_knows_whether_its_aim_is_met() -> None:
    assert Ratio("a / b", 10.0, at_least=10).met
    assert not Ratio("a / b", 9.9, at_least=10).met
    assert not Ratio("a / b", 2.1, at_most=2).met
    assert Ratio("a / b", 2.1).met


def test_the_table_tells_rows_ratios_and_notes() -> None:
    figures = Figures(
        "some",
        {"rounds": 1},
        [{"way": "ours", "us": 1.5}, {"way": "theirs", "us": 12345.0, "calls": 12345}],
        [Ratio("theirs / ours", 8230.0, at_least=10)],
        ["Seen."],
    )
    assert figures.as_table().splitlines() == [
        "way         us   calls",
        "ours      1.50       –",
        "theirs  12,345  12,345",
        "",
        "ratio                    aim",
        "theirs / ours  8230.00  ≥ 10  met",
        "",
        "Seen.",
    ]


def test_json_tells_the_machine_and_whether_aims_are_met() -> None:
    told = json.loads(Figures("some", {}, [], [Ratio("a / b", 1.0, at_most=2)]).as_json())
    assert told["ratios"] == [{"name": "a / b", "value": 1.0, "at_least": None, "at_most": 2, "met": True}]
    assert told["machine"]["cores"] >= 1


def test_ways_take_turns_and_every_other_round_goes_backwards() -> None:
    order: list[str] = []

    def turn(name: str, stopwatch: Stopwatch) -> None:
        with stopwatch:
            order.append(name)

    in_turns({name: partial(turn, name) for name in "abc"}, 2)
    assert order == list("abccba")


def test_ratios_are_medians_of_pairs() -> None:
    mine = Turns([Turn(1.0, 1.0), Turn(90.0, 3.0), Turn(3.0, 1.0)])
    theirs = Turns([Turn(1.0, 1.0), Turn(30.0, 1.0), Turn(1.0, 1.0)])
    assert mine.over(theirs) == 3.0
    assert mine.cpu_over(theirs) == 1.0


def test_the_people_and_numbers_of_benches_are_valid_and_distinct() -> None:
    people, ours = list(phones(600)), caller_ids(600)
    assert len({*people, *ours}) == 1200
    intake = ContactIntake(now=lambda: 0.0)
    rows = [intake.take(row, {"phone": phone}) for row, phone in enumerate([*people, *ours], 1)]
    assert all(isinstance(row, ContactRow) for row in rows)


def test_the_log_is_compared_with_every_other_way(quick: Any) -> None:
    figures = quick("log")
    assert [row["way"] for row in figures["rows"]] == [
        log.OURS,
        "trunkline, buffered",
        "json.dumps",
        "structlog as it comes",
        "below the level",
        "nobody listens",
    ]
    assert len(figures["ratios"]) == 5


def test_the_kernel_is_compared_with_pykka_on_threads(quick: Any) -> None:
    figures = quick("kernel")
    assert len(figures["rows"]) == 7
    assert figures["ratios"][0]["name"].startswith("ThreadingActor / EngineActor")


def test_contacts_are_compared_with_phonenumbers_alone(quick: Any) -> None:
    figures = quick("contacts")
    assert [row["writing"] for row in figures["rows"]] == ["e164", "international", "national"]
    assert all(row["rows"] == 200 for row in figures["rows"])


@pytest.mark.parametrize("name", ["campaign", "contacts", "dispatch", "kernel", "log", "scaling"])
def test_a_bench_is_a_command(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--json" in told
    assert "--quick" in told
