"""Run seeds: `python -m tests.fleet_simulation --seeds 2000`, or one: `--seed 42`."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys

from tests.fleet_simulation.happened import SOMETIMES
from tests.fleet_simulation.mutants import MUTANTS
from tests.fleet_simulation.plan import draw_plan
from tests.fleet_simulation.seeds import Total, replay_elsewhere, run_seed, run_seeds

LONG_ENOUGH = 1000
"""From so many seeds on, each line of the catalogue must have come true."""


def main() -> int:
    """Run what the command line asks for; 0 if every guarantee held, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--start", type=int, help="the first seed; drawn and printed unless given")
    parser.add_argument("--seed", type=int, help="run this one, and print its last events")
    parser.add_argument("--last", type=int, default=60, help="so many events of it")
    parser.add_argument("--losses", action="store_true", help="plans of lost writes alone")
    parser.add_argument("--mutant", choices=[mutant.name for mutant in MUTANTS])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--digests", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.digests:
        seeds = [int(seed) for seed in options.digests.split(",")]
        print(json.dumps({seed: run_seed(seed).digest for seed in seeds}))
        return 0
    if options.seed is not None:
        return show(options.seed, options.last, options.mutant, losses=options.losses)
    start = secrets.randbelow(10**9) if options.start is None else options.start
    print(f"seeds {start} to {start + options.seeds - 1}, {options.jobs} processes", flush=True)
    total = run_seeds(range(start, start + options.seeds), options.jobs, losses=options.losses)
    return report(total, losses=options.losses)


def show(seed: int, last: int, mutant: str | None, *, losses: bool) -> int:
    """Run one seed and print how it ended."""
    print(draw_plan(seed, losses=losses))
    if mutant is None:
        outcome = run_seed(seed, losses=losses)
    else:
        outcome = next(one for one in MUTANTS if one.name == mutant).run(seed)
    print("\n".join(outcome.last[-last:]))
    print(f"seed {seed}: {outcome.violation or 'every guarantee held'}; {outcome.calls} calls")
    return int(outcome.violation is not None)


def report(total: Total, *, losses: bool) -> int:
    """Print what the seeds came to; 0 if nothing is wrong with it."""
    print(
        f"{total.seeds} seeds in {total.seconds:.0f} s;"
        f" calls {total.calls:,}, statements {total.statements:,}"
    )
    for line in SOMETIMES:
        print(f"{total.happened[line]:>9,}  {line}")
    for failure in total.failures[:10]:
        print(f"\nseed {failure.seed}: {failure.violation}")
        print(f"replay: python -m tests.fleet_simulation --seed {failure.seed}{' --losses' * losses}")
    enough = total.seeds >= LONG_ENOUGH and not losses
    never = [line for line in SOMETIMES if not total.happened[line]] if enough else []
    for line in never:
        print(f"never came true: {line}")
    others = replay_elsewhere(total.digests, 1) if total.digests else {}
    differing = [seed for seed, digest in total.digests.items() if others[seed] != digest]
    print(f"{len(total.digests)} seeds replayed in another process, {len(differing)} of them otherwise")
    print(f"{len(total.failures)} seeds broke a guarantee")
    return int(bool(total.failures or never or differing))


if __name__ == "__main__":
    sys.exit(main())
