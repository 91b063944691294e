"""The bench of the doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.ailments.catalogue import AILMENTS
from bench.doctor import QUICK, Ending, _row

ROOT = Path(__file__).parents[2]


def test_the_matrix_counts_what_was_right_and_what_it_was_called_otherwise() -> None:
    one = next(row for row in AILMENTS if row.name == "number collapses")
    right = Ending(one.name, 1, "answer_rate_drop", "number", one.subject, 120, 1)
    missed = Ending(one.name, 2, None, None, None, None, 0)
    another = Ending(one.name, 3, "answer_rate_drop", "number", "+12125552368", 150, 1)

    row = _row(one, [right, right, missed, another])

    assert (row["right"], row["of"]) == (2, 4)
    assert row["called otherwise"] == "healthy 1, answer_rate_drop: number +12125552368 1"
    assert row["calls p50"] == 120


def test_there_are_ten_ailments_at_least_and_a_healthy_campaign() -> None:
    causes = {(one.kind, one.cause) for one in AILMENTS if one.kind is not None}

    assert len(causes) >= 10
    assert sum(one.kind is None for one in AILMENTS) == 1


def test_the_quick_bench_finds_what_is_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.doctor", "--quick", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )

    figures = json.loads(done.stdout)
    assert [row["ailment"] for row in figures["rows"]] == list(QUICK)
    assert all(row["right"] == row["of"] == 1 for row in figures["rows"])
