"""`trunkline audit`: check a log against every rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def log(config: Path, trunkline: Command) -> Path:
    path = config.parent / "run.log"
    assert trunkline("simulate", config.name, "--seed", "1", "--log-file", path.name).returncode == 0
    return path


def broken(log: Path) -> int:
    """Say one end twice; the number of the line that is too much."""
    lines = log.read_text().splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines, 1) if '"call.ended"' in line)
    lines.insert(end, lines[end - 1])
    log.write_text("".join(lines))
    return end + 1


def test_a_clean_log_is_told_in_a_line(log: Path, trunkline: Command) -> None:
    done = trunkline("audit", log.name, "--complete")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("clean: ")
    assert "40 contacts, 1 run" in done.stdout


def test_a_violation_is_told_with_rule_line_and_what_was_expected(log: Path, trunkline: Command) -> None:
    line = broken(log)

    done = trunkline("audit", log.name)

    assert done.returncode == 4
    assert "call.end: 1 violation" in done.stdout
    assert f"run.log:{line}: expected call " in done.stdout
    assert log.read_text().splitlines()[line - 1] in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 violation: ")


def test_json_tells_the_same(log: Path, trunkline: Command) -> None:
    line = broken(log)

    done = trunkline("audit", log.name, "--json")

    assert done.returncode == 4
    report = json.loads(done.stdout)
    assert report["clean"] is False
    assert report["counts"] == {"call.end": 1}
    (violation,) = report["violations"]
    assert (violation["file"], violation["line"]) == ("run.log", line)


def test_only_so_many_of_each_rule_are_shown_and_all_are_counted(log: Path, trunkline: Command) -> None:
    for _ in range(3):
        broken(log)

    done = trunkline("audit", log.name, TRUNKLINE_MOST="1")

    assert "call.end: 3 violations" in done.stdout
    assert "and 2 more" in done.stdout


def test_standard_input_is_a_log_too(log: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", "audit", "-"],
        input=log.read_text() + "no json\nat all\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("trunkline: standard input:")
    assert "no JSON object" in done.stderr
    assert done.stdout == ""


def test_the_rules_are_listed(trunkline: Command) -> None:
    done = trunkline("audit", "--rules")
    listed = json.loads(trunkline("audit", "--rules", "--json").stdout)

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(listed) > 50
    assert {"connection.limit", "sticky.kept", "tier.order"} <= {one["rule"] for one in listed}


def test_a_log_is_needed(trunkline: Command) -> None:
    done = trunkline("audit")

    assert done.returncode == 2
    assert "LOG" in done.stderr
