"""A ledger that is wrong in one way is found out by the simulation."""

from __future__ import annotations

import pytest

from tests.fleet_simulation.mutants import MUTANTS, Mutant

ENOUGH = 80


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_simulation_finds(mutant: Mutant) -> None:
    violations = (mutant.run(seed).violation for seed in range(mutant.start, mutant.start + ENOUGH))

    assert next((violation for violation in violations if violation), None) is not None
