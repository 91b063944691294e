"""`trunkline compare`: two runs side by side, from their summaries."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def summaries(small_run: Any, tmp_path: Path) -> tuple[str, str]:
    """Write the summaries of two runs; the second answers more."""
    for name, rotation in (("a.json", "uniform"), ("b.json", "proportional")):
        (tmp_path / name).write_bytes(msgspec.json.encode(small_run(rotation=rotation)))
    return "a.json", "b.json"


def test_two_runs_stand_side_by_side(summaries: tuple[str, str], trunkline: Command) -> None:
    done = trunkline("compare", *summaries)

    assert done.returncode == 0, done.stderr
    assert "answer_rate" in done.stdout
    assert "95 % interval" in done.stdout


def test_json_holds_every_figure_and_what_was_judged(summaries: tuple[str, str], trunkline: Command) -> None:
    done = trunkline("compare", *summaries, "--json", "--max-regression", "answer_rate 99%")

    found = json.loads(done.stdout)
    (rate,) = [one for one in found["differences"] if one["figure"] == "answer_rate"]
    assert rate["low"] <= rate["difference"] <= rate["high"]
    assert found["regressions"][0]["passed"] is True


def test_a_regression_fails_with_exit_code_3(summaries: tuple[str, str], trunkline: Command) -> None:
    worse, better = summaries

    down = trunkline("compare", better, worse, "--max-regression", "answer_rate 0%")
    up = trunkline("compare", worse, better, TRUNKLINE_MAX_REGRESSION="answer_rate 0%; seconds 90d")

    assert down.returncode == 3
    assert "--max-regression 'answer_rate 0%': worse by" in down.stderr
    assert up.returncode == 0, up.stderr


def test_what_can_not_be_compared_is_one_clear_error(
    summaries: tuple[str, str], trunkline: Command, tmp_path: Path
) -> None:
    (tmp_path / "nothing.json").write_text("{}")
    for arguments, said in (
        (["missing.json"], "missing.json can't be read: there is no such file or folder"),
        (["nothing.json"], "nothing.json: no summary of a run"),
        (["a.json", "--level", "2"], "--level: 2 is none"),
        (
            ["a.json", "--max-regression", "answer_rat 2%"],
            'no figure "answer_rat"; did you mean "answer_rate"?',
        ),
        (["a.json", "--max-regression", "connection.eats.full 2%"], "neither run has"),
    ):
        done = trunkline("compare", "a.json", *arguments)

        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_summary_of_another_version_is_refused(
    summaries: tuple[str, str], trunkline: Command, tmp_path: Path
) -> None:
    later = {**json.loads((tmp_path / "b.json").read_text()), "schema_version": 99}
    (tmp_path / "later.json").write_text(json.dumps(later))

    done = trunkline("compare", "a.json", "later.json")

    assert done.returncode == 2
    assert done.stderr.startswith("trunkline: later.json: its schema_version is 99, this Trunkline reads ")
    assert done.stdout == ""
