"""`trunkline simulate`: a campaign in virtual time."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_simulation_accounts_for_every_row(config: Path, trunkline: Command) -> None:
    done = trunkline("simulate", str(config), "--seed", "1", "--json")

    assert done.returncode == 0, done.stderr
    (campaign,) = json.loads(done.stdout)["campaigns"]
    assert campaign["rows"] == 41
    ends = ("reached", "exhausted", "canceled", "stalled", "rejected")
    assert sum(campaign[end] for end in ends) == 41
    assert campaign["rejected"] == 1


def test_the_same_seed_writes_the_same_log_in_another_process(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    for name, seed in (("one", "1"), ("two", "2")):
        done = trunkline(
            "simulate", str(config), "--seed", "5", "--log-file", f"{name}.log", PYTHONHASHSEED=seed
        )
        assert done.returncode == 0, done.stderr

    one, two = (tmp_path / "one.log").read_bytes(), (tmp_path / "two.log").read_bytes()

    assert one.count(b"\n") > 100
    assert one == two


def test_another_seed_dials_another_run(config: Path, trunkline: Command) -> None:
    first = json.loads(trunkline("simulate", str(config), "--seed", "1", "--json").stdout)
    second = json.loads(trunkline("simulate", str(config), "--seed", "2", "--json").stdout)

    assert first["run"] != second["run"]
    assert (first["outcomes"], first["seconds"]) != (second["outcomes"], second["seconds"])


def test_the_summary_for_people_says_how_to_repeat_the_run(config: Path, trunkline: Command) -> None:
    done = trunkline("simulate", str(config), "--seed", "7")

    assert "answer rate" in done.stdout
    assert f"repeat: trunkline simulate {shlex.quote(str(config))} --seed 7" in done.stdout


def test_an_environment_variable_stands_for_an_option(config: Path, trunkline: Command) -> None:
    done = trunkline("simulate", str(config), "--json", TRUNKLINE_SEED="11")

    assert json.loads(done.stdout)["seed"] == 11


def test_the_log_can_go_to_standard_output(config: Path, trunkline: Command) -> None:
    done = trunkline("simulate", str(config), "--seed", "1", "--log-file", "-", "--quiet")

    first = done.stdout.splitlines()[0]
    assert json.loads(first)["event"] == "engine.started"


def test_a_campaign_without_an_eligible_number_stalls(config: Path, trunkline: Command) -> None:
    scenario = "".join(
        f'\n[[scenario.events]]\nat = "10s"\nkind = "flag_number"\nnumber = "{number}"\n'
        for number in ("+14155550100", "+442071838750")
    )
    config.write_text(config.read_text() + scenario)

    done = trunkline("simulate", str(config), "--seed", "1", "--json")

    assert done.returncode == 3
    assert "no_eligible_number" in done.stderr
    (campaign,) = json.loads(done.stdout)["campaigns"]
    assert campaign["stalled"] > 0
    ends = ("reached", "exhausted", "canceled", "stalled", "rejected")
    assert sum(campaign[end] for end in ends) == campaign["rows"]
