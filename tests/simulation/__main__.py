"""Run seeds: `python -m tests.simulation --seeds 10000`, or one: `--seed 42`."""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
from collections import Counter
from pathlib import Path

import msgspec

from tests.simulation.drawing import draw_plan
from tests.simulation.mutants import MUTANTS, SET_ORDER
from tests.simulation.plan import Plan
from tests.simulation.seeds import (
    Failure,
    Summary,
    last_events,
    replay_elsewhere,
    run_plan,
    run_seeds,
)
from tests.simulation.sometimes import FAULTS, SOMETIMES, never

REPLAYED = 20
LONG_ENOUGH = 1000
"""From so many seeds on, each line of the catalogue must have come true."""


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; 0 if every guarantee held, else 1."""
    options = _options(arguments)
    if options.mutant:
        next(one for one in (*MUTANTS, SET_ORDER) if one.name == options.mutant).apply()
    if options.digests:
        seeds = [int(seed) for seed in options.digests.split(",")]
        print(
            msgspec.json.encode(
                {seed: run_plan(draw_plan(seed), digest=True).digest for seed in seeds}
            ).decode()
        )
        return 0
    if options.plan:
        return _show(
            msgspec.json.decode(Path(options.plan).read_bytes(), type=Plan), options.plan, options.last
        )
    if options.seed is not None:
        return _show(draw_plan(options.seed), f"seed {options.seed}", options.last)
    start = secrets.randbelow(10**9) if options.start is None else options.start
    print(f"seeds {start} to {start + options.seeds - 1}, {options.jobs} processes", flush=True)
    replayed = frozenset(range(start, start + options.seeds, max(1, options.seeds // REPLAYED)))
    summary = run_seeds(range(start, start + options.seeds), jobs=options.jobs, digests=replayed)
    return report(summary, options.seeds)


def report(summary: Summary, asked: int) -> int:
    """Print what the seeds came to; return 0 if nothing is wrong with it."""
    rate = summary.seeds / summary.seconds
    print(f"{summary.seeds} seeds in {summary.seconds:.0f} s, {rate:.1f} seeds a second")
    if summary.contacts:
        print(
            f"calls {summary.calls:,}, messages {summary.messages:,}, median contacts"
            f" {statistics.median(summary.contacts):.0f}, median restarts"
            f" {statistics.median(summary.lives) - 1:.0f}"
        )
    _print_counts("faults that hit", summary.faults, FAULTS)
    _print_counts("operator", summary.actions, ())
    _print_counts("sometimes", summary.happened, SOMETIMES)
    for failure in summary.failures:
        print_failure(failure)
    wrong = bool(summary.failures)
    if asked >= LONG_ENOUGH and not summary.failures:
        missed = never(summary.happened, SOMETIMES) + never(summary.faults, FAULTS)
        for line in missed:
            print(f"never came true: {line}")
        wrong = wrong or bool(missed)
    return int(_replay(summary.digests) or wrong)


def print_failure(failure: Failure) -> None:
    """Print a failing seed's last events, and how to see them again."""
    print(f"\nseed {failure.seed}: {failure.text}")
    print("\n".join(last_events(draw_plan(failure.seed))))
    print(f"replay: python -m tests.simulation --seed {failure.seed}")


def _replay(digests: dict[int, str]) -> bool:
    if not digests:
        return False
    hash_seed = 1 + (int(os.environ.get("PYTHONHASHSEED", "0") or 0) if _numeric_hash_seed() else 0)
    others = replay_elsewhere(digests, hash_seed)
    differing = [seed for seed, digest in digests.items() if others[seed] != digest]
    for seed in differing:
        print(f"seed {seed} wrote other bytes in another process (PYTHONHASHSEED={hash_seed})")
    if not differing:
        print(f"{len(digests)} seeds replayed in another process, byte for byte")
    return bool(differing)


def _numeric_hash_seed() -> bool:
    return os.environ.get("PYTHONHASHSEED", "").isdecimal()


def _show(plan: Plan, name: str, last: int) -> int:
    for line in last_events(plan, last):
        print(line)
    try:
        result = run_plan(plan)
    except BaseException as error:
        print(f"{name}: {type(error).__name__}: {error}")
        return 1
    print(f"{name}: every guarantee held; {msgspec.json.encode(result).decode()}")
    return 0


def _print_counts(title: str, counts: Counter[str], expected: tuple[str, ...]) -> None:
    print(f"{title}:")
    for name in sorted({*counts, *expected}):
        print(f"  {counts.get(name, 0):9,}  {name}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds to run")
    parser.add_argument(
        "--start", type=int, help="the first seed; a fresh one is drawn and printed otherwise"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes")
    parser.add_argument("--seed", type=int, help="run one seed and print its last events")
    parser.add_argument("--plan", help="run a plan from a file, as the corpus has them")
    parser.add_argument("--last", type=int, default=60, help="how many of the last events to print")
    parser.add_argument("--mutant", help="run with a mutant at work: its name in mutants.py")
    parser.add_argument("--digests", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
