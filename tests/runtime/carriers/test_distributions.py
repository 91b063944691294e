"""The draws are what they claim to be; every seed here is fixed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist, correlation, fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.calls import Outcome
from runtime.carriers.distributions import TALK_SIGMA, Draws, ring_time, talk_time, uniforms
from runtime.carriers.fate import VOICEMAIL_TALK, decide_fate
from runtime.carriers.options import Habits

CALLS = 20_000
CRITICAL = {5: 20.515, 9: 27.877}
"""Chi-square exceeded once in a thousand, by degrees of freedom."""


def chi_square(counts: Sequence[float], expected: Sequence[float]) -> float:
    return sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))


def draws() -> Iterable[Draws]:
    return (uniforms(f"7:acme:spring:+1212{index:07}:1") for index in range(CALLS))


def tenths(values: Iterable[float]) -> list[int]:
    counted = Counter(int(value * 10) for value in values)
    return [counted[tenth] for tenth in range(10)]


@pytest.mark.parametrize("place", range(8))
def test_every_draw_is_uniform(place: int) -> None:
    assert chi_square(tenths(draw[place] for draw in draws()), [CALLS / 10] * 10) < CRITICAL[9]


def test_the_draws_of_a_call_are_uncorrelated() -> None:
    columns = list(zip(*draws(), strict=True))
    for first in range(8):
        for second in range(first):
            assert abs(correlation(columns[first], columns[second])) < 4.5 / math.sqrt(CALLS)


@given(st.text())
def test_a_draw_is_never_zero_or_one(key: str) -> None:
    assert all(0.0 < draw < 1.0 for draw in uniforms(key))


def test_the_next_attempt_is_another_draw() -> None:
    assert uniforms("7:acme:spring:+12125550123:1") != uniforms("7:acme:spring:+12125550123:2")


def test_outcomes_come_at_their_rates() -> None:
    counted = Counter(decide_fate(Habits(), draw).outcome for draw in draws())
    rates = {
        Outcome.ANSWERED: 0.3,
        Outcome.VOICEMAIL: 0.25,
        Outcome.BUSY: 0.05,
        Outcome.REJECTED: 0.02,
        Outcome.FAILED: 0.01,
        Outcome.NO_ANSWER: 0.37,
    }
    assert set(counted) == set(rates)
    seen = [counted[outcome] for outcome in rates]
    assert chi_square(seen, [CALLS * rate for rate in rates.values()]) < CRITICAL[5]


def erlang_4(mean: float) -> Callable[[float], float]:
    """Give the cumulative distribution of the sum of four exponentials."""

    def cumulated(seconds: float) -> float:
        x = 4 * seconds / mean
        return 1 - math.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6)

    return cumulated


def test_ring_times_are_gamma_distributed_with_the_given_mean() -> None:
    rings = [ring_time(12, *draw[1:5]) for draw in draws()]
    assert chi_square(tenths(map(erlang_4(12), rings)), [CALLS / 10] * 10) < CRITICAL[9]
    assert fmean(rings) == pytest.approx(12, abs=4 * 6 / math.sqrt(CALLS))


def test_talk_times_are_log_normal_with_the_given_mean() -> None:
    talks = [talk_time(60, draw[5]) for draw in draws()]
    logarithms = NormalDist(math.log(60) - TALK_SIGMA**2 / 2, TALK_SIGMA)
    assert chi_square(tenths(logarithms.cdf(math.log(t)) for t in talks), [CALLS / 10] * 10) < CRITICAL[9]
    deviation = 60 * math.sqrt(math.exp(TALK_SIGMA**2) - 1)
    assert fmean(talks) == pytest.approx(60, abs=4 * deviation / math.sqrt(CALLS))


def test_among_the_answered_ring_talk_and_callback_keep_their_distributions() -> None:
    fates = [decide_fate(Habits(), draw) for draw in draws()]
    answered = [fate for fate in fates if fate.outcome is Outcome.ANSWERED]
    rings = [erlang_4(12)(fate.ring_seconds or 0.0) for fate in answered]
    assert chi_square(tenths(rings), [len(answered) / 10] * 10) < CRITICAL[9]
    callbacks = sum(fate.disposition == "callback" for fate in answered)
    assert abs(callbacks / len(answered) - 0.1) < 4 * math.sqrt(0.09 / len(answered))


def test_a_voicemail_lasts_a_sixth_of_a_talk() -> None:
    habits = Habits(answer_rate=0, voicemail_rate=1, busy_rate=0, reject_rate=0, failure_rate=0)
    draw = uniforms("any call")
    assert decide_fate(habits, draw).talk_seconds == VOICEMAIL_TALK * talk_time(60, draw[5])


@given(st.integers(), st.floats(0, 1), st.floats(0, 1))
def test_a_call_answered_at_a_low_rate_is_answered_alike_at_a_higher(
    key: int, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    quiet: dict[str, Any] = {"voicemail_rate": 0.0, "busy_rate": 0.0, "reject_rate": 0.0, "failure_rate": 0.0}
    draw = uniforms(str(key))
    less, more = (decide_fate(Habits(answer_rate=rate, **quiet), draw) for rate in (low, high))
    assert less.outcome is not Outcome.ANSWERED or less == more
