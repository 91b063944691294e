"""Run seeds, in as many processes as there are cores, and put together what they came to."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import msgspec

from tests.fleet_simulation.plan import draw_plan
from tests.fleet_simulation.world import World
from tests.runtime.ledger.embedded import Server

CHUNK = 10


class Outcome(msgspec.Struct, frozen=True):
    """What became of one seed."""

    seed: int
    violation: str | None
    happened: Counter[str]
    calls: int
    statements: int
    digest: str
    last: tuple[str, ...]


class Total(msgspec.Struct):
    """What became of many."""

    seeds: int = 0
    calls: int = 0
    statements: int = 0
    happened: Counter[str] = msgspec.field(default_factory=Counter)
    failures: list[Outcome] = msgspec.field(default_factory=list)
    digests: dict[int, str] = msgspec.field(default_factory=dict)
    seconds: float = 0.0


def run_seed(seed: int, source: str | None = None, *, losses: bool = False) -> Outcome:
    """Run one seed; with a script's text, that script instead of the real one."""
    world = World(draw_plan(seed, losses=losses), Server(source=source))
    violation = None
    try:
        world.run()
    except AssertionError as error:
        violation = str(error)
    text = "\n".join(world.lines)
    return Outcome(
        seed=seed,
        violation=violation,
        happened=world.happened.counts,
        calls=len(world.carrier.over),
        statements=world.statements,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        last=tuple(world.lines[-60:]) if violation else (),
    )


def run_seeds(seeds: Sequence[int], jobs: int, *, losses: bool = False) -> Total:
    """Run many seeds; every twentieth part of them is there to be replayed."""
    total, began = Total(), time.monotonic()
    replayed = set(seeds[:: max(1, len(seeds) // 20)])
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as processes:
        for outcomes in processes.map(partial(_run_chunk, losses=losses), chunks):
            for outcome in outcomes:
                total.seeds += 1
                total.calls += outcome.calls
                total.statements += outcome.statements
                total.happened.update(outcome.happened)
                if outcome.violation is not None:
                    total.failures.append(outcome)
                if outcome.seed in replayed and not losses:
                    total.digests[outcome.seed] = outcome.digest
    total.seconds = time.monotonic() - began
    return total


def replay_elsewhere(seeds: Iterable[int], hash_seed: int) -> dict[int, str]:
    """Run seeds in another process, in which strings hash otherwise."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fleet_simulation", "--digests", ",".join(map(str, seeds))],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {int(seed): digest for seed, digest in json.loads(done.stdout).items()}


def _run_chunk(seeds: Sequence[int], losses: bool) -> list[Outcome]:
    return [run_seed(seed, losses=losses) for seed in seeds]
