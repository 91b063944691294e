"""Where the doctor's events come from: a log, finished or still growing."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from runtime.errors import LogLineError
from runtime.observe.events import EngineStopped, Event
from runtime.observe.reading import read_log
from runtime.observe.reference import event_types

if TYPE_CHECKING:
    from runtime.journal.entries import AnyEntry
    from trunkline.doctor.standing import JournalStanding

KINDS: dict[str, type[Event]] = {kind.event: kind for kind in event_types()}
LOOK_AGAIN_SECONDS = 0.5
SQLITE = b"SQLite format 3\0"

Timed = tuple[float, Event]


def events_of_log(lines: Iterable[str | bytes]) -> Iterator[Timed]:
    """Read a log's events with their times, in seconds since the epoch.

    Lines of events that this version doesn't know are left out. Raises
    LogLineError for a line that is none of a log's.
    """
    for number, entry in enumerate(read_log(lines), start=1):
        event = _event(entry, number)
        if event is not None:
            yield event


def follow_log(path: Path, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[Timed | None]:
    """Read a log that still grows, until its engine stops.

    Yields None whenever nothing new is there, before it looks again.
    """
    torn = b""
    number = 0
    with path.open("rb") as file:
        while True:
            line = file.readline()
            if not line:
                yield None
                sleep(LOOK_AGAIN_SECONDS)
                continue
            torn += line
            if not torn.endswith(b"\n"):
                continue
            number += 1
            whole, torn = torn, b""
            for entry in read_log([whole]):
                timed = _event(entry, number)
                if timed is not None:
                    yield timed
                    if isinstance(timed[1], EngineStopped):
                        return


def events_of_journal(path: Path, standing: JournalStanding) -> Iterator[Timed]:
    """Read what a journal's entries tell, also while somebody dials by it.

    `standing` works out the capacity that follows from them, and how it all
    stands at the end. Raises JournalError where it can't be read.
    """
    from runtime.journal.sqlite.file import open_to_read
    from runtime.journal.sqlite.journal import numbered_entries
    from trunkline.history import events_of

    connection = open_to_read(path)

    def entries() -> Iterator[AnyEntry]:
        return (entry for _, entry in numbered_entries(connection, path))

    try:
        told: Iterator[Timed] = events_of(entries, {})
        yield from heapq.merge(told, standing.events(entries()), key=itemgetter(0))
    finally:
        connection.close()


def is_journal(path: Path) -> bool:
    """Tell whether a file is a journal rather than a log."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _event(entry: dict[str, Any], number: int) -> Timed | None:
    kind = KINDS.get(str(entry.get("event")))
    if kind is None:
        return None
    try:
        at = datetime.fromisoformat(entry["timestamp"]).timestamp()
        return at, msgspec.convert(entry, kind)
    except (KeyError, TypeError, ValueError) as error:
        raise LogLineError(number) from error
