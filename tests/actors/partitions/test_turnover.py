"""Partitions come, go and are lost as the ledger says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.partitions.turnover import Orders, Turnover

NONE: frozenset[int] = frozenset()


def units(*partitions: int) -> frozenset[int]:
    return frozenset(partitions)


def holding(*partitions: int) -> Turnover:
    """Hold partitions in the lease's first epoch."""
    turnover = Turnover()
    turnover.heard(units(*partitions), NONE, 1)
    turnover.taken(partitions)
    return turnover


def test_what_the_ledger_grants_is_taken_over_once() -> None:
    turnover = Turnover()

    assert turnover.heard(units(1, 2), NONE, 1) == Orders(take=units(1, 2))
    assert turnover.heard(units(1, 2), NONE, 1) == Orders()
    assert turnover.taken((1, 2)) == units(1, 2)


def test_the_surplus_is_given_up_and_kept_until_its_calls_are_over() -> None:
    turnover = holding(1, 2, 3)

    assert turnover.heard(units(1, 2, 3), units(3), 1) == Orders(give_up=units(3))
    assert turnover.all == units(1, 2, 3)
    turnover.left(3)
    assert turnover.all == units(1, 2)


def test_what_was_granted_beyond_the_share_is_never_begun() -> None:
    turnover = holding(1)

    assert turnover.heard(units(1, 2), units(2), 1) == Orders()
    assert turnover.all == units(1)


def test_what_the_ledger_counts_for_others_is_lost_at_once() -> None:
    turnover = holding(1, 2)

    assert turnover.heard(units(1), NONE, 1) == Orders(lose=units(2))


def test_after_a_lapse_everything_is_taken_over_anew() -> None:
    turnover = holding(1, 2)

    assert turnover.heard(units(1, 2), NONE, 2) == Orders(take=units(1, 2), lose=units(1, 2))


def test_when_the_lease_is_over_nothing_is_held() -> None:
    turnover = holding(1, 2)

    assert turnover.lapse() == Orders(lose=units(1, 2))
    assert turnover.heard(units(1, 2), NONE, 1) == Orders(take=units(1, 2))


def test_a_partition_that_was_lost_while_it_came_does_not_arrive() -> None:
    turnover = Turnover()
    turnover.heard(units(1, 2), NONE, 1)
    turnover.heard(units(1), NONE, 1)

    assert turnover.taken((1, 2)) == units(1)


def test_a_partition_on_which_an_intent_is_refused_is_taken_over_again() -> None:
    turnover = holding(1, 2)

    assert turnover.refused(1) == Orders(take=units(1), lose=units(1))
    assert turnover.refused(1) == Orders()
    assert turnover.taken((1,)) == units(1)


some_units = st.frozensets(st.integers(0, 5))


@given(st.lists(st.tuples(some_units, some_units, st.integers(0, 3), st.integers(0, 3))))
def test_whatever_is_heard_nothing_is_held_that_the_ledger_does_not_count(
    answers: list[tuple[frozenset[int], frozenset[int], int, int]],
) -> None:
    turnover, epoch = Turnover(), 0
    for granted, over, rise, what in answers:
        epoch += rise == 3
        orders = turnover.heard(granted, granted & over, epoch)
        assert turnover.all <= granted
        assert not orders.take & orders.give_up
        if what == 1:
            turnover.taken(orders.take)
        elif what == 2:
            for one in sorted(turnover.going):
                turnover.left(one)
        assert not turnover.here & turnover.going
        assert not turnover.here & turnover.coming
