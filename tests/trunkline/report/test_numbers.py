"""Numbers over time in buckets that widen."""

from __future__ import annotations

from array import array

from trunkline.report.numbers import FEWEST_CALLS, MOST_BUCKETS, NumberLines, shares


def test_a_longer_run_has_wider_buckets_and_loses_no_call() -> None:
    lines = NumberLines(0.0)
    line = lines.add("spring", "+14155550100", "east")

    for second in range(5000):
        line.attempts[lines.bucket(float(second))] += 1

    assert lines.width == 32.0
    assert sum(line.attempts) == 5000
    assert set(line.attempts[: 5000 // 32]) == {32}
    assert len(line.attempts) == MOST_BUCKETS


def test_of_two_weights_the_later_one_stays() -> None:
    lines = NumberLines(0.0)
    line = lines.add("spring", "+14155550100", "east")

    line.weights[lines.bucket(0.0)] = 0.2
    line.weights[lines.bucket(1.0)] = 0.4
    lines.bucket(300.0)

    assert line.weights[0] == 0.4


def test_a_share_looks_back_until_it_has_enough_calls() -> None:
    counts = array("L", [10, 0, 0, 5])
    totals = array("L", [10, 10, 10, 10])

    assert shares(counts, totals, 4, wanted=20) == [1.0, 0.5, 0.0, 0.25]


def test_a_share_of_few_calls_is_not_drawn() -> None:
    few = array("L", [FEWEST_CALLS - 1, 1])

    assert shares(few, few, 2) == [None, 1.0]
