"""Many daemons on one ledger, seeds after seeds: no guarantee is broken."""

from __future__ import annotations

import os

import pytest

from tests.fleet_simulation.plan import draw_plan
from tests.fleet_simulation.seeds import replay_elsewhere, run_seed, run_seeds

FIRST_SEED = 20_000
SEEDS = 300


@pytest.mark.timeout(600)  # many seeds, on however slow a machine
def test_seeds_break_no_guarantee() -> None:
    total = run_seeds(range(FIRST_SEED, FIRST_SEED + SEEDS), os.cpu_count() or 1)

    assert [(failure.seed, failure.violation) for failure in total.failures] == []
    assert total.seeds == SEEDS
    assert total.calls > 10 * SEEDS


@pytest.mark.timeout(600)
def test_lost_writes_with_long_calls_break_no_guarantee() -> None:
    total = run_seeds(range(60), os.cpu_count() or 1, losses=True)

    assert [(failure.seed, failure.violation) for failure in total.failures] == []
    assert total.happened["an older copy was taken for the ledger"] > 10


def test_a_seed_is_the_same_in_another_process() -> None:
    seeds = range(20, 26)

    assert replay_elsewhere(seeds, hash_seed=7) == {seed: run_seed(seed).digest for seed in seeds}


def test_seeds_draw_different_worlds() -> None:
    plans = [draw_plan(seed) for seed in range(100)]

    assert len({plan.limits for plan in plans}) > 30
    assert {plan.daemons for plan in plans} == {1, 2, 3, 4, 5, 8}
    assert {fault.kind for plan in plans for fault in plan.faults} >= {"pause", "kill", "failover", "restart"}
