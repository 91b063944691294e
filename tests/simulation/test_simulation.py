"""Seeded fault campaigns: every guarantee holds in each, and each can be replayed."""

from __future__ import annotations

import statistics

import pytest

from tests.simulation.drawing import draw_plan
from tests.simulation.seeds import last_events, replay_elsewhere, run_plan, run_seeds
from tests.simulation.sometimes import FAULTS, SOMETIMES, never

FIRST_SEED, SEEDS = 50_710, 1000
"""Where CI starts; `script/soak` draws fresh seeds."""

REPLAYED = 20


@pytest.mark.timeout(900)
def test_seeds_break_no_guarantee_and_replay_byte_for_byte() -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
    replayed = frozenset(seeds[:: SEEDS // REPLAYED])

    summary = run_seeds(seeds, digests=replayed, stop_after=1)

    for failure in summary.failures:
        events = "\n".join(last_events(draw_plan(failure.seed)))
        pytest.fail(
            f"{events}\n{failure.text}\nreplay: python -m tests.simulation --seed {failure.seed}",
            pytrace=False,
        )
    assert statistics.median(summary.contacts) >= 200
    assert len(summary.digests) >= REPLAYED
    assert replay_elsewhere(summary.digests, hash_seed=7) == summary.digests


def test_a_plan_is_drawn_from_its_seed_alone() -> None:
    assert draw_plan(7) == draw_plan(7)
    assert draw_plan(7) != draw_plan(8)


def test_a_line_that_never_came_true_is_told() -> None:
    met = dict.fromkeys((*SOMETIMES, *FAULTS), 1)
    assert never(met, SOMETIMES) == []
    del met["a breaker opened"]
    assert never(met, SOMETIMES) == ["a breaker opened"]


def test_a_seed_tells_what_it_met() -> None:
    result = run_plan(draw_plan(4))
    assert result.calls >= result.contacts > 0
    assert result.messages > 10 * result.calls
