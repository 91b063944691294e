"""Compare a simulated campaign with a bare SimPy model of the same.

    python -m bench.campaign [--contacts N] [--sizes N,N] [--rounds N] [--json] [--quick]

The model has a process for each contact, resources for tenant, pool and
connections, ring and talk times and outcomes. By us every actor and rule is
at work and the contacts file is read, with the log off, with the full JSON
log, and with the default retries. These take turns in one process; the sizes
that show whether the cost stays flat run in a process each. CPU seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.alone import alone as in_a_process
from bench.audience import write_contacts
from bench.dialing import Size, configure, dial
from bench.figures import Cell, Figures, Ratio, parser, present
from bench.simpy_model import Model
from bench.turns import Stopwatch, Turns, in_turns
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile

SIMPY, OFF, LOGGED, RETRIES = "SimPy, bare", "trunkline", "trunkline, JSON log", "trunkline, retries"
ALONE = "trunkline, no doctor"
NUMBERS, CONNECTIONS = 40, 6
LOG = "log.jsonl"
ONE_ATTEMPT = {"max_attempts": 1, "max_carrier_failures": 1}


class Sizes(NamedTuple):
    """What is measured where nothing else is said; `alone` as `--sizes` is written."""

    contacts: int = 10_000
    rounds: int = 5
    alone: str = "10000,1000000"


QUICK = Sizes(contacts=300, rounds=1, alone="100,300")


def size_of(contacts: int) -> Size:
    return Size(contacts, numbers=NUMBERS, connections=CONNECTIONS)


def one_attempt(folder: str, contacts: int, seed: int, rounds: int) -> float:
    """Dial a campaign with one attempt each; CPU seconds an attempt, the median."""
    config = configure(Path(folder), size_of(contacts), **ONE_ATTEMPT)
    seconds = []
    for _ in range(rounds):
        stopwatch = Stopwatch()
        dialed = dial(config, stopwatch, seed=seed)
        assert stopwatch.turn is not None
        seconds.append(stopwatch.turn.cpu / dialed.calls)
    return median(seconds)


def alone_rows(folder: Path, sizes: Sequence[int], seed: int, rounds: int) -> list[dict[str, Cell]]:
    """Dial each size in a process of its own."""
    rows: list[dict[str, Cell]] = []
    for contacts in sizes:
        write_contacts(folder / "contacts.csv", contacts)
        repeats = max(1, min(rounds, 50_000 // contacts))
        seconds, mib = in_a_process(one_attempt, str(folder), contacts, seed, repeats)
        rows.append(
            {
                "way": f"{OFF}, alone",
                "contacts": contacts,
                "attempts": contacts,
                "us an attempt": round(seconds * 1e6, 2),
                "seconds": round(seconds * contacts, 2),
                "peak MiB": round(mib, 1),
            }
        )
    return rows


def flatness(rows: Sequence[dict[str, Any]]) -> list[Ratio]:
    """Compare the largest size with the smallest."""
    if not rows:
        return []
    small, large = rows[0], rows[-1]
    contacts = large["contacts"]
    return [
        Ratio(
            f"{contacts:,} / {small['contacts']:,} contacts, an attempt",
            large["us an attempt"] / small["us an attempt"],
            at_most=1.3,
        ),
        Ratio(f"MiB for {contacts:,} contacts", large["peak MiB"], at_most=400),
        Ratio(f"seconds for {contacts:,} contacts", large["seconds"], at_most=120),
    ]


def compare(folder: Path, contacts: int, seed: int, rounds: int) -> tuple[dict[str, Turns], dict[str, int]]:
    """Let all ways have their turns; what they took, and the calls of each."""
    size, calls = size_of(contacts), dict.fromkeys((SIMPY, OFF, ALONE, LOGGED, RETRIES), 0)
    write_contacts(folder / "contacts.csv", contacts)
    once, again = configure(folder, size, **ONE_ATTEMPT), configure(folder, size)
    alone = configure(folder, size, doctor=False, **ONE_ATTEMPT)

    def by_simpy(stopwatch: Stopwatch) -> None:
        with stopwatch:
            calls[SIMPY] = Model(size, seed).run()

    def by_us(stopwatch: Stopwatch) -> None:
        calls[OFF] = dial(once, stopwatch, seed=seed).calls

    def without_doctor(stopwatch: Stopwatch) -> None:
        calls[ALONE] = dial(alone, stopwatch, seed=seed).calls

    def logged(stopwatch: Stopwatch) -> None:
        log = EventLog(LogFile.open(folder / LOG, buffered=True, append=False))
        with closing(log):
            calls[LOGGED] = dial(once, stopwatch, seed=seed, sinks=(log,)).calls

    def with_retries(stopwatch: Stopwatch) -> None:
        calls[RETRIES] = dial(again, stopwatch, seed=seed).calls

    ways = {SIMPY: by_simpy, OFF: by_us, ALONE: without_doctor, LOGGED: logged, RETRIES: with_retries}
    return in_turns(ways, rounds), calls


def measure(options: argparse.Namespace) -> Figures:
    usual = QUICK if options.quick else Sizes()
    contacts = options.contacts or usual.contacts
    rounds = options.rounds or usual.rounds
    written = usual.alone if options.sizes is None else options.sizes
    sizes = [int(size) for size in written.split(",") if size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken, calls = compare(folder, contacts, options.seed, rounds)
        log_bytes = (folder / LOG).stat().st_size
        large = alone_rows(folder, sizes, options.seed, rounds)
    an_attempt = {way: turns.cpu / calls[way] for way, turns in taken.items()}

    def ratio(way: str, other: str, at_most: float) -> Ratio:
        value = taken[way].cpu_over(taken[other]) * calls[other] / calls[way]
        return Ratio(f"{way} / {other}", value, at_most=at_most)

    return Figures(
        bench="campaign",
        settings={"contacts": contacts, "rounds": rounds, "seed": options.seed, "log bytes": log_bytes},
        rows=[
            *(
                {
                    "way": way,
                    "contacts": contacts,
                    "attempts": calls[way],
                    "us an attempt": round(seconds * 1e6, 2),
                }
                for way, seconds in an_attempt.items()
            ),
            *large,
        ],
        ratios=[
            ratio(OFF, SIMPY, at_most=2),
            ratio(OFF, ALONE, at_most=1.05),
            ratio(LOGGED, OFF, at_most=2),
            ratio(RETRIES, OFF, at_most=1.2),
            *flatness(large),
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("campaign", "A simulated campaign beside a bare SimPy model of it.")
    usual = Sizes()
    options.add_argument("--contacts", type=int, help=f"of the turns (default: {usual.contacts})")
    options.add_argument("--rounds", type=int, help=f"turns of each way (default: {usual.rounds})")
    options.add_argument(
        "--sizes",
        help="contacts of the runs that show whether the cost stays flat; empty for none "
        f"(default: {usual.alone})",
    )
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
