from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.audience import write_contacts
from bench.campaign import ALONE, LOGGED, OFF, ONE_ATTEMPT, RETRIES, SIMPY, size_of
from bench.dialing import configure, dial
from bench.simpy_model import Model
from bench.turns import Stopwatch


def test_the_model_and_the_engine_call_everybody_once(tmp_path: Path) -> None:
    write_contacts(tmp_path / "contacts.csv", 400)
    model = Model(size_of(400), seed=1)

    assert model.run() == 400
    assert dial(configure(tmp_path, size_of(400), **ONE_ATTEMPT), Stopwatch()).calls == 400


def test_the_model_meets_the_same_people(tmp_path: Path) -> None:
    model = Model(size_of(4000), seed=1)
    model.run()
    assert 0.27 <= model.outcomes["answered"] / 4000 <= 0.33
    assert 0.33 <= model.outcomes["no_answer"] / 4000 <= 0.41


def test_it_compares_an_attempt_with_log_and_retries(quick: Any) -> None:
    figures = quick("campaign", "--sizes", "100,200")

    of_turns, alone = figures["rows"][:5], figures["rows"][5:]
    assert [row["way"] for row in of_turns] == [SIMPY, OFF, ALONE, LOGGED, RETRIES]
    calls = {row["way"]: row["attempts"] for row in of_turns}
    assert calls[SIMPY] == calls[OFF] == calls[ALONE] == calls[LOGGED] == 300
    assert calls[RETRIES] > 300
    assert figures["settings"]["log bytes"] > 300 * 200
    assert [row["contacts"] for row in alone] == [100, 200]
    assert [ratio["at_most"] for ratio in figures["ratios"]] == [2, 1.05, 2, 1.2, 1.3, 400, 120]


def test_quick_is_quick_and_whatever_is_said_besides_holds(quick: Any) -> None:
    plain, said = quick("campaign"), quick("campaign", "--contacts", "50", "--sizes", "")

    assert plain["settings"]["contacts"] == 300
    assert [row["contacts"] for row in plain["rows"][5:]] == [100, 300]
    assert said["settings"]["contacts"] == 50
    assert len(said["rows"]) == 5


def test_no_aim_is_judged_on_tiny_sizes(quick: Any) -> None:
    figures = quick("campaign", "--contacts", "50", "--sizes", "")

    assert [one["met"] for one in figures["ratios"]] == [None, None, None, None]
    assert figures["judged"] is False
