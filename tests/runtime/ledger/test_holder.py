"""A daemon holds what it was granted, as long as it can be sure that it is counted."""

from __future__ import annotations

import msgspec

from runtime.ledger.holder import AT_LEAST_APART
from tests.runtime.ledger.embedded import Server
from tests.runtime.ledger.fleet import LEASE, NAMESPACE, Fleet


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


def test_an_answer_of_an_earlier_generation_is_not_heeded() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    fleet.server.restart()
    fleet.state(one)
    deadline = one.deadline
    fleet.now += 1
    answer = fleet.answer(one.state(fleet.now, uses=0, wants=3))

    old_masters = msgspec.structs.replace(answer, generation=1, learning=False, holds=3)

    assert not one.hear(old_masters, fleet.now)
    assert (one.holds, one.deadline, one.waiting) == (0, deadline, False)


def test_an_old_master_that_hears_of_a_newer_one_gives_nothing_more() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    old = Server(life=fleet.server.life)
    old.data = fleet.server.copy()
    fleet.server.restart()
    fleet.state(one)

    reply = old.state(NAMESPACE, one.state(fleet.now + 1, uses=0, wants=3))

    assert (reply.learning, reply.holds) == (True, 0)


def test_a_jump_of_the_clocks_ends_the_lease_and_the_answer_under_way() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    fleet.state(one, wants=3)
    under_way = fleet.answer(one.state(fleet.now + 1, uses=0, wants=3))

    one.suspect()
    one.hear(under_way, fleet.now + 1)
    before = one.usable(fleet.now + 1)
    fleet.now += 2
    fleet.state(one, wants=3)

    assert (before, one.usable(fleet.now)) == (0, 3)


def test_a_daemon_that_needs_nothing_for_a_lease_leaves_and_comes_back() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    since = fleet.now
    while not one.absent:
        fleet.now += LEASE / 3
        fleet.state(one)
    left = (fleet.held, one.absent, one.due(0, 0))

    fleet.state(one, wants=2)

    assert LEASE <= fleet.now - since < 2 * LEASE
    assert left == ({}, True, float("inf"))
    assert fleet.held == {"one": 2}


def test_idle_slots_are_given_back_at_once_and_what_is_in_use_stays() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    fleet.state(one, wants=5)

    stated_at = fleet.now
    soon = one.due(uses=1, wants=1)
    fleet.now = soon
    fleet.state(one, uses=1, wants=1)

    assert soon == stated_at + AT_LEAST_APART
    assert fleet.held == {"one": 2}
