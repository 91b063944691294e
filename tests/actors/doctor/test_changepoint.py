"""The sum that finds the call at which answers became fewer."""

from __future__ import annotations

from math import exp, isclose, isfinite, log

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.doctor.changepoint import RATIO, evidence_of_drop, for_so_many, missed_step


@given(st.floats(0.01, 0.95))
def test_a_call_as_expected_lowers_the_sum_on_average_and_one_after_the_drop_raises_it(rate: float) -> None:
    def drift_at(true_rate: float) -> float:
        return true_rate * log(RATIO) + (1.0 - true_rate) * log(missed_step(rate))

    assert drift_at(rate) < 0.0 < drift_at(RATIO * rate)


@given(st.floats(0.01, 0.95))
def test_the_ratio_of_a_call_as_expected_is_one_on_average(rate: float) -> None:
    assert isclose(rate * RATIO + (1.0 - rate) * missed_step(rate), 1.0)


def exact_evidence(before: int, missed: int, now: int, since: int) -> float:
    """Integrate both likelihoods over the rate, by many points."""
    total: dict[float, float] = {}
    for fall in (1.0, RATIO):
        total[fall] = sum(
            exp(
                (before - 1.0) * log(rate)
                - (before + missed) * rate
                + now * log(fall * rate)
                + since * log(1.0 - fall * rate)
            )
            for rate in ((step + 0.5) / 5000.0 for step in range(5000))
        )
    return log(total[RATIO] / total[1.0])


@settings(max_examples=25)
@given(st.integers(20, 60), st.integers(60, 200), st.integers(0, 10), st.integers(10, 60))
def test_the_evidence_is_what_both_likelihoods_come_to_over_all_rates(
    before: int, missed: int, now: int, since: int
) -> None:
    exposure = before + missed

    found = evidence_of_drop(before, exposure, now, now + since, float(now + since))

    assert isclose(found, exact_evidence(before, missed, now, since), rel_tol=0.02, abs_tol=0.05)


@given(st.integers(10, 5000), st.integers(0, 5000), st.integers(1, 20_000))
def test_any_counts_have_an_evidence(before: int, now: int, missed: int) -> None:
    assert isfinite(evidence_of_drop(before, before, now, now + missed, 0.9 * (now + missed)))


def test_what_is_known_better_gives_more_evidence() -> None:
    little, much = (evidence_of_drop(0.2 * calls, 0.2 * calls, 4, 80, 16.0) for calls in (60, 2000))

    assert 0.0 < little < much


def test_few_numbers_are_watched_as_if_they_were_twenty() -> None:
    assert for_so_many(1) == for_so_many(20) == log(20)
    assert for_so_many(200) == log(200)
