"""`trunkline run`: a campaign in real time, with short simulated calls."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parents[3]
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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_lets_calls_end_and_then_exits(
    config: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    config.write_text(config.read_text() + "\n[run]\ntime_scale = 0.02\n")
    log = tmp_path / "run.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "run", str(config), "--log-file", str(log), "--drain", "20s"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 60
    while not (log.exists() and b"dispatch.granted" in log.read_bytes()):
        assert time.monotonic() < deadline, "no call was placed"
        time.sleep(0.05)

    process.send_signal(number)
    _, errors = process.communicate(timeout=60)

    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert process.returncode == code, errors
    assert events.count("dispatch.granted") == events.count("call.ended")
    assert events[-1] == "engine.stopped"
