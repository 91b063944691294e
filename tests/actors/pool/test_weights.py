"""How a number's answers become its weight."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.pool.weights import AnswerRate, counts, decay_of, draw_share, draw_thompson, pooled_mean
from runtime.calls import Outcome

results = st.lists(st.booleans(), max_size=200)
half_lives = st.floats(min_value=1.0, max_value=10_000.0)
priors = st.floats(min_value=0.1, max_value=1000.0)


def rate_after(answers: list[bool], half_life: float) -> AnswerRate:
    rate = AnswerRate()
    for answered in answers:
        rate.record(answered, decay_of(half_life))
    return rate


def test_only_what_says_something_of_the_number_counts() -> None:
    assert {outcome: counts(outcome) for outcome in Outcome} == {
        Outcome.ANSWERED: True,
        Outcome.NO_ANSWER: False,
        Outcome.BUSY: False,
        Outcome.VOICEMAIL: False,
        Outcome.REJECTED: False,
        Outcome.FAILED: None,
        Outcome.CANCELED: None,
        Outcome.UNKNOWN: None,
    }


def test_before_any_result_the_mean_is_a_fifth() -> None:
    assert pooled_mean(0.0, 0.0) == 0.2


@given(st.integers(1, 50), priors)
def test_before_any_result_all_weights_are_equal(numbers: int, prior: float) -> None:
    mean = pooled_mean(0.0, 0.0)
    weights = {AnswerRate().weight(mean, prior) for _ in range(numbers)}
    assert len(weights) == 1
    assert math.isclose(weights.pop(), mean)


@given(results, half_lives)
def test_a_rate_is_the_sum_of_its_results_faded_by_age(answers: list[bool], half_life: float) -> None:
    rate = rate_after(answers, half_life)
    faded = [2.0 ** (-age / half_life) for age in reversed(range(len(answers)))]
    assert math.isclose(rate.counted, sum(faded), rel_tol=1e-9)
    expected = sum(part for part, answered in zip(faded, answers, strict=True) if answered)
    assert math.isclose(rate.answered, expected, rel_tol=1e-9)


def test_a_result_halves_in_one_half_life() -> None:
    rate = rate_after([True], 500.0)
    for _ in range(500):
        rate.record(False, decay_of(500.0))
    assert math.isclose(rate.answered, 0.5, rel_tol=1e-9)


@given(results, half_lives, priors, st.floats(min_value=1e-6, max_value=1.0))
def test_a_weight_lies_between_the_numbers_own_rate_and_the_mean(
    answers: list[bool], half_life: float, prior: float, mean: float
) -> None:
    rate = rate_after(answers, half_life)
    weight = rate.weight(mean, prior)
    own = rate.answered / rate.counted if rate.counted else mean
    assert min(own, mean) - 1e-12 <= weight <= max(own, mean) + 1e-12
    assert weight > 0.0


@given(results, half_lives, priors, st.floats(min_value=0.01, max_value=0.99))
def test_an_answer_raises_the_weight_and_a_miss_lowers_it(
    answers: list[bool], half_life: float, prior: float, mean: float
) -> None:
    before = rate_after(answers, half_life)
    answered = rate_after([*answers, True], half_life)
    missed = rate_after([*answers, False], half_life)
    assert answered.weight(mean, prior) > missed.weight(mean, prior)
    assert missed.answered <= before.answered


@given(
    st.lists(st.floats(min_value=1e-6, max_value=1.0), min_size=1, max_size=40),
    st.floats(min_value=0.0, max_value=1.0),
)
def test_the_shares_of_all_candidates_add_up_to_one(weights: list[float], exploration: float) -> None:
    total = sum(weights)
    shares = [draw_share(weight, total, len(weights), exploration) for weight in weights]
    assert math.isclose(sum(shares), 1.0, rel_tol=1e-9)
    assert min(shares) >= exploration / len(weights) - 1e-15


def test_thompson_draws_evenly_among_equals() -> None:
    generator = Random(11)
    draws = 8_000
    seen = Counter(draw_thompson([AnswerRate()] * 4, 0.2, 20.0, generator) for _ in range(draws))
    for index in range(4):
        assert abs(seen[index] - draws / 4) <= 4 * math.sqrt(draws * 0.25 * 0.75)


def test_thompson_prefers_the_number_that_answers_more_and_still_tries_others() -> None:
    generator = Random(12)
    rates = [AnswerRate(9.0, 60.0), AnswerRate(15.0, 60.0)]
    seen = Counter(draw_thompson(rates, 0.2, 20.0, generator) for _ in range(2_000))
    assert seen[1] > 3 * seen[0] > 0


def test_thompson_among_no_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing is drawable"):
        draw_thompson([], 0.2, 20.0, Random(1))


@given(st.integers(0, 2**32), st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_the_same_seed_draws_the_same_number(seed: int, answered: list[int]) -> None:
    rates = [AnswerRate(float(s), 50.0) for s in answered]
    assert draw_thompson(rates, 0.2, 20.0, Random(seed)) == draw_thompson(rates, 0.2, 20.0, Random(seed))
