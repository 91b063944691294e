"""A day is over for all at once; until then what is spent counts in both."""

from __future__ import annotations

from runtime.ledger.days import DaySpending


def test_what_is_spent_after_midnight_counts_in_both_days_until_the_ledger_turns() -> None:
    day = DaySpending(5, {})
    day.ledger_day_is(5)
    day.spend(3)

    day.own_day_is(6, open_calls=1)
    day.spend(2)
    before = (day.uses, day.carried)
    day.ledger_day_is(6)

    assert before == (5, 3)
    assert (day.uses, day.carried) == (3, 0)


def test_a_day_does_not_go_back() -> None:
    day = DaySpending(5, {})
    day.ledger_day_is(5)
    day.spend()

    day.own_day_is(4, open_calls=0)

    assert (day.own_day, day.uses) == (5, 1)


def test_a_life_that_follows_counts_what_the_journal_has_of_the_ledgers_day() -> None:
    day = DaySpending(6, {4: 9, 5: 3, 6: 1})

    day.ledger_day_is(5)

    assert (day.uses, day.carried) == (4, 1)


def test_a_clock_that_is_behind_spends_of_the_ledgers_day() -> None:
    day = DaySpending(5, {5: 2})
    day.ledger_day_is(6)

    day.spend()

    assert (day.uses, day.carried) == (1, 0)


def test_a_call_that_was_not_placed_is_given_back() -> None:
    day = DaySpending(5, {})
    day.ledger_day_is(5)
    day.spend(2)

    day.give_back()

    assert day.uses == 1
