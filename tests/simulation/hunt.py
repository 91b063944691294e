"""Look for the first seed that finds a mutant, in a process where it is at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path

import msgspec
from msgspec.json import decode

from tests.simulation.drawing import draw_plan
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.plan import Plan
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
    "the call rate is lost at restart": (12,),
    "an operator's change is lost at restart": (22,),
    "stickies are lost at restart": (8,),
    "a refused attempt keeps a slot": (31,),
}
"""Seeds that have found a mutant before: tried first, so that a hunt is short."""

CORPUS = Path(__file__).parent / "corpus"
IN_CORPUS = {
    "the call rate is lost at restart": "the-call-rate-is-lost-at-restart.json",
    "a refused attempt keeps a slot": "a-ticket-meets-a-busy-phone.json",
}
"""Plans that find mutants which few seeds find."""
KEPT_PLAN = -1
"""Stands where a seed would for a plan of the corpus."""


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
    for seed, plan in _plans(name, seeds):
        tried += 1
        try:
            World(plan).run()
        except Violation as violation:
            return Found(name, seed, tried, violation.invariant, violation.text)
        except Exception as error:
            return Found(name, seed, tried, 0, repr(error))
    return Found(name, None, tried, -1, "not found")


def _plans(name: str, seeds: Iterable[int]) -> Iterator[tuple[int, Plan]]:
    """Give the plans to try: of a mutant that has one in the corpus, that one first."""
    if name in IN_CORPUS:
        yield KEPT_PLAN, decode((CORPUS / IN_CORPUS[name]).read_bytes(), type=Plan)
    for seed in seeds:
        yield seed, draw_plan(seed)


def hunt_all(mutants: Iterable[Mutant] = MUTANTS, *, jobs: int = 2) -> list[Found]:
    """Hunt every mutant, each in a fresh process."""
    tasks = [(one.name, (*HEAD_STARTS.get(one.name, ()), *range(SEEDS))) for one in mutants]
    with get_context("spawn").Pool(jobs, maxtasksperchild=1) as pool:
        return pool.starmap(hunt, tasks, chunksize=1)
