"""What is kept of a world's lines: the last of them to be read, all of them as a digest."""

from __future__ import annotations

import hashlib
from collections import deque

import msgspec

from runtime.observe import events
from runtime.observe.events import Event


class Transcript:
    """Takes lines and notes in; times are seconds from the start of the first life.

    It keeps the last `trace` of them as text, and with `digest` a hash of all
    lines, byte for byte.
    """

    def __init__(self, *, trace: int = 0, digest: bool = False) -> None:
        self.last: deque[str] | None = deque(maxlen=trace) if trace else None
        self._hash = hashlib.sha256() if digest else None

    @property
    def digest(self) -> str | None:
        """Give the hash of all lines so far; None where none is kept."""
        return None if self._hash is None else self._hash.hexdigest()

    def wants(self, kind: type[Event]) -> bool:
        """Say whether a kind of line is kept."""
        return (self._hash is not None or self.last is not None) and kind is not events.DispatchWaiting

    def note(self, seconds: float, text: str) -> None:
        """Keep a remark among the last lines."""
        if self.last is not None:
            self.last.append(f"{seconds:14.6f}  -- {text}")

    def write(self, time: float, seconds: float, event: Event) -> None:
        """Keep a line, of this time since the epoch."""
        if self.last is not None:
            fields = {key: value for key, value in msgspec.to_builtins(event).items() if value is not None}
            text = " ".join(f"{key}={value}" for key, value in fields.items())
            self.last.append(f"{seconds:14.6f}  {event.event} {text}")
        if self._hash is not None:
            self._hash.update(f"{time!r} {event.event} ".encode() + msgspec.json.encode(event) + b"\n")
