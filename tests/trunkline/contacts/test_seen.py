"""Sets of phones and ids that forget nothing and stay small."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from trunkline.contacts.seen import IdSet, IntegerSet


@given(st.lists(st.integers(min_value=1, max_value=(1 << 64) - 1)))
def test_an_integer_is_new_exactly_once(numbers: list[int]) -> None:
    ours, theirs = IntegerSet(), set[int]()
    for number in numbers:
        assert (number in ours) == (number in theirs)
        assert ours.add(number) == (number not in theirs)
        theirs.add(number)
        assert number in ours
    assert len(ours) == len(theirs)


@given(st.lists(st.text(st.characters(codec=None), max_size=12) | st.integers(0, 10**20).map(str)))
def test_an_id_is_new_exactly_once(ids: list[str]) -> None:
    ours, theirs = IdSet(), set[str]()
    for identity in ids:
        assert ours.add(identity) == (identity not in theirs)
        theirs.add(identity)
    assert len(ours) == len(theirs)


def test_ids_that_look_alike_differ() -> None:
    ids = [
        "7",
        "07",
        "007",
        "\u0667",
        "7 ",
        "\0007",
        "a",
        "\0a",
        "A",
        "1" * 18,
        "1" * 19,
        "1" * 20,
        "long-id-1",
    ]
    seen = IdSet()
    assert all(seen.add(identity) for identity in ids)
    assert not any(seen.add(identity) for identity in ids)


def test_runs_of_successive_numbers_are_all_remembered_while_the_table_grows() -> None:
    seen = IntegerSet()
    numbers = [start + step for start in (14155550000, 14165550000, 442071830000) for step in range(5_000)]
    assert all(seen.add(number) for number in numbers)
    assert all(number in seen for number in numbers)
    assert not any(number + 10_000 in seen for number in numbers)


def test_a_contact_costs_less_than_half_of_what_it_would_in_a_set() -> None:
    numbers = [14155550000 + step * 7 for step in range(100_000)]
    ours, theirs = IntegerSet(), set[int]()
    for number in numbers:
        ours.add(number)
        theirs.add(number)
    as_set = sys.getsizeof(theirs) + sum(map(sys.getsizeof, numbers))
    assert sys.getsizeof(ours._table) < as_set / 2
