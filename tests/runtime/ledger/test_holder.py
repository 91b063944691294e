"""A daemon holds what it was granted, as long as it can be sure that it is counted."""

from __future__ import annotations

from tests.runtime.ledger.fleet import LEASE, Fleet


def test_a_daemon_is_granted_what_it_wants_once_the_ledger_has_learned() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)

    fleet.state(one, wants=3)

    assert one.usable(fleet.now) == 3
    assert fleet.held == {"one": 3}


def test_a_lease_counts_from_when_its_statement_was_made() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    statement = one.state(fleet.now, uses=0, wants=3)
    reply = fleet.answer(statement)

    one.hear(reply, fleet.now + LEASE)

    assert one.holds == 3
    assert one.usable(fleet.now + LEASE) == 0


def test_an_answer_to_an_earlier_statement_is_not_heeded() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    late = fleet.answer(one.state(fleet.now, uses=0, wants=3))
    one.missed()
    one.state(fleet.now + 1, uses=0, wants=0)

    assert not one.hear(late, fleet.now + 1)
    assert one.usable(fleet.now + 1) == 0


def test_a_repeated_statement_changes_nothing_and_is_answered_the_same() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    statement = one.state(fleet.now, uses=0, wants=3)
    first = fleet.answer(statement)
    before = fleet.server.copy()

    again = fleet.answer(statement)

    assert again == first
    assert fleet.server.copy() == before
