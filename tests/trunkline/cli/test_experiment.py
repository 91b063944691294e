"""`trunkline experiment`: many seeds and settings, on all cores."""

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


def files(folder: Path) -> list[Path]:
    return sorted((folder / "experiment").glob("*.json"))


def everybody_has_left(group: int) -> bool:
    """Wait for the last process of a group; whoever tidies up after the others may take a moment."""
    for _ in range(300):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_settings_are_compared_over_seeds_and_what_is_done_is_not_made_again(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    arguments = ("experiment", str(config), "--seeds", "3", "--set", "rotation=uniform,proportional")

    first = trunkline(*arguments)
    made = {path: path.stat().st_mtime_ns for path in files(tmp_path)}
    again = trunkline(*arguments, "--json")

    assert first.returncode == 0, first.stderr
    assert "2 settings, 3 seeds, 6 runs" in first.stdout
    assert "rotation=proportional" in first.stdout
    assert {path: path.stat().st_mtime_ns for path in files(tmp_path)} == made
    found = json.loads(again.stdout)
    assert [row["setting"] for row in found["settings"]] == ["rotation=uniform", "rotation=proportional"]
    assert found["settings"][1]["differences"]["answered"]["count"] == 3
    assert len(found["runs"]) == len(made) == 6


def test_the_same_experiment_comes_to_the_same_on_one_process_and_on_two(
    config: Path, trunkline: Command
) -> None:
    one, two = (
        trunkline("experiment", str(config), "--seeds", "4", "--jobs", jobs, "--output", jobs, "--json")
        for jobs in ("1", "2")
    )

    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout


def test_a_failed_run_is_told_and_its_figures_are_left_out(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    assert trunkline("experiment", str(config), "--seeds", "2").returncode == 0
    spoiled = json.loads(files(tmp_path)[0].read_text())
    files(tmp_path)[0].write_text(
        json.dumps({**spoiled, "status": "failed", "error": "no memory", "figures": None, "summary": None})
    )

    done = trunkline("experiment", str(config), "--seeds", "2", "--json")
    retried = trunkline("experiment", str(config), "--seeds", "2", "--retry-failed")

    assert done.returncode == 1
    assert done.stderr == "trunkline: 1 runs failed, first: no memory\n"
    assert json.loads(done.stdout)["settings"][0]["figures"]["answered"]["count"] == 1
    assert retried.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_keeps_what_is_done(
    config: Path, trunkline: Command, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-m", "trunkline", "experiment", str(config), "--seeds", "5000", "--jobs", "1"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(900):
        if len(files(tmp_path)) >= 2:
            break
        time.sleep(0.1)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    kept = len(files(tmp_path))

    assert process.returncode == code
    assert said == f"trunkline: stopped; {kept} of 5000 runs are kept in experiment\n"
    assert 2 <= kept < 5000
    assert not [name for name in os.listdir(tmp_path / "experiment") if not name.endswith(".json")]
    assert everybody_has_left(process.pid)


def test_what_can_not_be_run_is_one_clear_error(config: Path, trunkline: Command) -> None:
    for arguments, said in (
        (["--set", "rotatio=uniform"], '--set: "rotatio" is no option of a campaign; did you mean'),
        (["--set", "rotation=unifrm"], "rotation=unifrm: campaigns[0].rotation"),
        (["--seeds", "0"], "--seeds must be 1 or more"),
        (["--level", "1"], "--level: 1 is none"),
        (["--jobs", "0"], "--jobs must be 1 or more"),
        (["--dask", "nonsense"], "--dask: 'nonsense' is no scheduler's address; write it as in tcp://"),
        (["--output", str(config)], f"--output: {config} can't be written to: there is a file of that name"),
    ):
        done = trunkline("experiment", str(config), *arguments)

        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_damaged_result_is_told_and_its_run_is_made_again(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    assert trunkline("experiment", str(config), "--seeds", "2").returncode == 0
    first, second = files(tmp_path)
    whole = first.read_bytes()
    first.write_bytes(whole[:100])
    unharmed = second.stat().st_mtime_ns

    done = trunkline("experiment", str(config), "--seeds", "2")

    assert done.returncode == 0
    assert done.stderr.startswith(
        f"trunkline: experiment/{first.name} is damaged, so its run is made again: "
    )
    assert first.read_bytes() == whole
    assert second.stat().st_mtime_ns == unharmed


def test_a_cluster_that_is_not_there_is_told(config: Path, trunkline: Command) -> None:
    done = trunkline("experiment", str(config), "--dask", "tcp://127.0.0.1:9")

    assert done.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
