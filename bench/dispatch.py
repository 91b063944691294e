"""Measure what a dispatch costs, and how soon a freed slot is used again.

    python -m bench.dispatch [--contacts N] [--rounds N] [--seed N] [--json] [--quick]

The same campaign (50 numbers, 8 connections, one tenant, no log, a journal
in memory, a carrier that does nothing) is dispatched by the engine, by
pykka's ThreadingActors with one `ask().get()` for each request and its
answer, and by plain calls of the same pure rules. All three must take the
same decisions. The engine's is measured without the doctor, too. Then the
engine dials in real time, calls ending at random moments, and each freed slot
is followed to the next Place.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.audience import write_contacts
from bench.dialing import OFFERS_FROM, Dialed, Size, configure
from bench.exchange import engine, plain, threaded
from bench.exchange.reaction import react
from bench.figures import Figures, Ratio, parser, present
from bench.turns import Stopwatch, in_turns
from runtime.contacts import NewContact
from trunkline.config import Config
from trunkline.contacts import ContactIntake, ContactRow, read_contacts

ENGINE, ALONE, THREADS = "trunkline", "trunkline, no doctor", "ThreadingActors"
KEPT, PLAIN = "…, contacts kept", "plain calls"


def read(config: Config) -> list[NewContact]:
    """Read the campaign's contacts as the engine does."""
    source = config.contacts["spring"]
    assert source is not None
    assert source.path is not None
    rows = read_contacts(source.path, ContactIntake(now=lambda: 0.0))
    return [
        NewContact(row.row, row.contact, row.to, row.region, row.zones, None, (), row.names, row.values)
        for row in rows
        if isinstance(row, ContactRow)
    ]


def measure(options: argparse.Namespace) -> Figures:
    contacts = 300 if options.quick else options.contacts
    rounds = 1 if options.quick else options.rounds
    size = Size(contacts, numbers=50, connections=8)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_contacts(folder / "contacts.csv", size.contacts)
        config = configure(folder, size, max_attempts=1, start_at=OFFERS_FROM)
        alone = configure(folder, size, doctor=False, max_attempts=1, start_at=OFFERS_FROM)
        settings, rows = config.settings(simulated=True), read(config)
        decided = engine.decide(config, options.seed)
        dialed: list[Dialed] = []

        def by_engine(stopwatch: Stopwatch) -> None:
            dialed.append(engine.dispatch(config, options.seed, stopwatch))

        def without_doctor(stopwatch: Stopwatch) -> None:
            engine.dispatch(alone, options.seed, stopwatch)

        def by_threads(stopwatch: Stopwatch, *, kept: bool) -> None:
            dispatcher = threaded.Dispatcher(settings, rows, options.seed, kept=kept)
            with stopwatch:
                dispatcher.run()
            dispatcher.stop()
            assert dispatcher.decided == decided, "the threads decided otherwise"

        def by_plain_calls(stopwatch: Stopwatch) -> None:
            dispatcher = plain.Dispatcher(settings, rows, options.seed)
            with stopwatch:
                dispatcher.run()
            assert dispatcher.decided == decided, "the plain calls decided otherwise"

        taken = in_turns(
            {
                ENGINE: by_engine,
                ALONE: without_doctor,
                THREADS: partial(by_threads, kept=False),
                KEPT: partial(by_threads, kept=True),
                PLAIN: by_plain_calls,
            },
            rounds,
        )
        reaction = react(folder, options.seed, seconds=0.3 if options.quick else options.seconds)
    assert all(one.calls == contacts for one in dialed)
    return Figures(
        bench="dispatch",
        settings={"contacts": contacts, "rounds": rounds, "seed": options.seed},
        rows=[
            {
                "way": way,
                "dispatches/s": round(contacts / turns.wall),
                "us a dispatch": round(turns.wall / contacts * 1e6, 2),
                "us of CPU": round(turns.cpu / contacts * 1e6, 2),
                "messages": round(dialed[0].messages / contacts, 2) if way == ENGINE else None,
                "freed to Place p50 ms": round(reaction.p50 * 1e3, 3) if way == ENGINE else None,
                "p99 ms": round(reaction.p99 * 1e3, 3) if way == ENGINE else None,
            }
            for way, turns in taken.items()
        ],
        ratios=[
            Ratio(f"{THREADS} / {ENGINE}", taken[THREADS].over(taken[ENGINE]), at_least=10),
            Ratio(f"{THREADS} / {ENGINE}, CPU", taken[THREADS].cpu_over(taken[ENGINE])),
            Ratio(f"{KEPT} / {ENGINE}, CPU", taken[KEPT].cpu_over(taken[ENGINE])),
            Ratio(f"{ENGINE} / {PLAIN}", taken[ENGINE].over(taken[PLAIN]), at_most=6),
            Ratio(f"{ENGINE} / {PLAIN}, CPU", taken[ENGINE].cpu_over(taken[PLAIN])),
            Ratio(f"{ENGINE} / {ALONE}, CPU", taken[ENGINE].cpu_over(taken[ALONE]), at_most=1.05),
        ],
        notes=[
            f"All three took the same {len(decided):,} decisions."
            f" Freed to Place: {reaction.places:,} calls in real time, {reaction.at_once} at once."
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("dispatch", "What a dispatch costs.")
    options.add_argument("--contacts", type=int, default=5_000, help="dispatches a turn (default: 5000)")
    options.add_argument("--rounds", type=int, default=7, help="turns of each way (default: 7)")
    options.add_argument("--seconds", type=float, default=5.0, help="how long to dial in real time")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
