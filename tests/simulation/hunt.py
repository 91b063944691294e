"""Look for the first seed that finds a mutant, in a process where it is at work."""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import get_context

import msgspec

from tests.simulation.drawing import draw_plan
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.violations import Violation
from tests.simulation.world import World

SEEDS = 1000
HEAD_STARTS: dict[str, tuple[int, ...]] = {
    "a sticky is kept for a flagged number": (400,),
    "a wake-up is lost: a phone is free": (33,),
    "slots in doubt are freed at restart": (158,),
    "the tenant's ledger is skipped": (35,),
    "a phone is called twice at once": (31,),
    "a flag is told before it is in force": (30,),
    "recovery is not idempotent": (9,),
    "the call rate is lost at restart": (680,),
    "an operator's change is lost at restart": (22,),
    "stickies are lost at restart": (8,),
    "a refused attempt keeps a slot": (31,),
}
"""Seeds that have found a mutant before: tried first, so that a hunt is short."""


class Found(msgspec.Struct):
    """By which seed a mutant was found, after how many, and what was broken."""

    name: str
    seed: int | None
    tried: int
    invariant: int
    text: str


def hunt(name: str, seeds: Iterable[int]) -> Found:
    """Run seeds until one finds the mutant; for a process of its own."""
    mutant = next(one for one in MUTANTS if one.name == name)
    mutant.apply()
    tried = 0
    for seed in seeds:
        tried += 1
        try:
            World(draw_plan(seed)).run()
        except Violation as violation:
            return Found(name, seed, tried, violation.invariant, violation.text)
        except Exception as error:
            return Found(name, seed, tried, 0, repr(error))
    return Found(name, None, tried, -1, "not found")


def hunt_all(mutants: Iterable[Mutant] = MUTANTS, *, jobs: int = 2) -> list[Found]:
    """Hunt every mutant, each in a fresh process."""
    tasks = [(one.name, (*HEAD_STARTS.get(one.name, ()), *range(SEEDS))) for one in mutants]
    with get_context("spawn").Pool(jobs, maxtasksperchild=1) as pool:
        return pool.starmap(hunt, tasks, chunksize=1)
