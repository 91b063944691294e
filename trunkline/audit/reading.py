"""Read the lines of a log, of one file or of several that were rotated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from runtime.errors import LogNotAudited
from runtime.observe import events
from runtime.observe.events import Event

RESTART = "engine."
"""Events of this name follow a line that a crash has torn."""


class LogLine(NamedTuple):
    """A line: its number over all files, its time, its event, its text."""

    number: int
    time: float
    event: Event
    text: bytes


class _Head(msgspec.Struct):
    timestamp: str
    event: str


_HEAD = msgspec.json.Decoder(_Head)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")


class LogReader:
    """Decode lines by the type of their event; `unknown` counts events of no type, by name."""

    def __init__(self) -> None:
        self.unknown: dict[str, int] = {}
        self._decoders = {
            kind.event: msgspec.json.Decoder(kind)
            for kind in vars(events).values()
            if isinstance(kind, type) and issubclass(kind, Event) and "event" in vars(kind)
        }
        self._minute = ""
        self._minute_starts = 0.0

    def read(self, lines: Iterable[bytes]) -> Iterator[LogLine]:
        """Yield each line that is an event of a known type.

        A line that a crash has torn is left out: one that is no JSON object
        and stands last, or right before an event of the engine's restart.
        Raises LogNotAudited for any other line that is no event.
        """
        torn: LogNotAudited | None = None
        for number, text in enumerate(lines, start=1):
            if text.isspace():
                continue
            try:
                head = _HEAD.decode(text)
            except msgspec.ValidationError as error:
                raise LogNotAudited(f"this is no event of a log: {error}", line=number) from error
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if torn is not None:
                    raise torn from error
                torn = LogNotAudited(f"this is no JSON object: {error}", line=number)
                continue
            if torn is not None:
                if not head.event.startswith(RESTART):
                    raise torn
                torn = None
            event = self._event(number, head.event, text)
            if event is not None:
                yield LogLine(number, self._time(number, head.timestamp), event, text)

    def _event(self, number: int, name: str, text: bytes) -> Event | None:
        decoder = self._decoders.get(name)
        if decoder is None:
            self.unknown[name] = self.unknown.get(name, 0) + 1
            return None
        try:
            return decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LogNotAudited(f"{name}: {error}", line=number) from error

    def _time(self, number: int, stamp: str) -> float:
        """Read a timestamp; one minute's share of it is worked out once."""
        if not _STAMP.fullmatch(stamp):
            raise LogNotAudited(
                f'a timestamp is written as "2026-01-05T09:00:00.040000Z", not {stamp!r}', line=number
            )
        minute = stamp[:16]
        if minute != self._minute:
            try:
                starts = datetime.strptime(minute, "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
            except ValueError as error:
                raise LogNotAudited(f"there is no time {stamp!r}", line=number) from error
            self._minute, self._minute_starts = minute, starts.timestamp()
        return self._minute_starts + float(stamp[17:-1])
