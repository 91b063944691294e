"""The ledger counts what every daemon holds, whatever becomes of daemon and server."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.ledger.resource import Kind, Resource
from tests.runtime.ledger.embedded import Refused
from tests.runtime.ledger.fleet import EAST, LEASE, NAMESPACE, TAIL, Fleet


def test_slots_that_are_held_are_granted_to_nobody_else() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=4)

    fleet.state(two, wants=4)

    assert fleet.held == {"one": 4, "two": 1}


def test_who_wants_less_than_its_share_leaves_the_rest_to_the_others() -> None:
    fleet = Fleet(limit=10)
    daemons = [fleet.daemon(name) for name in ("one", "two", "three")]
    fleet.learned(*daemons)
    for _ in range(3):
        for daemon, wants in zip(daemons, (2, 9, 9), strict=True):
            fleet.state(daemon, wants=wants)
            fleet.now += 0.2

    assert fleet.held == {"one": 2, "two": 4, "three": 4}


def test_a_daemon_that_is_quiet_for_its_lease_lapses_and_its_idle_slots_stay_counted() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=4)

    for _ in range(5):
        fleet.state(two, wants=5)
        fleet.now += LEASE / 3

    assert fleet.held == {"one": 4, "two": 1}
    assert two.others["one"].remaining is not None


def test_a_lapsed_daemons_slots_are_free_a_tail_after_its_lease() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=4)
    lapsed_at, free_at = None, None
    while free_at is None:
        fleet.state(two, wants=5)
        if lapsed_at is None and two.others["one"].remaining is not None:
            lapsed_at = fleet.now
        if "one" not in fleet.held:
            free_at = fleet.now
        fleet.now += 1.0

    assert lapsed_at is not None
    assert TAIL <= free_at - lapsed_at <= TAIL + 2
    fleet.state(two, wants=5)
    assert fleet.held == {"two": 5}


def test_a_daemon_that_comes_back_with_its_journal_frees_what_is_not_in_use() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=4)

    fleet.state(fleet.daemon("one", incarnation=2), uses=2)

    assert fleet.held == {"one": 2, "two": 0}


def test_a_lapse_is_not_recorded_of_a_daemon_that_has_stated_itself_since() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(two)
    fleet.now += 2 * LEASE
    late = two.state(fleet.now, uses=0, wants=1)
    fleet.state(one)

    reply = fleet.answer(late)

    assert [row.remaining for row in reply.rows] == [None, None]


def test_a_newcomer_is_granted_nothing_before_all_others_have_heard_of_it() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    new = fleet.daemon("new")

    fleet.state(new, wants=1)
    fleet.state(one)
    fleet.state(new, wants=1)
    before_two_heard = fleet.held["new"]
    for _ in range(2):
        fleet.state(one)
        fleet.state(two)
    fleet.state(new, wants=1)

    assert (before_two_heard, fleet.held["new"]) == (0, 1)


def test_in_another_life_of_the_server_nobody_gets_more_than_it_held() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=2)
    fleet.server.restart({})

    reply = fleet.state(one, uses=2, wants=3)

    assert reply.learning
    assert (reply.generation, reply.holds) == (2, 2)


def test_a_newcomer_that_finds_the_ledger_empty_gets_nothing_before_a_lease_has_passed() -> None:
    fleet = Fleet(limit=10)
    known, newcomer = fleet.daemon("known"), fleet.daemon("newcomer")
    fleet.learned(known)
    fleet.state(known, wants=10)
    held = known.usable(fleet.now)
    fleet.server.data.clear()

    got_at = fleet.now
    while newcomer.usable(got_at) == 0:
        fleet.state(newcomer, wants=10)
        assert known.usable(fleet.now) + newcomer.usable(fleet.now) <= 10
        got_at, fleet.now = fleet.now, fleet.now + 0.2

    assert held == 10
    assert got_at >= known.deadline


def test_what_was_measured_before_a_loss_is_no_time_to_learn() -> None:
    fleet = Fleet(limit=10)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.now += LEASE * 0.9
    fleet.server.restart({})

    reply = fleet.state(one)
    fleet.state(two)

    assert (reply.learning, fleet.state(one).learned) == (True, 0)


def test_learning_is_over_when_all_who_are_remembered_have_stated_themselves() -> None:
    fleet = Fleet(limit=5, lag=3.0)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.server.restart({})
    lost_at = fleet.now

    fleet.learned(one, two)

    assert LEASE + 3.0 <= fleet.now - lost_at < LEASE + 3.0 + TAIL / 2


def test_a_daemon_that_another_remembers_holds_up_learning_while_it_is_silent() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(two, wants=2)
    fleet.state(one)
    fleet.server.restart({})
    lost_at = fleet.now

    while one.learning or one.generation == 1:
        fleet.state(one, wants=5)
        fleet.now += 1.0

    assert fleet.now - lost_at >= LEASE + TAIL


def test_an_older_copy_takes_nothing_from_a_daemon_and_gives_it_nothing() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=1)
    fleet.state(two, wants=3)
    older = fleet.server.copy()
    fleet.state(one, uses=1, wants=1)
    fleet.state(two)
    fleet.state(one, uses=2, wants=2)
    fleet.server.restart(older)

    assert fleet.state(two, wants=5).holds == 0
    assert fleet.state(one, uses=4).holds == 4


def test_a_version_lower_than_was_answered_raises_the_generation() -> None:
    fleet = Fleet(limit=5)
    one = fleet.daemon("one")
    fleet.learned(one)
    older = fleet.server.copy()
    fleet.state(one, wants=1)
    fleet.server.data = older  # in the same life

    assert fleet.state(one, uses=1).generation == 2


def test_a_lowered_limit_drains() -> None:
    fleet = Fleet(limit=6)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.state(one, wants=3)
    fleet.state(two, wants=3)
    one.change_limit(3)
    fleet.state(one, uses=3, wants=3)

    fleet.state(two, uses=3, wants=3)
    kept = (one.keeps(uses=2, wants=3), two.keeps(uses=2, wants=3))

    assert sum(fleet.held.values()) == 6
    assert kept == (2, 2)  # a call that ends is not followed by another


def test_all_follow_the_limit_of_the_highest_generation() -> None:
    fleet = Fleet(limit=6)
    one, other = fleet.daemon("one"), fleet.daemon("other", limit=100)
    fleet.learned(one, other)
    same = other.limit
    one.change_limit(4)
    fleet.state(one)
    fleet.state(other, wants=100)

    assert (same, other.limit, other.holds) == (6, 4, 4)


def test_partitions_are_shared_and_each_has_one_holder() -> None:
    fleet = Fleet(limit=256, resource=Resource(Kind.PARTITIONS, "acme"))
    daemons = [fleet.daemon(name) for name in ("one", "two", "three")]
    fleet.learned(*daemons)
    for _ in range(4):
        for daemon in daemons:
            kept = daemon.units - daemon.surplus()
            statement = daemon.state(fleet.now, uses=0, wants=256, units=kept)
            daemon.hear(fleet.answer(statement), fleet.now)
            fleet.now += 0.3

    units = [daemon.units for daemon in daemons]
    assert sorted(map(len, units)) == [85, 85, 86]
    assert frozenset().union(*units) == frozenset(range(256))


def test_a_day_turns_when_the_last_daemon_says_so() -> None:
    fleet = Fleet(limit=10, resource=Resource(Kind.DAY, "+14155550100"), tail=inf)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    days = {"one": 5, "two": 5}

    def state(name: str, uses: int, wants: int, carried: int = 0) -> int:
        holder = {"one": one, "two": two}[name]
        statement = holder.state(fleet.now, uses, wants, own_day=days[name], carried=carried)
        holder.hear(fleet.answer(statement), fleet.now)
        fleet.now += 1.0
        return holder.day

    while one.learning or two.learning:
        state("one", 0, 0)
        state("two", 0, 0)
    state("one", 0, 6)
    state("one", 6, 0)
    days["one"] = 6
    ahead = state("one", 6, 0, carried=1)
    days["two"] = 6

    assert (ahead, state("two", 0, 0), state("one", 6, 0, carried=1)) == (5, 6, 6)
    assert fleet.held["one"] == 1


def test_what_is_to_be_told_reaches_all_and_each_ones_answer_the_others() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)
    fleet.server.data[EAST.key(NAMESPACE)]["told"] = "7"
    fleet.state(one)
    one.hear(fleet.answer(one.state(fleet.now, 0, 0, told=one.told)), fleet.now)
    fleet.state(two)

    assert (two.told, two.others["one"].told) == (7, 7)


def test_what_a_daemon_has_carried_out_counts_in_the_generation_in_which_it_says_so() -> None:
    fleet = Fleet(limit=5)
    one, two = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(one, two)

    def told_by_one() -> int:
        one.hear(fleet.answer(one.state(fleet.now, 0, 0, told=7)), fleet.now)
        fleet.state(two)
        return two.others["one"].told

    before = told_by_one()
    fleet.server.restart()

    assert (before, told_by_one(), told_by_one()) == (7, 0, 7)


def is_fair(held: list[int], wants: list[int], limit: int) -> bool:
    """Tell whether all is given out, to nobody more than wanted, and evenly to who lacks some."""
    least = min([have for have, want in zip(held, wants, strict=True) if have < want], default=limit)
    return (
        sum(held) == min(limit, sum(wants))
        and all(have <= want for have, want in zip(held, wants, strict=True))
        and all(have <= least + 1 for have in held)
    )


@example(wants=[4, 12, 6, 4, 4, 1], limit=15)
@given(wants=st.lists(st.integers(0, 12), min_size=1, max_size=9), limit=st.integers(1, 30))
def test_shares_become_even_within_some_statements_and_are_never_too_many(
    wants: list[int], limit: int
) -> None:
    fleet = Fleet(limit=limit)
    daemons = [fleet.daemon(f"n{place}") for place in range(len(wants))]
    fleet.learned(*daemons)
    for _ in range(20):
        for daemon, want in zip(daemons, wants, strict=True):
            fleet.state(daemon, wants=want)
            assert sum(fleet.held.values()) <= limit
            fleet.now += 0.01
        if is_fair(list(fleet.held.values()), wants, limit):
            return

    assert is_fair(list(fleet.held.values()), wants, limit)


def test_a_key_is_the_resource_alone_in_its_hash_tag() -> None:
    key = Resource(Kind.NUMBER, "acme/+1415 {x}").key("two words")

    assert key == "trunkline:two%20words:{number:acme%2F+1415%20%7Bx%7D}"


def test_a_statement_that_uses_more_than_it_holds_is_refused() -> None:
    fleet = Fleet(limit=5)
    arguments = fleet.daemon("one").state(fleet.now, uses=0, wants=1)

    from runtime.ledger import script

    words = script.arguments(arguments)
    numbers = words[1].split()
    numbers[4] = "3"
    with pytest.raises(Refused, match="less than is in use"):
        fleet.server.evaluate("key", [words[0], " ".join(numbers), *words[2:]])
    assert fleet.server.data == {}
