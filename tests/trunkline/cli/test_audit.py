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


def broken(log: Path, which: int = 0) -> int:
    """Say one end twice; the number of the line that is too much."""
    lines = log.read_text().splitlines(keepends=True)
    end = [number for number, line in enumerate(lines, 1) if '"call.ended"' in line][which]
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
    for which in (4, 2, 0):
        broken(log, which)

    done = trunkline("audit", log.name, TRUNKLINE_MOST="1")

    assert "call.end: 3 violations" in done.stdout
    assert "and 2 more" in done.stdout


def test_what_follows_from_a_violation_is_folded_into_it(log: Path, trunkline: Command) -> None:
    lines = log.read_text().splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if '"no_answer"' in line and "call.ended" in line)
    contact = json.loads(lines[end])["contact"]
    del lines[end]
    log.write_text("".join(lines))

    done = trunkline("audit", log.name, "--json")
    told = trunkline("audit", log.name)

    report = json.loads(done.stdout)
    firsts = [one for one in report["violations"] if one["follows"] is None]
    follow_ups = sum(one["count"] for one in report["follow_ups"])
    assert sum(report["counts"].values()) == follow_ups + len(firsts)
    assert len(firsts) <= 3 < follow_ups
    assert any(f'"{contact}"' in one["text"] for one in report["violations"])
    assert told.stdout.count(": expected ") == len(firsts)
    assert f"{follow_ups} of which follow from others: " in told.stdout


def test_a_log_with_events_that_are_not_known_is_not_called_clean(log: Path, trunkline: Command) -> None:
    line = json.loads(log.read_text().splitlines()[-1])
    with log.open("a") as file:
        file.write(json.dumps({**line, "event": "engine.thought"}) + "\n")

    refused = trunkline("audit", log.name)
    allowed = trunkline("audit", log.name, TRUNKLINE_ALLOW_UNKNOWN="1")

    assert (refused.returncode, allowed.returncode) == (2, 0)
    assert "1 line of engine.thought, which is no event that this version knows" in refused.stderr
    assert refused.stdout.startswith("not judged whole, 1 line of unknown events: ")
    assert allowed.stdout.startswith("clean but for 1 line of unknown events: ")


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


def test_the_logs_of_several_daemons_are_judged_together(log: Path, trunkline: Command) -> None:
    other = log.with_name("other.log")
    other.write_text(log.read_text())

    alone = trunkline("audit", "--fleet", log.name)
    twice = trunkline("audit", "--fleet", log.name, other.name)
    told = json.loads(trunkline("audit", "--fleet", log.name, other.name, "--json").stdout)

    assert alone.returncode == 0, alone.stdout
    assert alone.stdout.startswith("clean: ")
    assert twice.returncode == 4
    assert "violations. A contact has at most max_attempts calls over all daemons" in twice.stdout
    assert {one["file"] for one in told["violations"]} == {other.name}


def test_the_rules_for_several_daemons_are_listed_apart(trunkline: Command) -> None:
    listed = trunkline("audit", "--fleet", "--rules").stdout.splitlines()

    assert [line.split()[0].partition(".")[0] for line in listed] == ["fleet"] * len(listed)
    assert "fleet.once" in trunkline("audit", "--fleet", "--rules", "--json").stdout


@pytest.mark.parametrize("words", [["--complete", "run.log"], ["-"]])
def test_what_means_nothing_for_several_daemons_is_refused(
    log: Path, trunkline: Command, words: list[str]
) -> None:
    done = trunkline("audit", "--fleet", *words)

    assert done.returncode == 2
    assert "--fleet" in done.stderr
