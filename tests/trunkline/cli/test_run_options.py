"""Each option of `[run]`, in a command that does otherwise without it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parents[3]


def events(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture
def two(config: Path) -> Path:
    text = config.read_text()
    campaign = text[text.index("[[campaigns]]") :]
    config.write_text(text + campaign.replace('"spring"', '"fall"'))
    return config


def test_only_the_campaign_that_is_named_is_dialed(two: Path, trunkline: Command) -> None:
    def dialed(*arguments: str) -> list[str]:
        done = trunkline("simulate", str(two), "--seed", "1", "--json", *arguments)
        return [campaign["campaign"] for campaign in json.loads(done.stdout)["campaigns"]]

    assert dialed() == ["spring", "fall"]
    assert dialed("--campaign", "fall") == ["fall"]
    two.write_text(two.read_text() + '\n[run]\ncampaign = "fall"\n')
    assert dialed() == ["fall"]


def test_virtual_time_starts_when_it_is_told(config: Path, trunkline: Command, tmp_path: Path) -> None:
    trunkline("simulate", str(config), "--start", "2027-03-01T09:00:00+01:00", "--log-file", "run.log")

    assert events(tmp_path / "run.log")[0]["timestamp"] == "2027-03-01T08:00:00.000000Z"


def test_the_log_level_says_what_is_logged(config: Path, trunkline: Command, tmp_path: Path) -> None:
    def logged(level: str) -> set[object]:
        trunkline("simulate", str(config), "--seed", "1", "--log-file", "run.log", "--log-level", level)
        return {event["level"] for event in events(tmp_path / "run.log")}

    assert logged("debug") == {"debug", "info", "warning"}
    assert logged("info") == {"info", "warning"}
    assert logged("warning") == {"warning"}
    assert logged("error") == set()


def test_a_time_scale_shortens_calls(config: Path, trunkline: Command, tmp_path: Path) -> None:
    """A minute's call takes 60 ms: at full length the command would outlast its time limit."""
    never = "\n[campaigns.retry_after]\nno_answer = 'never'\nvoicemail = 'never'\nbusy = 'never'\n"
    config.write_text(config.read_text() + never + "failed = 'never'\ncallback = 'never'\n")

    trunkline("run", str(config), "--time-scale", "0.001", "--log-file", "run.log", "--quiet")

    rings = [
        event["ring_seconds"] for event in events(tmp_path / "run.log") if event["event"] == "call.ended"
    ]
    assert len(rings) >= 40
    assert sum(float(str(ring)) for ring in rings if ring is not None) / len(rings) < 1


def test_after_the_drain_calls_are_hung_up(config: Path) -> None:
    """The calls would last for a minute each, the drain lasts no time."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "run", str(config), "--log-file", "-", "--drain", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    while '"dispatch.granted"' not in process.stdout.readline():
        assert process.poll() is None

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=100)

    ends = [json.loads(line) for line in said.splitlines() if '"call.ended"' in line]
    assert process.returncode == 143
    assert {(end["outcome"], end["cause"]) for end in ends} == {("canceled", "closing")}


def test_quiet_says_results_and_errors_only(config: Path, trunkline: Command) -> None:
    quick = "\n[campaigns.retry_after]\nno_answer = 'never'\nvoicemail = 'never'\nbusy = 'never'\n"
    config.write_text(config.read_text() + quick + "failed = 'never'\ncallback = 'never'\n")

    loud = trunkline("run", str(config), "--time-scale", "0.001")
    quiet = trunkline("run", str(config), "--time-scale", "0.001", "--quiet", "--journal", "other")

    assert '"engine.started"' in loud.stderr
    assert quiet.stderr == ""
    assert "answer rate" in quiet.stdout


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colour_is_as_wanted(config: Path, trunkline: Command, color: str, coloured: bool) -> None:
    done = trunkline("simulate", str(config), "--seed", "1", "--color", color)

    assert ("\x1b[" in done.stdout) == coloured


@pytest.mark.parametrize(("arguments", "shown"), [([], True), (["--no-progress"], False)])
def test_a_progress_bar_is_shown_on_a_terminal_only_if_wanted(
    config: Path, arguments: list[str], shown: bool
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "simulate", str(config), "--seed", "1", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        said += read
    os.close(ours)

    assert process.wait(timeout=100) == 0
    assert (b"of 41" in said or b"/41" in said) == shown, said[:500]
