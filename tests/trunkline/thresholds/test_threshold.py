"""Whether a run's figures hold a threshold."""

from __future__ import annotations

import pytest

from trunkline.thresholds import Comparison, Threshold, judge


def threshold(figure: str, comparison: Comparison, limit: float) -> Threshold:
    path = tuple(figure.split("."))
    return Threshold(
        text=f"{figure} {comparison.value} {limit}", figure=path, comparison=comparison, limit=limit
    )


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        (Comparison.ABOVE, False, False, True),
        (Comparison.AT_LEAST, False, True, True),
        (Comparison.BELOW, True, False, False),
        (Comparison.AT_MOST, True, True, False),
        (Comparison.EQUAL, False, True, False),
        (Comparison.OTHER, True, False, True),
    ],
)
def test_a_comparison_is_what_its_sign_says(
    comparison: Comparison, below: bool, at: bool, above: bool
) -> None:
    one = threshold("answer_rate", comparison, 0.5)

    assert [one.holds(value) for value in (0.4, 0.5, 0.6)] == [below, at, above]


@pytest.mark.parametrize("comparison", list(Comparison))
def test_a_figure_without_a_value_holds_nothing(comparison: Comparison) -> None:
    assert not threshold("answer_rate", comparison, 0.5).holds(None)


def test_each_threshold_is_judged_by_its_own_figure() -> None:
    thresholds = [
        threshold("answer_rate", Comparison.ABOVE, 0.25),
        threshold("wait.p95", Comparison.BELOW, 10.0),
        threshold("connection.east.peak", Comparison.AT_MOST, 3),
    ]
    figures = {"answer_rate": 0.3, "wait": {"p95": None}, "connection": {"east": {"peak": 4}}}

    found = judge(thresholds, figures, {thresholds[2]: 60.0})

    assert [(one.figure, one.value, one.passed, one.aborted_at) for one in found] == [
        ("answer_rate", 0.3, True, None),
        ("wait.p95", None, False, None),
        ("connection.east.peak", 4.0, False, 60.0),
    ]
