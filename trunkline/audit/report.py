"""What an audit has found."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from runtime.observe.events import Event
from trunkline.audit.firsts import FollowUps


class Violation(msgspec.Struct, frozen=True):
    """A line that breaks a rule, and what was expected instead.

    `line` counts from 1 over all files of the log; `text` is the line.
    `follows` is the line of an earlier violation that has most likely led to
    this one; None for a first one.
    """

    rule: str
    line: int
    text: str
    expected: str
    follows: int | None = None


class OpenCall(msgspec.Struct, frozen=True):
    """A call that has not ended where the log does."""

    call: str
    line: int


class Report(msgspec.Struct, frozen=True):
    """What an audit has found.

    `counts` holds the violations by rule; `violations` the first ones of
    each, by line, and `follow_ups` what follows from which; `open_calls` the
    calls in progress where the log ends, as in one of a run that goes on;
    `notes` what could not be judged, `unknown` the events that this version
    doesn't know, by name: what they say was not judged either.
    """

    lines: int
    runs: int
    calls: int
    contacts: int
    complete: bool
    counts: dict[str, int]
    violations: list[Violation]
    open_calls: list[OpenCall]
    notes: list[str]
    follow_ups: list[FollowUps] = []
    unknown: dict[str, int] = {}

    @property
    def clean(self) -> bool:
        """Tell whether no rule was found broken, in a log that could be read whole."""
        return not self.counts and not self.unknown


def shown_line(time: float, event: Event, text: str | bytes | None) -> str:
    """Show a line as it was read, or else as it would be written."""
    if text is not None:
        line = (text.decode(errors="replace") if isinstance(text, bytes) else text).strip()
        return line if line.isprintable() else "".join(map(_printable, line))
    head = {"timestamp": datetime.fromtimestamp(time, UTC).isoformat(), "event": event.event}
    return msgspec.json.encode({**head, **msgspec.structs.asdict(event)}).decode()


def _printable(character: str) -> str:
    return character if character.isprintable() else f"\\u{ord(character):04x}"
