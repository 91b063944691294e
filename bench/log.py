"""Compare the log's writer with json.dumps and with structlog as it comes.

    python -m bench.log [--events N] [--rounds N] [--json] [--quick]

All write the same events, a grant of 26 fields and an end of 14 in turn, to a
file of their own: one line an event, flushed line by line, and our writer
once more with its buffer. Each way is measured in short turns, one after the
other, and the median of CPU seconds counts, so that a busy machine hits all
alike.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import structlog

from bench.figures import Figures, Ratio, parser, present
from bench.turns import Stopwatch, Turns, in_turns
from runtime.observe.events import DispatchWaiting, Event
from runtime.observe.events_page import ENDED, GRANTED
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.observe.observer import Observer

Write = Callable[[Event], None]
OURS = "trunkline"
WAITING = DispatchWaiting(tenant="acme", campaign="spring", contact="17", reason="rate")


class WallClock:
    """The time of day."""

    def time(self) -> float:
        return time.time()


def ours(open_files: ExitStack, path: Path, *, buffered: bool) -> Write:
    log = EventLog(LogFile.open(path, buffered=buffered, append=False))
    open_files.callback(log.close)
    return Observer(WallClock(), log).emit


def plain_json(open_files: ExitStack, path: Path) -> Write:
    file = open_files.enter_context(path.open("wb", buffering=0))

    def write(event: Event) -> None:
        now = datetime.now(UTC)
        line = {
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": event.level,
            "event": event.event,
            **msgspec.structs.asdict(event),
        }
        file.write(json.dumps(line).encode() + b"\n")

    return write


def stock_structlog(open_files: ExitStack, path: Path) -> Write:
    logger = structlog.wrap_logger(
        structlog.WriteLogger(open_files.enter_context(path.open("w", encoding="utf-8"))),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
    )

    def write(event: Event) -> None:
        getattr(logger, event.level)(event.event, **msgspec.structs.asdict(event))

    return write


def costs(count: int, rounds: int) -> dict[str, Turns]:
    """Write so many events a turn in each way."""
    lines = (GRANTED, ENDED)
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_files:
        folder = Path(name)
        below = folder / "below"
        ways: dict[str, tuple[Write, tuple[Event, ...]]] = {
            OURS: (ours(open_files, folder / "ours", buffered=False), lines),
            "trunkline, buffered": (ours(open_files, folder / "buffered", buffered=True), lines),
            "json.dumps": (plain_json(open_files, folder / "plain"), lines),
            "structlog as it comes": (stock_structlog(open_files, folder / "stock"), lines),
            "below the level": (ours(open_files, below, buffered=False), (WAITING,)),
            "nobody listens": (Observer(WallClock()).emit, lines),
        }

        def turn(way: str, stopwatch: Stopwatch) -> None:
            write, events = ways[way]
            with stopwatch:
                for _ in range(count // len(events)):
                    for event in events:
                        write(event)

        taken = in_turns({way: partial(turn, way) for way in ways}, rounds)
        assert not below.read_bytes()
    return taken


def measure(options: argparse.Namespace) -> Figures:
    count, rounds = (20, 1) if options.quick else (options.events, options.rounds)
    taken = costs(count, rounds)
    return Figures(
        bench="log",
        settings={"events": count, "rounds": rounds},
        rows=[{"way": way, "us an event": round(turns.cpu / count * 1e6, 3)} for way, turns in taken.items()],
        ratios=[
            Ratio(f"{way} / {OURS}", turns.cpu_over(taken[OURS]))
            for way, turns in taken.items()
            if way != OURS
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("log", "The log's writer beside others.", seeded=False)
    options.add_argument("--events", type=int, default=2_000, help="how many a turn writes (default: 2000)")
    options.add_argument("--rounds", type=int, default=15, help="turns of each way (default: 15)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
