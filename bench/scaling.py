"""Measure whether a dispatch costs the same however large the campaign is.

    python -m bench.scaling [--rounds N] [--of numbers,connections,contacts] [--json] [--quick]

Numbers, connections and contacts grow, each alone, while a hundred calls are
in progress and the carrier does nothing. Every size is dialed in a process
of its own, reading its contacts file included; what it takes to set up is
not a dispatch's and not counted. Sizes take turns, and the median counts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from bench.alone import alone
from bench.audience import write_contacts
from bench.dialing import Size, configure, dial
from bench.figures import Figures, Ratio, parser, present
from bench.turns import Stopwatch
from runtime.carriers import InstantLine

FLAT = 1.5
MEMORY_MIB = 400

SIZES: Mapping[str, tuple[Size, ...]] = {
    "numbers": tuple(Size(20_000, numbers=count) for count in (10, 100, 1_000, 10_000)),
    "connections": tuple(Size(20_000, numbers=1_000, connections=count) for count in (1, 8, 50, 500)),
    "contacts": tuple(Size(count) for count in (1_000, 10_000, 100_000, 1_000_000)),
}
QUICK: Mapping[str, tuple[Size, ...]] = {
    "numbers": (Size(200, numbers=10), Size(200, numbers=20)),
    "contacts": (Size(200), Size(400)),
}
LEAST_DISPATCHES = 20_000
"""Small files are dialed again until so many dispatches have been timed."""


class Cost(msgspec.Struct, frozen=True):
    """What one size took: CPU seconds for so many dispatches, and memory."""

    seconds: float
    dispatches: int
    mib: float


def run(folder: str, size: Size, seed: int, least: int) -> tuple[float, int]:
    """Dial the size until enough was timed; CPU seconds and dispatches."""
    path = Path(folder)
    config = configure(path, size, max_attempts=1)
    seconds, dispatches = 0.0, 0
    while dispatches < least:
        stopwatch = Stopwatch()
        dialed = dial(config, stopwatch, seed=seed, line=InstantLine)
        assert stopwatch.turn is not None
        assert dialed.calls == size.contacts
        seconds += stopwatch.turn.cpu
        dispatches += dialed.calls
    return seconds, dispatches


def cost(folder: Path, size: Size, seed: int, least: int) -> Cost:
    write_contacts(folder / "contacts.csv", size.contacts)
    (seconds, dispatches), mib = alone(run, str(folder), size, seed, least)
    return Cost(seconds, dispatches, mib)


def measure(options: argparse.Namespace) -> Figures:
    chosen = QUICK if options.quick else SIZES
    chosen = {name: sizes for name, sizes in chosen.items() if name in options.of.split(",")}
    rounds, least = (1, 1) if options.quick else (options.rounds, LEAST_DISPATCHES)
    costs: dict[tuple[str, int], list[Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):
            for what, sizes in chosen.items():
                for size in sizes if turn % 2 == 0 else reversed(sizes):
                    counted = getattr(size, what)
                    costs.setdefault((what, counted), []).append(
                        cost(Path(folder), size, options.seed, least)
                    )
    rows, ratios = [], []
    for what, sizes in chosen.items():
        table = [row_of(what, size, costs[what, getattr(size, what)]) for size in sizes]
        each = [row["us a dispatch"] for row in table]
        rows += table
        ratios.append(Ratio(f"dearest / cheapest, {what}", max(each) / min(each), at_most=FLAT))
        if what == "contacts":
            largest = table[-1]
            ratios.append(
                Ratio(f"MiB for {largest['to']:,} contacts", largest["peak MiB"], at_most=MEMORY_MIB)
            )
    return Figures("scaling", {"rounds": rounds, "seed": options.seed}, rows, ratios)


def row_of(what: str, size: Size, taken: Sequence[Cost]) -> dict[str, Any]:
    return {
        "what grows": what,
        "to": getattr(size, what),
        "us a dispatch": round(median(one.seconds / one.dispatches for one in taken) * 1e6, 2),
        "dispatches": taken[0].dispatches,
        "peak MiB": round(median(one.mib for one in taken), 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("scaling", "What a dispatch costs as a campaign grows.")
    options.add_argument("--rounds", type=int, default=3, help="turns of each size (default: 3)")
    options.add_argument(
        "--of", default="numbers,connections,contacts", help="what grows (default: all three)"
    )
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
