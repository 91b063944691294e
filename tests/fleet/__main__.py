"""Fault rounds by the dozen: python -m tests.fleet [--rounds N] [--contacts N] [--seed N] [--seconds S]."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fleet.judge import figures, violations
from tests.fleet.round import Round, Terrain

END_SECONDS = 900.0

LOSING: dict[str, Callable[[int], tuple[bool, bool]]] = {
    "none": lambda number: (False, False),
    "some": lambda number: (number % 3 > 0, number % 3 == 1),
    "apart": lambda number: (True, True),
    "all": lambda number: (True, False),
}
"""Of a round's number: whether Redis may lose what it has acknowledged, and apart from daemons' troubles."""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--contacts", type=int, default=100_000)
    options.add_argument("--seconds", type=float, default=200.0, help="how long things go wrong in a round")
    options.add_argument("--seed", type=int, default=Random().randrange(1 << 32), help="of the first round")
    options.add_argument(
        "--losing",
        choices=LOSING,
        default="some",
        help="in which rounds Redis may lose what it has acknowledged",
    )
    options.add_argument("--keep", type=Path, help="where to keep what a round with violations has left")
    given = options.parse_args()
    bad = 0
    for number in range(given.rounds):
        seed = given.seed + number
        with tempfile.TemporaryDirectory(prefix="trunkline-") as name:
            folder = Path(name)
            losing, apart = LOSING[given.losing](number)
            terrain = Terrain(
                seed, given.contacts, given.seconds, losing=losing, apart=apart, end_seconds=END_SECONDS
            )
            outcome = Round(folder, terrain).run()
            found = violations(outcome)
            told = {
                "seed": seed,
                "violations": found[:20],
                **figures(outcome),
            }
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            bad += bool(found)
            if given.keep is not None and found:
                shutil.copytree(folder, given.keep / str(seed), ignore=shutil.ignore_patterns("arbiter"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
