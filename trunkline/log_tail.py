"""What the end of a log says of a run: as much as a recovery has to know."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import orjson

from runtime.observe.events import Event

TAIL_BYTES = 32 * 1024 * 1024
"""How much of a log's end is compared with the journal."""

Who: TypeAlias = tuple[str, str]
"""A campaign and a contact's id in it."""

Subject: TypeAlias = tuple[str, str, str, str]
"""A change's event, the number or connection, the campaign or tenant, and who made it."""

CHANGES = {
    "number.flagged": ("number", None),
    "number.unflagged": ("number", None),
    "number.paused": ("number", None),
    "number.resumed": ("number", None),
    "number.removed": ("number", "campaign"),
    "number.added": ("number", "campaign"),
    "campaign.paused": (None, "campaign"),
    "campaign.resumed": (None, "campaign"),
    "campaign.canceled": (None, "campaign"),
    "connection.limit_changed": ("connection", None),
    "tenant.cap_changed": (None, "tenant"),
}
"""By event, the fields that say what was changed."""


class LogTail(msgspec.Struct):
    """What the end of a log says of a run.

    `whole` says that it holds the run from its start. `positions` are of the
    entries that have lines; the rest counts lines by what they are about.
    """

    whole: bool = False
    positions: set[int] = msgspec.field(default_factory=set)
    finished: set[Who] = msgspec.field(default_factory=set)
    stuck: Counter[Who] = msgspec.field(default_factory=Counter)
    lost: Counter[Who] = msgspec.field(default_factory=Counter)
    rejected: set[tuple[str, int]] = msgspec.field(default_factory=set)
    changes: Counter[Subject] = msgspec.field(default_factory=Counter)
    done: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def last(self) -> int:
        """The greatest position, 0 without any."""
        return max(self.positions, default=0)

    def take(self, event: str, get: Callable[[str], Any]) -> None:
        """Take in a line; `get` gives its fields."""
        position = get("seq")
        if isinstance(position, int):
            self.positions.add(position)
        if event == "contact.finished":
            self.finished.add((str(get("campaign")), str(get("contact"))))
        elif event == "contact.sticky_set":
            self.stuck[str(get("campaign")), str(get("contact"))] += 1
        elif event == "contact.sticky_lost":
            self.lost[str(get("campaign")), str(get("contact"))] += 1
        elif event == "contact.rejected":
            self.rejected.add((str(get("campaign")), int(get("row"))))
        elif event == "campaign.finished":
            self.done[str(get("campaign"))] += 1
        elif event in CHANGES:
            self.changes[_subject(event, get)] += 1


def subject_of(event: Event) -> Subject | None:
    """Say what a line of a change is about; None for any other line."""
    if event.event not in CHANGES:
        return None
    return _subject(event.event, lambda field: getattr(event, field, None))


def _subject(event: str, get: Callable[[str], Any]) -> Subject:
    what, where = CHANGES[event]
    return (
        event,
        "" if what is None else str(get(what)),
        "" if where is None else str(get(where)),
        str(get("by")),
    )


def read_tail(path: Path, run: str) -> LogTail:
    """Read the end of a log; what another run has written counts for nothing."""
    tail = LogTail()
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read().split(b"\n")
    except OSError:
        return tail
    ours = True
    for line in lines if size <= TAIL_BYTES else lines[1:]:
        if b'"event":"dispatch.refused"' in line:
            continue
        try:
            entry = orjson.loads(line)
            event = entry["event"]
        except (ValueError, KeyError, TypeError):
            continue
        if event in ("engine.started", "engine.recovered"):
            ours = entry.get("run") == run
            if event == "engine.started" or not ours:
                tail = LogTail(whole=ours)
        elif ours:
            tail.take(event, entry.get)
    return tail
