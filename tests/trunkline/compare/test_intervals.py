"""Confidence intervals: published examples, SciPy's, and that they cover."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trunkline.compare.intervals import newcombe, student_quantile, welch, wilson

proportions = st.integers(1, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))


@given(proportions, st.floats(0.5, 0.999))
def test_wilsons_interval_is_scipys(proportion: tuple[int, int], level: float) -> None:
    theirs = stats.binomtest(*proportion).proportion_ci(level, method="wilson")

    assert wilson(*proportion, level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Newcombe 1998, table II, method 10; there the first less the second
        ((48, 80), (56, 70), (0.0524, 0.3339)),
        ((3, 10), (9, 10), (0.1705, 0.8090)),
        ((2, 7), (6, 7), (0.0582, 0.8062)),
    ],
)
def test_newcombes_interval_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], expected: tuple[float, float]
) -> None:
    assert newcombe(first, second) == pytest.approx(expected, abs=0.00006)


@given(proportions, proportions)
def test_newcombes_interval_holds_the_difference_and_turns_round(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    low, high = newcombe(first, second)

    difference = second[0] / second[1] - first[0] / first[1]
    assert -1 - 1e-9 <= low <= difference + 1e-9
    assert difference - 1e-9 <= high <= 1 + 1e-9
    assert newcombe(second, first) == pytest.approx((-high, -low), abs=1e-12)


def test_newcombes_interval_covers_as_often_as_it_says() -> None:
    random = Random(5)

    def drawn(rate: float, count: int) -> tuple[int, int]:
        return sum(random.random() < rate for _ in range(count)), count

    covered = 0
    for _ in range(1000):
        low, high = newcombe(drawn(0.3, 150), drawn(0.2, 100))
        covered += low <= -0.1 <= high
    assert 0.93 < covered / 1000 < 0.975


samples = st.lists(st.floats(-1e3, 1e3), min_size=10, max_size=60)


@given(samples, samples, st.floats(0.8, 0.99))
def test_welchs_interval_is_scipys(one: list[float], other: list[float], level: float) -> None:
    a, b = (stats.describe(values) for values in (one, other))
    if a.variance + b.variance < 1e-6:
        return
    theirs = stats.ttest_ind(other, one, equal_var=False).confidence_interval(level)

    ours = welch((a.mean, a.variance**0.5, len(one)), (b.mean, b.variance**0.5, len(other)), level)

    width = theirs.high - theirs.low
    assert ours is not None
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.002 * width + 1e-6)


def test_a_mean_of_few_values_has_no_interval() -> None:
    assert welch((1.0, 1.0, 9), (2.0, 1.0, 50)) is None


def test_means_without_spread_differ_by_what_they_differ() -> None:
    assert welch((1.0, 0.0, 50), (3.0, 0.0, 50)) == (2.0, 2.0)


@given(st.floats(0.6, 0.999), st.floats(9, 1e5))
def test_students_quantile_is_scipys(share: float, freedom: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=1e-3)
