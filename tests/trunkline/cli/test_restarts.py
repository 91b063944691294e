"""`trunkline simulate` of a scenario that restarts the daemon, as a person runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "scenarios" / "daemon-restarts.toml"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_summary_and_the_log_are_of_all_lives(trunkline: Command, tmp_path: Path) -> None:
    for name, hash_seed in (("one", "1"), ("two", "2")):
        done = trunkline(
            "simulate",
            str(EXAMPLE),
            "--seed",
            "1",
            "--log-file",
            f"{name}.log",
            "--json",
            PYTHONHASHSEED=hash_seed,
        )
        assert done.returncode == 0, done.stderr

    summary = json.loads(done.stdout)
    lines = [json.loads(line) for line in (tmp_path / "one.log").read_text().splitlines()]
    (campaign,) = summary["campaigns"]
    assert campaign["rows"] == campaign["reached"] + campaign["exhausted"] == 500
    assert summary["attempts"] == sum(line["event"] == "dispatch.granted" for line in lines)
    assert [line["life"] for line in lines if line["event"] == "engine.recovered"] == [2, 3]
    assert (tmp_path / "one.log").read_bytes() == (tmp_path / "two.log").read_bytes()
    audited = trunkline("audit", "one.log")
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_a_real_daemon_is_not_restarted_by_a_scenario(trunkline: Command) -> None:
    done = trunkline("run", str(EXAMPLE), "--journal", "restarts.journal")

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "scenario.events: " in done.stderr
    assert "trunkline simulate" in done.stderr
    assert not list(Path().glob("restarts.journal*"))


def test_a_threshold_is_looked_at_in_every_life(trunkline: Command) -> None:
    done = trunkline(
        "simulate",
        str(EXAMPLE),
        "--seed",
        "1",
        "--threshold",
        "attempts < 50",
        "--abort-on-fail",
        "15m",
        "--json",
    )

    assert done.returncode == 3, done.stderr
    summary = json.loads(done.stdout)
    assert summary["reason"] == "closed"
    assert [one["aborted_at"] for one in summary["thresholds"]] == [900.0]
