"""Draw one number from a group: weighted random, never round robin."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

import msgspec

from actors.pool.cells import Cell, Group, Tier
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.weights import draw_share
from actors.settings import Rotation

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_THOMPSON, _UNIFORM = Rotation.THOMPSON, Rotation.UNIFORM


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A drawn number, and why it was drawn.

    `weight` is the number's smoothed answer rate, `share` the probability
    that this draw had (None for Thompson sampling, where it has no closed
    form), `candidates` how many numbers could have been drawn.
    """

    number: PooledNumber
    tier: Tier
    weight: float
    share: float | None
    candidates: int


def choose_number(
    group: Group,
    mean: float,
    prior: float,
    exploration: float,
    rotation: Rotation,
    draws: Random,
    excluded: Collection[PooledNumber] = (),
) -> Choice | None:
    """Draw a number that has a free slot right now; None where none has.

    `mean` is the pooled answer rate that weights are smoothed towards, with
    the weight of `prior` attempts; `exploration` is the part of even draws.
    """
    if not excluded:
        return _draw(group, mean, prior, exploration, rotation, draws)
    hidden = [_hide(number, group) for number in excluded if number.free()]
    try:
        return _draw(group, mean, prior, exploration, rotation, draws)
    finally:
        for seats in hidden:
            for cell, leaf in seats:
                cell.weigh(leaf)


def choose_probe(
    group: Group,
    connection: PooledConnection,
    mean: float,
    prior: float,
    draws: Random,
    excluded: Collection[PooledNumber] = (),
) -> Choice | None:
    """Draw evenly among the group's free numbers on the connection to be probed."""
    seats = [
        (cell, leaf)
        for cell in group.cells
        if cell.connection is connection
        for leaf in cell.free_leaves()
        if cell.numbers[leaf] not in excluded
    ]
    if not seats:
        return None
    cell, leaf = seats[int(draws.random() * len(seats))]
    rate = cell.rates[leaf]
    weight = (rate.answered + prior * mean) / (rate.counted + prior)
    return Choice(cell.numbers[leaf], group.tier, weight, 1.0 / len(seats), len(seats))


def _hide(number: PooledNumber, group: Group) -> list[tuple[Cell, int]]:
    seats = [(cell, leaf) for cell, leaf in number.seats if any(member is group for member, _ in cell.groups)]
    for cell, leaf in seats:
        cell.tree.clear(leaf)
        cell.mark()
    return seats


def _draw(
    group: Group, mean: float, prior: float, exploration: float, rotation: Rotation, draws: Random
) -> Choice | None:
    tree = group.refresh()
    candidates = tree.count
    if not candidates:
        return None
    factor = mean * prior
    if rotation is _THOMPSON:
        return _draw_thompson(group, mean, prior, exploration, draws)
    even = rotation is _UNIFORM or draws.random() < exploration
    if even:
        cell = group.cells[tree.draw_even(int(draws.random() * candidates))]
        inner = cell.tree
        leaf = inner.draw_even(int(draws.random() * inner.count))
    else:
        target = draws.random() * (tree.answered + factor * tree.inverse)
        cell = group.cells[tree.draw_weighted(target, factor)]
        inner = cell.tree
        leaf = inner.draw_weighted(draws.random() * (inner.answered + factor * inner.inverse), factor)
    rate = cell.rates[leaf]
    weight = (rate.answered + factor) / (rate.counted + prior)
    if rotation is _UNIFORM:
        share = 1.0 / candidates
    else:
        share = draw_share(weight, tree.answered + factor * tree.inverse, candidates, exploration)
    return Choice(cell.numbers[leaf], group.tier, weight, share, candidates)


def _draw_thompson(
    group: Group, mean: float, prior: float, exploration: float, draws: Random
) -> Choice | None:
    factor = mean * prior
    seats = [
        (cell, leaf)
        for cell in group.cells
        if cell.drawable
        for leaf in cell.free_leaves()
        if cell.tree.has(leaf)
    ]
    if draws.random() < exploration:
        cell, leaf = seats[int(draws.random() * len(seats))]
    else:
        drawn = [
            draws.betavariate(
                cell.rates[leaf].answered + factor,
                cell.rates[leaf].counted - cell.rates[leaf].answered + prior - factor,
            )
            for cell, leaf in seats
        ]
        cell, leaf = seats[drawn.index(max(drawn))]
    rate = cell.rates[leaf]
    weight = (rate.answered + factor) / (rate.counted + prior)
    return Choice(cell.numbers[leaf], group.tier, weight, None, len(seats))
