"""The sum that finds the call at which answers became fewer."""

from __future__ import annotations

from fractions import Fraction
from math import comb, isclose, log

from hypothesis import given
from hypothesis import strategies as st

from actors.doctor.changepoint import RATIO, chance_of_so_few, missed_step


@given(st.floats(0.01, 0.95))
def test_a_call_as_expected_lowers_the_sum_on_average_and_one_after_the_drop_raises_it(rate: float) -> None:
    def drift_at(true_rate: float) -> float:
        return true_rate * log(RATIO) + (1.0 - true_rate) * log(missed_step(rate))

    assert drift_at(rate) < 0.0 < drift_at(RATIO * rate)


@given(st.floats(0.01, 0.95))
def test_the_ratio_of_a_call_as_expected_is_one_on_average(rate: float) -> None:
    assert isclose(rate * RATIO + (1.0 - rate) * missed_step(rate), 1.0)


@given(st.integers(0, 60), st.integers(0, 30), st.integers(1, 60), st.integers(1, 60))
def test_the_chance_of_so_few_is_the_binomial_one(before: int, now: int, exposure: int, other: int) -> None:
    share = Fraction(other, exposure + other)
    exact = sum(comb(before + now, k) * share**k * (1 - share) ** (before + now - k) for k in range(now + 1))

    assert isclose(chance_of_so_few(before, exposure, now, other), float(exact), rel_tol=1e-9, abs_tol=1e-12)


def test_without_any_exposure_nothing_is_surprising() -> None:
    assert chance_of_so_few(0.0, 0.0, 0, 1.0) == 1.0
