"""The two forms of a line: JSON for machines, text for a terminal.

A renderer is structlog's last processor: it gets the event and its time and
returns the line's bytes with their newline. Both write fields in the event
table's order and through the same escapes, so one event is one line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, MutableMapping
from enum import Enum
from typing import Any, Protocol

import msgspec

from runtime.observe.events import Event
from runtime.observe.one_line import encode_line
from runtime.observe.timestamps import Timestamps

Renderer = Callable[[Any, str, MutableMapping[str, Any]], bytes]
"""structlog's processor signature; the entry holds `time` and `record`."""


class LogFormat(str, Enum):
    """How the log is written; `auto` is console on a terminal, else json."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class TextStream(Protocol):
    """Something that knows whether it is a terminal."""

    def isatty(self) -> bool: ...


class JsonRenderer:
    """Write an event as one JSON object."""

    def __init__(self) -> None:
        self._timestamp = Timestamps()
        self._heads: dict[type[Event], bytes] = {}

    def __call__(self, logger: Any, method: str, entry: MutableMapping[str, Any]) -> bytes:
        """Return the line; fields that every line has come first."""
        record: Event = entry["record"]
        kind = type(record)
        head = self._heads.get(kind)
        if head is None:
            head = self._heads[kind] = b'Z","level":"%b","event":"%b",' % (
                kind.level.encode(),
                kind.event.encode(),
            )
        record_fields = _fields_of(record)
        if record.seq is None:
            del record_fields["seq"]
        if record.recovered is None:
            del record_fields["recovered"]
        fields = encode_line(record_fields)
        return b'{"timestamp":"%b%b%b\n' % (self._timestamp(entry["time"])[:-1], head, fields[1:])


def _fields_of(record: Event) -> dict[str, Any]:
    """Give an event's fields, those that every line has first."""
    return {
        "tenant": record.tenant,
        "campaign": record.campaign,
        "seq": record.seq,
        "recovered": record.recovered,
        **msgspec.structs.asdict(record),
    }


class ConsoleRenderer:
    """Write an event as a line of text that people read: time, level, name, fields."""

    LEVELS: Mapping[str, str] = {"debug": "2", "info": "32", "warning": "33", "error": "1;31"}
    DIM, BOLD, FIELD = "2", "1", "36"

    def __init__(self, *, color: bool) -> None:
        self._color = color
        self._timestamp = Timestamps()

    def __call__(self, logger: Any, method: str, entry: MutableMapping[str, Any]) -> bytes:
        """Return the line; fields without a value are left out."""
        record: Event = entry["record"]
        kind = type(record)
        fields = _fields_of(record)
        owner = "/".join(_shown(fields.pop(key)) for key in ("tenant", "campaign") if fields[key] is not None)
        moment = self._timestamp(entry["time"]).decode().replace("T", " ")
        parts = [
            self._paint(moment[:-4], self.DIM),
            self._paint(f"{kind.level:<7}", self.LEVELS[kind.level]),
            self._paint(f"{kind.event:<20}", self.BOLD),
        ]
        if owner:
            parts.append(owner)
        parts += [
            f"{self._paint(name, self.FIELD)}={_shown(value)}"
            for name, value in fields.items()
            if value is not None
        ]
        return (" ".join(parts).rstrip() + "\n").encode()

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text


def choose_renderer(
    stream: TextStream,
    log_format: LogFormat = LogFormat.AUTO,
    *,
    color: bool | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Renderer:
    """Choose JSON unless the stream is a terminal or text was asked for.

    `color` decides where it is given; else text is coloured on a terminal
    that isn't "dumb", unless NO_COLOR is set and not empty (no-color.org).
    """
    terminal = stream.isatty()
    if log_format is LogFormat.JSON or (log_format is LogFormat.AUTO and not terminal):
        return JsonRenderer()
    if color is None:
        color = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return ConsoleRenderer(color=color)


def _shown(value: object) -> str:
    """Show a simple word as it is, anything else as JSON; what would need an escape isn't printable."""
    if isinstance(value, str) and value.isprintable() and not set(value) & set(' "=\\{}[]'):
        return value or '""'
    return encode_line(value).decode()
