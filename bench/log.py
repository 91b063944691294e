"""Compare the log's writer with json.dumps and with structlog as it comes.

    python -m bench.log [--json] [--events N]

All write the same events, a grant of 26 fields and an end of 14 in turn, to a
file of their own: one line an event, flushed line by line, and our writer
once more with its buffer. Each way is measured in short turns, one after the
other, and the best turn counts, so that a busy machine hits all alike.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from runtime.observe.events import CallEnded, DispatchGranted, DispatchWaiting, Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.observe.observer import Observer

Write = Callable[[Event], None]
TURNS = 15

GRANTED = DispatchGranted(
    tenant="acme",
    campaign="spring",
    call="spring-17-1",
    contact="17",
    attempt=1,
    to="+1********37",
    party="8d3f0a9c5be7714e",
    region="US",
    zones=["America/Los_Angeles"],
    number="+14155550100",
    connection="east",
    tier="country",
    spilled=None,
    probe=False,
    weight=0.3125,
    share=0.525,
    candidates=2,
    connection_in_use=4,
    connection_limit=25,
    tenant_in_use=9,
    tenant_cap=40,
    number_in_use=2,
    number_limit=5,
)
ENDED = CallEnded(
    tenant="acme",
    campaign="spring",
    call="spring-17-1",
    contact="17",
    number="+14155550100",
    connection="east",
    outcome="answered",
    disposition="completed",
    ring_seconds=11.25,
    talk_seconds=70.25,
    cause=None,
)
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


def turn(write: Write, events: tuple[Event, ...], count: int) -> float:
    """Return the microseconds an event of one turn."""
    start = time.perf_counter()
    for _ in range(count // len(events)):
        for event in events:
            write(event)
    return (time.perf_counter() - start) / count * 1e6


def measure(count: int) -> dict[str, float]:
    """Return the microseconds an event of each way, the best of all turns."""
    lines = (GRANTED, ENDED)
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_files:
        folder = Path(name)
        below = folder / "below"
        ways: dict[str, tuple[Write, tuple[Event, ...]]] = {
            "trunkline": (ours(open_files, folder / "ours", buffered=False), lines),
            "trunkline, buffered": (ours(open_files, folder / "buffered", buffered=True), lines),
            "json.dumps": (plain_json(open_files, folder / "plain"), lines),
            "structlog as it comes": (stock_structlog(open_files, folder / "stock"), lines),
            "below the level": (ours(open_files, below, buffered=False), (WAITING,)),
            "nobody listens": (Observer(WallClock()).emit, lines),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(TURNS):
            for way, (write, events) in ways.items():
                best[way] = min(best[way], turn(write, events, count // TURNS))
        assert not below.read_bytes()
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare the log's writer with others.")
    parser.add_argument(
        "--events", type=int, default=30_000, help="how many each way writes (default: 30000)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    best = measure(max(arguments.events, 2 * TURNS))
    ours_us = best["trunkline"]
    rows: list[dict[str, Any]] = [
        {"way": name, "microseconds": round(us, 3), "ratio": round(us / ours_us, 3)}
        for name, us in best.items()
    ]
    if arguments.json:
        print(json.dumps({"events": arguments.events, "ways": rows}))
        return
    print(f"{'way':<24}{'us an event':>12}{'ratio':>8}")
    for row in rows:
        print(f"{row['way']:<24}{row['microseconds']:>12.2f}{row['ratio']:>8.2f}")


if __name__ == "__main__":
    main()
