"""What several daemons count of answers adds up to what one would have counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.answer_rates.totals import NumberTotals, SharedRates
from actors.pool.weights import AnswerRate, decay_of
from runtime.calls import E164

NUMBER, OTHER = E164("+14155550100"), E164("+14155550101")
DECAY = decay_of(5)
RESULTS = st.lists(st.booleans(), max_size=40)
SHARED = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=40)
Messages = list[tuple[str, NumberTotals]]


def one_daemon(results: list[bool]) -> tuple[float, float]:
    """Count results as a daemon does that dials alone."""
    rate = AnswerRate()
    for answered in results:
        rate.record(answered, DECAY)
    return rate.answered, rate.counted


def counted(results: list[bool], decay: float = DECAY) -> SharedRates:
    rates = SharedRates(decay)
    for answered in results:
        rates.record(NUMBER, answered)
    return rates


@given(RESULTS)
def test_a_daemon_that_is_alone_counts_as_one_that_shares_nothing(results: list[bool]) -> None:
    assert counted(results).sums(NUMBER) == pytest.approx(one_daemon(results))


@given(SHARED)
def test_daemons_that_hear_each_result_at_once_come_to_what_one_daemon_would(
    results: list[tuple[str, bool]],
) -> None:
    daemons = {name: SharedRates(DECAY) for name in "abc"}

    for name, answered in results:
        daemons[name].record(NUMBER, answered)
        for other in daemons.keys() - {name}:
            daemons[other].hear(name, daemons[name].own)

    expected = one_daemon([answered for _, answered in results])
    for rates in daemons.values():
        assert rates.sums(NUMBER) == pytest.approx(expected)


@given(SHARED, st.randoms(use_true_random=False))
def test_statements_may_be_lost_late_and_repeated_as_long_as_the_last_one_comes(
    results: list[tuple[str, bool]], random: object
) -> None:
    daemons = {name: SharedRates(DECAY) for name in "abc"}
    said: Messages = []
    for name, answered in results:
        daemons[name].record(NUMBER, answered)
        said.append((name, dict(daemons[name].own)))
    last = {name: dict(rates.own) for name, rates in daemons.items()}
    heard = [*said, *said, *last.items()]
    random.shuffle(heard)  # type: ignore[attr-defined]  # hypothesis names its type nowhere

    at_once, in_disorder = SharedRates(DECAY), SharedRates(DECAY)
    for name, totals in last.items():
        at_once.hear(name, totals)
    for name, totals in heard:
        in_disorder.hear(name, totals)

    assert in_disorder.sums(NUMBER) == pytest.approx(at_once.sums(NUMBER))
    assert at_once.sums(NUMBER)[1] <= len(results) + 1e-9


def test_what_is_not_news_changes_no_number() -> None:
    rates = SharedRates(DECAY)
    stated = counted([True, False]).own

    assert rates.hear("a", stated) == {NUMBER}
    assert rates.hear("a", stated) == set()
    assert rates.hear("a", {}) == set()


def test_another_daemons_results_let_ones_own_fade() -> None:
    rates, other = counted([True]), SharedRates(DECAY)
    other.hear("a", rates.own)
    for _ in range(5):  # the half-life here
        other.record(NUMBER, False)

    rates.hear("b", other.own)

    answered, attempts = rates.sums(NUMBER)
    assert answered == pytest.approx(0.5)
    assert attempts == pytest.approx(0.5 + one_daemon([False] * 5)[1])


def test_results_that_cross_on_the_way_fade_one_another_at_both_daemons_alike() -> None:
    one, two = counted([True]), counted([False])

    one.hear("two", two.own)
    two.hear("one", one.own)

    assert one.sums(NUMBER) == two.sums(NUMBER) == pytest.approx((DECAY, 2 * DECAY))


@given(RESULTS, RESULTS, RESULTS)
def test_a_daemon_that_restarts_goes_on_from_what_its_earlier_life_had_stated(
    stated: list[bool], unstated: list[bool], others: list[bool]
) -> None:
    other = counted(others)
    life = counted(stated)
    life.hear("b", other.own)
    said = dict(life.own)
    for answered in unstated:
        life.record(NUMBER, answered)

    restarted = counted([*stated, *unstated])  # by its journal
    restarted.hear("b", other.own)
    restarted.match(said)

    assert restarted.sums(NUMBER) == pytest.approx(life.sums(NUMBER))
    assert sum(one.results for one in restarted.own.values()) == len(stated) + len(unstated)


def test_what_a_daemon_counts_before_it_has_heard_of_its_earlier_life_is_counted_once() -> None:
    said = dict(counted([True, True]).own)
    restarted = counted([True, True])  # by its journal

    restarted.record(NUMBER, False)
    restarted.match(said)
    restarted.record(NUMBER, False)

    assert restarted.sums(NUMBER) == pytest.approx(one_daemon([True, True, False, False]))


def test_a_daemon_keeps_what_its_earlier_life_has_stated_of_a_number_that_its_journal_lacks() -> None:
    restarted = counted([True])
    said = {OTHER: counted([True, False, True]).own[NUMBER]}

    restarted.match(said)

    assert restarted.sums(OTHER) == pytest.approx(one_daemon([True, False, True]))
    assert restarted.sums(NUMBER) == pytest.approx(one_daemon([True]))


def test_thousands_of_results_neither_overflow_nor_vanish() -> None:
    rates, other = SharedRates(DECAY), counted([True] * 20_000)

    rates.hear("b", other.own)

    answered, attempts = rates.sums(NUMBER)
    assert answered == attempts == pytest.approx(1 / (1 - DECAY))
