"""Eight daemons, one Redis, and everything goes wrong: no limit is passed, and nobody is forgotten."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.arbiter.arbiter import Limits
from tests.fleet.campaigns import Fleet
from tests.fleet.judge import violations
from tests.fleet.plan import LOSING, Happening, Trouble, at_once, draw_plan
from tests.fleet.round import Outcome, Round, Terrain

ROUNDS = int(os.environ.get("TRUNKLINE_ROUNDS", "3"))
CONTACTS = int(os.environ.get("TRUNKLINE_ROUND_CONTACTS", "10000"))
TROUBLE_SECONDS = 40.0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_goes_wrong_no_limit_is_passed_and_nobody_is_forgotten(tmp_path: Path, number: int) -> None:
    seed = Random().randrange(1 << 32)
    (tmp_path / "seed").write_text(str(seed))

    losing = number % 3 == 2
    apart = Random(seed).random() < 0.5
    terrain = Terrain(seed, CONTACTS, TROUBLE_SECONDS, losing=losing, apart=apart)

    outcome = Round(tmp_path, terrain).run()

    assert violations(outcome) == [], f"seed {seed}"
    assert len(outcome.report["by_daemon"]) == 8


# The plan


def test_every_trouble_comes_up(tmp_path: Path) -> None:
    plans = [draw_plan(Random(seed), TROUBLE_SECONDS, 8, 3.0) for seed in range(30)]

    assert {happening.trouble for plan in plans for happening in plan} == set(Trouble)


def test_redis_loses_nothing_where_it_must_not() -> None:
    plans = [draw_plan(Random(seed), TROUBLE_SECONDS, 8, 3.0, losing=False) for seed in range(30)]

    assert not {happening.trouble for plan in plans for happening in plan} & LOSING


def test_where_losses_are_kept_apart_no_daemon_is_in_trouble_about_their_time() -> None:
    plans = [draw_plan(Random(seed), TROUBLE_SECONDS, 8, 3.0, apart=True) for seed in range(30)]

    assert not [pair for plan in plans for pair in at_once(plan, 3.0)]
    assert {happening.trouble for plan in plans for happening in plan} == set(Trouble)


def test_a_kill_shortly_before_a_loss_and_one_shortly_after_it_are_at_one_time() -> None:
    loss = Happening(20.0, Trouble.REDIS_OLDER, 0, 3.0)
    kills = [Happening(at, Trouble.KILL, 1, 1.0) for at in (2.0, 10.0, 22.0, 28.0, 35.0)]

    assert at_once([loss, *kills], 3.0) == [(loss, kill) for kill in kills[1:4]]


def test_a_seed_gives_one_plan() -> None:
    assert draw_plan(Random(7), 60.0, 8, 3.0) == draw_plan(Random(7), 60.0, 8, 3.0)


def test_redis_is_hit_by_one_trouble_at_a_time_and_so_is_a_daemon() -> None:
    for seed in range(30):
        over: dict[object, float] = {}
        for happening in draw_plan(Random(seed), TROUBLE_SECONDS, 8, 3.0):
            whom = "redis" if happening.trouble in _OF_REDIS else happening.daemon
            assert happening.at >= over.get(whom, 0.0)
            over[whom] = happening.at + happening.seconds


_OF_REDIS = {trouble for trouble in Trouble if trouble.value.startswith("redis")} | {Trouble.CLOCK}


# The judge


def good(folder: Path) -> Outcome:
    """Make what a round of two contacts and one daemon leaves behind."""
    folder.mkdir(exist_ok=True)
    write_log(
        folder,
        "dispatch.granted call1 s0",
        "call.ended call1 s0",
        "contact.finished call1 s0",
        "dispatch.granted call2 s1",
        "call.ended call2 s1",
        "contact.finished call2 s1",
    )
    report = {"wrong": [], "up": 0, "calls": ["call1", "call2"], "late": []}
    fleet = Fleet("", Limits())
    ledger = {"trunkline:fleet:{connection:east}": {"=d0": "7 0 0 0"}}
    return Outcome(report, [folder], {"spring": 2}, fleet, [], [], [], ledger, 1.0, 1)


def write_log(folder: Path, *lines: str) -> None:
    with (folder / "run.log").open("w") as file:
        for line in lines:
            event, call, contact = line.split()
            told = {"event": event, "call": call, "campaign": "spring", "contact": contact, "outcome": "busy"}
            file.write(json.dumps(told, separators=(",", ":")) + "\n")


def test_a_good_round_is_not_blamed(tmp_path: Path) -> None:
    assert violations(good(tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "blame"),
    [
        ({"unfinished": ["d0"]}, "d0 is still dialing"),
        ({"failed": ["d0"]}, "d0 has failed"),
        ({"campaigns": {"spring": 3}}, "1 contacts are lost"),
        ({"ledger": {"{tenant:acme}": {"=d0": "7 2 1 0"}}}, "d0 holds 2 and uses 1"),
    ],
)
def test_what_is_not_at_rest_is_blamed(tmp_path: Path, change: dict[str, object], blame: str) -> None:
    (found,) = violations(replace(good(tmp_path), **change))  # type: ignore[arg-type]  # fields by name

    assert blame in found


@pytest.mark.parametrize(
    ("change", "blame"),
    [
        ({"wrong": ["d0: attempt 4 of contact acme/spring/s0"]}, "attempt 4"),
        ({"up": 1}, "1 calls are up"),
        ({"calls": ["call1", "call2", "call3"]}, "1 calls were placed of which no log knows"),
    ],
)
def test_what_the_carrier_saw_otherwise_is_blamed(
    tmp_path: Path, change: dict[str, object], blame: str
) -> None:
    outcome = good(tmp_path)
    outcome.report |= change

    (found,) = violations(outcome)

    assert blame in found


def test_a_contact_that_came_to_an_end_at_two_daemons_is_blamed(tmp_path: Path) -> None:
    outcome = good(tmp_path / "d0")
    (tmp_path / "d1").mkdir()
    write_log(tmp_path / "d1", "contact.finished call1 s0")
    outcome.folders.append(tmp_path / "d1")

    (found,) = violations(outcome)

    assert "1 contacts came to an end twice" in found


def test_a_call_without_an_end_is_blamed(tmp_path: Path) -> None:
    outcome = good(tmp_path)
    write_log(
        tmp_path,
        "dispatch.granted call1 s0",
        "contact.finished call1 s0",
        "dispatch.granted call2 s1",
        "call.ended call2 s1",
        "contact.finished call2 s1",
    )

    (found,) = violations(outcome)

    assert "1 calls have no end: ['call1']" in found


def test_a_call_that_was_taken_back_needs_no_end(tmp_path: Path) -> None:
    outcome = good(tmp_path / "d0")
    (tmp_path / "d1").mkdir()
    write_log(tmp_path / "d1", "dispatch.granted call3 s1", "dispatch.voided call3 s1")
    outcome.folders.append(tmp_path / "d1")

    assert violations(outcome) == []
