"""How often a call is expected to be answered."""

from __future__ import annotations

import random
from math import isclose

from actors.doctor.caller import Caller
from actors.doctor.expectation import NUMBER_FADE, WARM_CALLS, Context, Course, Expectations, Turn
from runtime.calls import E164


def hear(expectations: Expectations, context: Context, rate: float, calls: int, seed: int = 1) -> None:
    draws = random.Random(seed)
    for _ in range(calls // 20):
        context.heard += 20
        context.heard_answered += sum(draws.random() < rate for _ in range(20))
        expectations.learn(20)


def test_a_countrys_calls_are_expected_to_be_answered_as_they_were_of_late() -> None:
    expectations = Expectations()
    context = expectations.context("GB", Turn.FIRST)
    hear(expectations, context, 0.3, 2000)
    assert 0.24 < context.rate < 0.36

    hear(expectations, context, 0.1, 2000)
    assert 0.06 < context.rate < 0.14


def test_a_country_that_nothing_is_known_of_is_expected_to_be_like_all() -> None:
    expectations = Expectations()
    hear(expectations, expectations.context("GB", Turn.FIRST), 0.3, 2000)

    assert expectations.context("DE", Turn.FIRST).rate == expectations.overall


def test_later_calls_that_answer_less_keep_their_relation_to_others_through_the_day() -> None:
    expectations = Expectations()
    first, later = (expectations.context("GB", turn) for turn in (Turn.FIRST, Turn.LATER))
    for seed in range(60):
        hear(expectations, first, 0.3, 40, seed)
        hear(expectations, later, 0.15, 40, seed + 100)

    hear(expectations, first, 0.6, 3000)

    assert 0.4 < later.rate / first.rate < 0.75


def caller(rate: float) -> Caller:
    one = Caller(E164("+14155550000"), Course())
    draws = random.Random(1)
    one.calls, one.expected = WARM_CALLS, 0.2 * WARM_CALLS
    one.answered = sum(draws.random() < rate for _ in range(WARM_CALLS))
    one.warmed(0.0)
    return one


def test_a_number_that_is_answered_less_than_others_is_expected_to_be() -> None:
    assert caller(0.05).level < 0.8 < caller(0.2).level < caller(0.6).level


def test_a_number_learns_from_what_was_not_suspected_in_the_end_and_not_from_what_is() -> None:
    one = caller(0.2)
    warm = one.factor.expected
    one.calls, one.expected, one.answered = WARM_CALLS + 40, one.expected + 8.0, one.answered + 8
    one.learn()
    known = one.factor.calls, one.factor.expected

    one.odds = 5.0
    one.begun = one.calls, one.answered, one.expected
    one.calls, one.expected = one.calls + 30, one.expected + 6.0
    one.learn()

    assert known == (WARM_CALLS + 40, warm * NUMBER_FADE**40 + 8.0)
    assert (one.factor.calls, one.factor.expected) == known
    calls, answered, expected = one.suspected
    assert (calls, answered) == (30, 0)
    assert isclose(expected, 6.0)
