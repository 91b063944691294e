"""Standard streams that whoever started the command had closed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def once(config: Path) -> Path:
    """Make nobody be called twice, so that a run in real time is short."""
    config.write_text(config.read_text() + "max_attempts = 1\nmax_carrier_failures = 1\n")
    return config


def in_shell(config: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a shell's line in which `$T` is the command."""
    return subprocess.run(
        line.replace("$T", f"{shlex.quote(sys.executable)} -m trunkline"),
        shell=True,
        capture_output=True,
        text=True,
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_a_run_goes_on_to_its_end_with_streams_closed(once: Path, closed: str) -> None:
    done = in_shell(once, f"$T run pilot.toml --time-scale 0.001 --summary summary.json {closed}")

    assert done.returncode == 0
    assert (once.parent / "summary.json").exists()


def test_what_is_said_on_a_closed_standard_error_gets_into_no_file(once: Path) -> None:
    once.write_text(once.read_text() + '\n[thresholds]\nanswer_rate = "> 99 %"\n')

    done = in_shell(once, "$T run pilot.toml --time-scale 0.001 --quiet --log-file run.log 2>&-")

    assert done.returncode == 3
    for path in once.parent.iterdir():
        assert b"threshold failed" not in path.read_bytes()


def test_contacts_from_a_closed_standard_input_are_an_empty_file(once: Path) -> None:
    once.write_text(once.read_text().replace('"contacts.csv"', '"-"'))

    done = in_shell(once, "$T simulate pilot.toml --quiet --json <&-")

    assert done.returncode == 1
    assert done.stderr.startswith("trunkline: <stdin>: it is empty")
    assert "Traceback" not in done.stderr
