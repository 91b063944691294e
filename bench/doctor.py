"""Let the doctor look at campaigns of which it is known what is wrong.

    python -m bench.doctor [--seeds N] [--start N] [--only NAME] [--jobs N] [--json] [--quick]

Prints the confusion matrix: a row for each ailment, what the doctor called it
over the seeds, from `--start` on; right is only who names the number,
connection, country or hour as well. And how many of a number's calls (for a common decline: of the
calls concerned) passed from the onset to the alarm. Thresholds were settled on seeds below 2000.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec
import trio

from bench.ailments.campaigns import Ailment, configure
from bench.ailments.catalogue import AILMENTS
from bench.figures import Cell, Figures, Ratio, parser, present
from runtime.observe.events import Advice, CallEnded, Event
from trunkline.engine import Engine

SEVERITIES = ("info", "warning", "error")
SEEDS, QUICK_SEEDS = 30, 1
START = 2000
"""The first seed; on smaller ones thresholds were settled."""

QUICK = ("all numbers flagged", "no number of a country", "slots leak")


class Ending(msgspec.Struct, frozen=True):
    """What the doctor said of one campaign, and after how many calls."""

    ailment: str
    seed: int
    kind: str | None
    cause: str | None
    subject: str | None
    calls: int | None
    alarms: int

    @property
    def label(self) -> str:
        """Name what was said."""
        return _name(self.kind, self.cause, self.subject)


def _name(kind: str | None, cause: str | None, subject: str | None) -> str:
    if kind is None:
        return "healthy"
    return f"{kind}: {cause}" + ("" if subject is None else f" {subject}")


class Ear:
    """Keep a run's advice, and when calls ended."""

    def __init__(self) -> None:
        self.advice: list[tuple[float, Advice]] = []
        self.ended: list[tuple[float, str, str]] = []

    def __call__(self, time: float, event: Event) -> None:
        if isinstance(event, Advice):
            if not event.over:
                self.advice.append((time, event))
        elif isinstance(event, CallEnded):
            self.ended.append((time, event.number, event.connection))

    def wants(self, kind: type[Event]) -> bool:
        return kind is Advice or kind is CallEnded


def examine(name: str, seed: int) -> Ending:
    """Dial one ill campaign in virtual time, and say what the doctor called it."""
    ailment = next(one for one in AILMENTS if one.name == name)
    ear = Ear()
    with tempfile.TemporaryDirectory() as folder:
        config = configure(ailment, Path(folder), seed)
        start = config.run.start.timestamp()

        async def dial() -> None:
            async with Engine(config, virtual=True, seed=seed, sinks=(ear,)) as engine:
                await engine.finished

        trio.run(dial)
    alarms = [one for one in ear.advice if one[1].severity != "info"]
    known = [one for one in ear.advice if _counts(one[1], ailment)]
    if not known:
        return Ending(name, seed, None, None, None, None, len(alarms))
    at, said = max(
        known, key=lambda one: (SEVERITIES.index(one[1].severity), one[1].kind == "stalled", -one[0])
    )
    calls = None
    if ailment.onset is not None and any(ailment.subject in one[1:] for one in ear.ended):
        onset = start + ailment.onset
        calls = sum(
            1
            for time, number, connection in ear.ended
            if onset <= time <= at and ailment.subject in (number, connection)
        )
    return Ending(name, seed, said.kind, said.cause, said.subject, calls, len(alarms))


def _counts(said: Advice, ailment: Ailment) -> bool:
    """Leave aside what is as configured, unless it is what is asked for."""
    return said.severity != "info" or (said.kind, said.cause) == (ailment.kind, ailment.cause)


def _row(ailment: Ailment, endings: Sequence[Ending]) -> dict[str, Cell]:
    labels = Counter(one.label for one in endings)
    expected = _name(ailment.kind, ailment.cause, ailment.subject)
    right = [one for one in endings if one.label == expected]
    delays = sorted(one.calls for one in right if one.calls is not None)
    others = [f"{label} {count}" for label, count in labels.most_common() if label != expected]
    return {
        "ailment": ailment.name,
        "expected": expected,
        "right": len(right),
        "of": len(endings),
        "called otherwise": ", ".join(others) or "–",
        "calls p50": delays[len(delays) // 2] if delays else None,
        "calls p95": delays[int(0.95 * (len(delays) - 1))] if delays else None,
    }


def measure(given: argparse.Namespace) -> Figures:
    """Examine every ailment over the seeds."""
    names = given.only or (QUICK if given.quick else [one.name for one in AILMENTS])
    seeds = given.seeds or (QUICK_SEEDS if given.quick else SEEDS)
    work = [(name, seed) for name in names for seed in range(given.start, given.start + seeds)]
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        endings = list(pool.map(examine, *zip(*work, strict=True), chunksize=1))
    rows = [
        _row(ailment, [one for one in endings if one.ailment == ailment.name])
        for ailment in AILMENTS
        if ailment.name in names
    ]
    worst = min(int(str(row["right"])) / int(str(row["of"])) for row in rows)
    ratios = [Ratio("least share right of an ailment", worst, at_least=0.95)]
    well = [one for one in endings if one.ailment == "healthy"]
    if well:
        alarms = sum(one.alarms for one in well) / len(well)
        ratios.append(Ratio("false alarms a healthy campaign", alarms, at_most=0.05))
    return Figures("doctor", {"seeds": seeds, "start": given.start, "ailments": len(names)}, rows, ratios)


def main(arguments: Sequence[str] | None = None) -> None:
    """Examine, and print the matrix."""
    options = parser("doctor", "Let the doctor look at campaigns with a known ailment.", seeded=False)
    options.add_argument("--seeds", type=int, help=f"campaigns of each ailment (default: {SEEDS})")
    options.add_argument("--start", type=int, default=START, help=f"the first seed (default: {START})")
    options.add_argument("--only", action="append", choices=[one.name for one in AILMENTS])
    options.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
