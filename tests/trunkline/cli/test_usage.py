"""What the command line says to those who use it wrongly, or ask it for help."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.toml"], "nowhere.toml"),
        (["simulate"], "CONFIG"),
        (["dial"], "dial"),
        (["simulate", "pilot.toml", "--seed", "x"], "--seed"),
        (["simulate", "pilot.toml", "--campaign", "autumn"], "autumn"),
        (["simulate", "pilot.toml", "--log-level", "loud"], "log"),
    ],
)
def test_wrong_usage_is_one_clear_error(
    config: Path, trunkline: Command, arguments: list[str], said: str
) -> None:
    done = trunkline(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_error_of_the_configuration_names_its_place(config: Path, trunkline: Command) -> None:
    config.write_text(config.read_text().replace("max_concurrent = 4", "max_concurent = 4"))

    done = trunkline("simulate", config.name)

    assert done.returncode == 2
    assert 'did you mean "max_concurrent"?' in done.stderr
    assert "pilot.toml:4:1" in done.stderr


def test_a_contacts_file_that_cannot_be_read_stops_before_anything_starts(
    config: Path, trunkline: Command
) -> None:
    (config.parent / "contacts.csv").write_bytes(b'id,phone\n1,"+14155552671\n')

    done = trunkline("simulate", config.name, "--log-file", "run.log")

    assert done.returncode == 2
    assert "contacts.csv" in done.stderr
    assert not (config.parent / "run.log").exists()


def test_the_version_names_what_a_run_depends_on(trunkline: Command) -> None:
    done = trunkline("--version")

    assert done.returncode == 0
    for name in ("trunkline", "python", "trio", "phone_metadata", "tz_database"):
        assert name in done.stdout


def test_the_schema_is_json(trunkline: Command) -> None:
    assert "properties" in json.loads(trunkline("schema").stdout)


def test_the_events_are_described(trunkline: Command) -> None:
    assert "dispatch.granted" in trunkline("events").stdout
    assert json.loads(trunkline("events", "--json").stdout)


def test_a_closed_pipe_is_quiet(config: Path) -> None:
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m trunkline events | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_help_lists_the_exit_codes(trunkline: Command) -> None:
    said = trunkline("--help").stdout

    assert "Exit codes" in said
