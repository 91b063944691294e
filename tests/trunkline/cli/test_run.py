"""`trunkline run`: a campaign in real time, with short simulated calls."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
QUICK = """
[campaigns.retry_after]
no_answer = "never"
voicemail = "never"
busy = "never"
failed = "never"
callback = "never"

[run]
time_scale = 0.002
"""


@pytest.fixture
def quick(config: Path) -> Path:
    config.write_text(config.read_text() + QUICK)
    return config


def test_a_run_dials_to_the_end_in_real_time(quick: Path, trunkline: Command) -> None:
    done = trunkline("run", str(quick), "--seed", "1", "--json", "--log-file", "run.log")

    assert done.returncode == 0, done.stderr
    (campaign,) = json.loads(done.stdout)["campaigns"]
    assert campaign["rows"] == 41
    assert campaign["attempts"] >= 40


def test_a_log_that_cannot_be_written_stops_the_run_and_says_so(quick: Path, trunkline: Command) -> None:
    done = trunkline("run", str(quick), "--log-file", "/dev/full", "--drain", "1s")

    assert done.returncode == 1
    assert "/dev/full" in done.stderr
    assert "Traceback" not in done.stderr
