"""A limit is known as it was at any moment since a grant was decided."""

from __future__ import annotations

from trunkline.audit.limits import DECISION_SECONDS, Limit


def test_a_limit_that_was_changed_holds_for_a_while_as_it_was() -> None:
    limit = Limit()
    limit.learn(5)
    limit.change(2, now=100.0)

    assert limit.lately(100.0 + DECISION_SECONDS) == {5, 2}
    assert limit.lately(100.1 + DECISION_SECONDS) == {2}


def test_a_limit_that_was_changed_before_it_was_told_was_as_configured_until_then() -> None:
    limit = Limit()
    limit.change(20, now=100.0)
    limit.learn(3)
    limit.learn(7)

    assert limit.lately(100.0) == {20, 3}
    assert limit.lately(100.1 + DECISION_SECONDS) == {20}


def test_a_limit_that_a_restart_has_left_unknown_was_what_it_had_been() -> None:
    limit = Limit()
    limit.learn(2)
    limit.forget()
    assert not limit.known
    limit.change(3, now=100.0)
    limit.change(20, now=100.0)

    assert limit.lately(100.0) == {2, 3, 20}


def test_what_is_configured_after_a_restart_is_the_first_word_on_it() -> None:
    limit = Limit()
    limit.learn(2)
    limit.forget()
    limit.learn(9)

    assert limit.lately(100.0) == {9}
