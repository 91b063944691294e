"""Run many seeds on several processors, and replay some of them elsewhere."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import msgspec

from tests.simulation.drawing import draw_plan
from tests.simulation.plan import Plan
from tests.simulation.violations import Violation
from tests.simulation.world import Result, World

LAST_EVENTS = 60
SEEDS_A_TASK = 10
TASKS_A_PROCESS = 25
"""A process that has run so many tasks gives its memory back."""


class Failure(msgspec.Struct):
    """A seed that broke a guarantee, or the simulation itself."""

    seed: int
    invariant: int | None
    text: str


class Summary(msgspec.Struct):
    """What many seeds came to."""

    seeds: int = 0
    seconds: float = 0.0
    calls: int = 0
    messages: int = 0
    lives: list[int] = msgspec.field(default_factory=list)
    contacts: list[int] = msgspec.field(default_factory=list)
    faults: Counter[str] = msgspec.field(default_factory=Counter)
    actions: Counter[str] = msgspec.field(default_factory=Counter)
    happened: Counter[str] = msgspec.field(default_factory=Counter)
    failures: list[Failure] = msgspec.field(default_factory=list)
    digests: dict[int, str] = msgspec.field(default_factory=dict)

    def add(self, seed: int, result: Result) -> None:
        """Count one seed."""
        self.calls += result.calls
        self.messages += result.messages
        self.lives.append(result.lives)
        self.contacts.append(result.contacts)
        self.faults.update(result.faults)
        self.actions.update(result.actions)
        self.happened.update(result.happened)
        if result.digest is not None:
            self.digests[seed] = result.digest


def run_plan(plan: Plan, *, digest: bool = False) -> Result:
    """Run one plan."""
    return World(plan, digest=digest).run()


def run_seeds(
    seeds: Iterable[int], *, jobs: int = 2, digests: frozenset[int] = frozenset(), stop_after: int = 5
) -> Summary:
    """Run seeds on `jobs` processes; stop soon after so many failures."""
    summary = Summary()
    began = perf_counter()
    tasks = [(chunk, digests.intersection(chunk)) for chunk in _chunks(list(seeds))]
    for outcomes in _map(tasks, jobs):
        for seed, outcome in outcomes:
            summary.seeds += 1
            if isinstance(outcome, Failure):
                summary.failures.append(outcome)
            else:
                summary.add(seed, outcome)
        if len(summary.failures) >= stop_after:
            break
    summary.seconds = perf_counter() - began
    return summary


def replay_elsewhere(seeds: Iterable[int], hash_seed: int, mutant: str | None = None) -> dict[int, str]:
    """Run seeds in another process, under another PYTHONHASHSEED; return their digests.

    A `mutant` is at work there, if one is named.
    """
    listed = list(seeds)
    command = [sys.executable, "-m", "tests.simulation", "--digests", ",".join(map(str, listed))]
    if mutant is not None:
        command += ["--mutant", mutant]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        command, env=environment, cwd=_root(), capture_output=True, text=True, check=True, timeout=600
    )
    return msgspec.json.decode(done.stdout, type=dict[int, str])


def last_events(plan: Plan, count: int = LAST_EVENTS) -> list[str]:
    """Run a failing plan once more, and return what happened last."""
    world = World(plan, trace=count)
    try:
        world.run()
    except BaseException as error:
        world.note(f"{type(error).__name__}: {error}")
    assert world.transcript.last is not None
    return list(world.transcript.last)


def run_one(seed: int, *, digest: bool = False) -> Result | Failure:
    """Run one seed; whatever goes wrong is a failure with a text."""
    try:
        return run_plan(draw_plan(seed), digest=digest)
    except Violation as violation:
        return Failure(seed, violation.invariant, str(violation))
    except Exception:
        return Failure(seed, None, traceback.format_exc(limit=-4))


def _run_chunk(task: tuple[list[int], frozenset[int]]) -> list[tuple[int, Result | Failure]]:
    seeds, digests = task
    outcomes = [(seed, run_one(seed, digest=seed in digests)) for seed in seeds]
    gc.collect()
    return outcomes


def _map(
    tasks: list[tuple[list[int], frozenset[int]]], jobs: int
) -> Iterator[list[tuple[int, Result | Failure]]]:
    if jobs <= 1:
        yield from map(_run_chunk, tasks)
        return
    with get_context("spawn").Pool(jobs, maxtasksperchild=TASKS_A_PROCESS) as pool:
        yield from pool.imap_unordered(_run_chunk, tasks)


def _chunks(seeds: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(seeds), SEEDS_A_TASK):
        yield seeds[start : start + SEEDS_A_TASK]


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
