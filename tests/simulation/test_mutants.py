"""The simulation is not blind: each rule that is broken on purpose is found by a seed."""

from __future__ import annotations

import pytest

from tests.simulation.hunt import SEEDS, Found, hunt_all
from tests.simulation.mutants import MUTANTS, SET_ORDER, Mutant
from tests.simulation.seeds import replay_elsewhere

FEW_SEEDS = range(10)


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    """Hunt them all, each in a process of its own."""
    return {one.name: one for one in hunt_all()}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_broken_rule_is_found_by_the_invariant_it_breaks(mutant: Mutant, found: dict[str, Found]) -> None:
    hunted = found[mutant.name]
    assert hunted.seed is not None, f"not found by {SEEDS} seeds"
    assert hunted.invariant in mutant.invariants, hunted.text


def test_there_are_fifteen_mutants_and_each_is_another() -> None:
    assert len({one.name for one in MUTANTS}) == len({one.apply for one in MUTANTS}) == len(MUTANTS) >= 15


@pytest.mark.timeout(300)
def test_a_choice_that_goes_by_the_order_of_a_set_is_found_by_a_replay() -> None:
    one, other = (replay_elsewhere(FEW_SEEDS, seed, SET_ORDER.name) for seed in (1, 2))
    assert one != other
