"""How much worse a figure may get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.compare import BadRegression, Comparison, Difference, judge, read_regression
from trunkline.compare.regression import Regression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("answer_rate 2%", ("answer_rate", 0.02, True)),
        ("answer_rate 0.01", ("answer_rate", 0.01, False)),
        (" wait.p95   30s ", ("wait.p95", 30.0, False)),
        ("seconds 2h", ("seconds", 7200.0, False)),
        ('connection."a b".answer_rate 5 %', ('connection."a b".answer_rate', 0.05, True)),
    ],
)
def test_a_regression_is_a_figure_and_how_much(text: str, expected: tuple[str, float, bool]) -> None:
    regression = read_regression(text)

    assert (regression.figure, regression.most, regression.relative) == expected


@pytest.mark.parametrize("text", ["", "answer_rate", "2%", "answer_rate -2%", "answer_rate 2x", "a..b 2%"])
def test_what_is_no_regression_is_refused(text: str) -> None:
    with pytest.raises(BadRegression, match="write a figure and how much"):
        read_regression(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answr 2%", '"answr 2%": no figure "answr"; did you mean "answered"?'),
        ("wait.meen 2%", 'wait has no figure "meen"; did you mean "mean"?'),
        ("wait 2%", "wait is no figure but a table of them"),
    ],
)
def test_a_figure_that_is_none_is_refused_with_what_may_have_been_meant(text: str, said: str) -> None:
    with pytest.raises(BadRegression) as raised:
        read_regression(text)

    assert said in str(raised.value)


def test_a_figure_without_a_better_side_is_refused() -> None:
    with pytest.raises(BadRegression, match="neither more nor less of peak is worse"):
        read_regression("peak 2%")


def comparison(figure: str, a: float | None, b: float | None, better: int) -> Comparison:
    difference = None if a is None or b is None else b - a
    return Comparison("one", "other", 0.95, [Difference(figure, a, b, difference, None, None, better)])


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0, 100))
def test_a_rate_may_fall_by_that_share_of_the_first_and_rise_as_it_likes(
    a: float, b: float, percent: float
) -> None:
    regression = Regression("", "answer_rate", percent / 100, True)

    (judged,) = judge(comparison("answer_rate", a, b, 1), [regression])

    assert judged.passed == (a - b <= percent / 100 * a + 1e-12)


@pytest.mark.parametrize(("b", "passed"), [(130.0, True), (130.1, False), (20.0, True)])
def test_a_time_may_grow_by_so_much(b: float, passed: bool) -> None:
    (judged,) = judge(comparison("seconds", 100.0, b, -1), [read_regression("seconds 30s")])

    assert judged.passed is passed


@pytest.mark.parametrize(("a", "b"), [(None, 0.3), (0.3, None)])
def test_a_figure_without_a_value_passes_nothing(a: float | None, b: float | None) -> None:
    (judged,) = judge(comparison("answer_rate", a, b, 1), [read_regression("answer_rate 90%")])

    assert not judged.passed


def test_a_figure_that_neither_run_has_is_an_error() -> None:
    with pytest.raises(BadRegression, match='neither run has answered; did you mean "answer_rate"'):
        judge(comparison("answer_rate", 1, 1, 1), [read_regression("answered 2%")])
