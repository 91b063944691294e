"""Two runs side by side."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.compare import Comparison, Difference, compare
from trunkline.compare.comparison import direction
from trunkline.compare.intervals import newcombe
from trunkline.summary.paths import parse_path


@pytest.fixture(scope="module")
def found(small_run: Any) -> Comparison:
    return compare(small_run(rotation="uniform"), small_run(rotation="proportional", max_attempts=2))


def figure(comparison: Comparison, name: str) -> Difference:
    (one,) = [one for one in comparison.differences if one.figure == name]
    return one


def test_every_figure_of_either_run_stands_once(found: Comparison) -> None:
    names = [one.figure for one in found.differences]

    assert len(set(names)) == len(names) > 60
    assert {"answer_rate", "wait.mean", "connection.east.peak", 'number."+14155550100".share'} <= set(names)
    assert "try.2.answer_rate" in names


def test_a_rate_has_newcombes_interval(found: Comparison) -> None:
    rate, answered, counted = (figure(found, name) for name in ("answer_rate", "answered", "counted"))

    assert rate.a is not None
    assert rate.b is not None
    assert rate.difference == pytest.approx(rate.b - rate.a)
    expected = newcombe(
        (int(answered.a or 0), int(counted.a or 0)), (int(answered.b or 0), int(counted.b or 0))
    )
    assert (rate.low, rate.high) == pytest.approx(expected, abs=1e-8)


def test_a_reach_rate_and_a_mean_wait_have_intervals_too(found: Comparison) -> None:
    for name in ("contact.reach_rate", "wait.mean", "campaign.spring.answer_rate"):
        one = figure(found, name)
        assert one.low is not None, name
        assert one.low <= (one.difference or 0.0) <= (one.high or 0.0), name


def test_a_run_differs_from_itself_in_nothing(small_run: Any) -> None:
    summary = small_run()

    for one in compare(summary, summary).differences:
        assert one.difference in (0.0, None)
        assert not one.certain


def test_weighted_rotation_is_surely_better_than_even_where_numbers_differ(small_run: Any) -> None:
    one = figure(compare(small_run(rotation="uniform"), small_run(rotation="proportional")), "answer_rate")

    assert one.certain
    assert one.worsening is not None
    assert one.worsening < 0


def test_a_wider_level_gives_a_wider_interval(small_run: Any) -> None:
    a, b = small_run(seed=1), small_run(seed=2)
    narrow, wide = (figure(compare(a, b, level=level), "answer_rate") for level in (0.8, 0.99))

    assert (wide.low or 0) < (narrow.low or 0) <= (narrow.high or 0) < (wide.high or 0)


def test_a_figure_of_one_run_only_has_no_difference(small_run: Any) -> None:
    one = figure(compare(small_run(max_attempts=2), small_run(max_attempts=5)), "try.5.answer_rate")

    assert one.a is None
    assert one.b is not None
    assert (one.difference, one.low, one.high) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("answer_rate", 1),
        ("contact.reached", 1),
        ("seconds", -1),
        ("wait.p95", -1),
        ("wait.retry.mean", -1),
        ("wait.count", 0),
        ("outcome.failed", -1),
        ("outcome.answered", 1),
        ("outcome.busy", 0),
        ("peak", 0),
        ("attempts", 0),
    ],
)
def test_it_is_known_which_side_is_better(name: str, better: int) -> None:
    path = parse_path(name)
    assert path is not None
    assert direction(path) == better
