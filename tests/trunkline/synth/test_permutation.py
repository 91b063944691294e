"""A walk through a range that meets everything once."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.synth.permutation import Permutation


@given(st.integers(1, 3000), st.integers())
def test_everything_is_met_once(size: int, seed: int) -> None:
    assert sorted(Permutation(size, Random(seed))) == list(range(size))


@given(st.integers(1, 10**12), st.integers(), st.data())
def test_two_places_never_hold_the_same(size: int, seed: int, data: st.DataObject) -> None:
    permutation = Permutation(size, Random(seed))
    places = data.draw(st.lists(st.integers(0, size - 1), unique=True, max_size=50))

    held = [permutation[place] for place in places]

    assert len(set(held)) == len(places)
    assert all(0 <= value < size for value in held)


@given(st.integers(1, 10**6), st.integers())
def test_the_same_generator_gives_the_same_walk(size: int, seed: int) -> None:
    assert Permutation(size, Random(seed))[size // 2] == Permutation(size, Random(seed))[size // 2]


def test_a_walk_does_not_go_in_steps() -> None:
    walk = [Permutation(10**6, Random(1))[place] for place in range(200)]

    differences = {after - before for before, after in pairwise(walk)}

    assert len(differences) > 190


@pytest.mark.parametrize("place", [-1, 10])
def test_a_place_outside_is_an_error(place: int) -> None:
    with pytest.raises(IndexError):
        Permutation(10, Random(1))[place]


def test_there_is_no_walk_through_nothing() -> None:
    with pytest.raises(ValueError, match="0 things"):
        Permutation(0, Random(1))
