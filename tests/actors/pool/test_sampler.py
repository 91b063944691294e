"""The tree that draws a number by weight."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.pool.sampler import WeightTree

parts = st.floats(min_value=1e-9, max_value=1e3, allow_nan=False)
leaf = st.none() | st.tuples(parts, parts)


def tree_of(leaves: list[tuple[float, float] | None]) -> WeightTree:
    tree = WeightTree(len(leaves))
    for index, values in enumerate(leaves):
        if values is not None:
            tree.set(index, *values)
    return tree


@given(st.lists(leaf, max_size=40))
def test_the_root_holds_the_totals_of_what_has(leaves: list[tuple[float, float] | None]) -> None:
    tree = tree_of(leaves)
    drawable = [values for values in leaves if values is not None]
    assert tree.count == len(drawable)
    assert math.isclose(tree.answered, sum(answered for answered, _ in drawable), rel_tol=1e-12)
    assert math.isclose(tree.inverse, sum(inverse for _, inverse in drawable), rel_tol=1e-12)


@given(
    st.lists(leaf, min_size=1, max_size=40).filter(any),
    st.floats(min_value=0.0, max_value=1.5),
    st.floats(min_value=0.0, max_value=20.0),
)
def test_what_is_not_drawable_is_never_drawn(
    leaves: list[tuple[float, float] | None], at: float, factor: float
) -> None:
    tree = tree_of(leaves)
    # Also past the end: a target that rounding made too large still finds a drawable leaf.
    index = tree.draw_weighted(at * (tree.answered + factor * tree.inverse), factor)
    assert leaves[index] is not None
    assert tree.has(index)


@given(st.lists(leaf, min_size=1, max_size=40).filter(any), st.floats(min_value=0.0, max_value=20.0))
def test_each_leaf_owns_a_stretch_as_long_as_its_weight(
    leaves: list[tuple[float, float] | None], factor: float
) -> None:
    tree = tree_of(leaves)
    before = 0.0
    for index, values in enumerate(leaves):
        if values is None:
            continue
        weight = values[0] + factor * values[1]
        # A weight that drowns in the rounding of the sum before it has no middle to hit.
        if weight > 1e-9 * (before + weight):
            assert tree.draw_weighted(before + weight / 2, factor) == index
        before += weight


@given(st.lists(st.booleans(), min_size=1, max_size=70).filter(any))
def test_an_even_draw_counts_through_the_drawable_in_order(drawable: list[bool]) -> None:
    tree = tree_of([(0.5, 0.1) if yes else None for yes in drawable])
    drawn = [tree.draw_even(rank) for rank in range(tree.count)]
    assert drawn == [index for index, yes in enumerate(drawable) if yes]


@given(st.lists(st.tuples(st.integers(0, 8), leaf), max_size=60))
def test_a_tree_that_changed_sums_like_one_built_anew(
    changes: list[tuple[int, tuple[float, float] | None]],
) -> None:
    tree = WeightTree(9)
    leaves: list[tuple[float, float] | None] = [None] * 9
    for index, values in changes:
        leaves[index] = values
        if values is None:
            tree.clear(index)
        else:
            tree.set(index, *values)
    anew = tree_of(leaves)
    assert (tree.answered, tree.inverse, tree.count) == (anew.answered, anew.inverse, anew.count)


@given(st.lists(parts, min_size=1, max_size=70))
def test_a_grown_tree_sums_like_one_made_at_its_size(weights: list[float]) -> None:
    grown = WeightTree()
    for weight in weights:
        grown.set(grown.append(), weight, 2 * weight)
    made = tree_of([(weight, 2 * weight) for weight in weights])
    assert len(grown) == len(made)
    assert (grown.answered, grown.inverse, grown.count) == (made.answered, made.inverse, made.count)


def test_an_appended_leaf_is_not_drawable_until_it_is_set() -> None:
    tree = WeightTree(1)
    tree.set(0, 1.0, 1.0)
    index = tree.append()
    assert index == 1
    assert not tree.has(index)
    assert tree.count == 1


def test_clearing_everything_leaves_exactly_zero() -> None:
    tree = tree_of([(0.1, 0.7), (0.2, 0.3), (1e9, 1e-9)])
    for index in range(3):
        tree.clear(index)
    assert (tree.answered, tree.inverse, tree.count) == (0.0, 0.0, 0)


def test_draws_follow_the_weights() -> None:
    weights = [1.0, 2.0, 0.0, 4.0, 1.0]
    tree = WeightTree(5)
    for index, weight in enumerate(weights):
        if weight:
            tree.set(index, 0.25 * weight, 0.15 * weight)
    factor = 5.0
    generator = random.Random(7)
    draws = 20_000
    total = tree.answered + factor * tree.inverse
    seen = Counter(tree.draw_weighted(generator.random() * total, factor) for _ in range(draws))
    assert seen[2] == 0
    for index, weight in enumerate(weights):
        share = weight / sum(weights)
        deviation = math.sqrt(draws * share * (1 - share))
        assert abs(seen[index] - draws * share) <= 4 * deviation


def test_an_empty_tree_says_that_nothing_has() -> None:
    with pytest.raises(ValueError, match="nothing is drawable"):
        WeightTree(3).draw_weighted(0.0, 1.0)
    with pytest.raises(ValueError, match="rank 0 of 0"):
        WeightTree(3).draw_even(0)


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_a_leaf_outside_the_tree_is_an_error(index: int) -> None:
    with pytest.raises(IndexError, match=f"leaf {index} of 3"):
        WeightTree(3).set(index, 1.0, 1.0)
