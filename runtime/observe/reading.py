"""Read a log back, as an audit does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from runtime.errors import LogLineError

RESTART = "engine."
LONG_INTEGER = re.compile(r"\d{19}")


def read_log(lines: Iterable[str | bytes]) -> Iterator[dict[str, Any]]:
    """Yield each line's object; lines come with or without their newline.

    A line that a crash has torn is left out: one that is no JSON object and
    stands last, or right before an event of the engine's restart. Any other
    raises LogLineError. Empty lines are left out.
    """
    torn: LogLineError | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry = _entry(line)
        if torn is not None and (entry is None or not str(entry.get("event")).startswith(RESTART)):
            raise torn
        torn = LogLineError(number) if entry is None else None
        if entry is not None:
            yield entry


def _entry(line: str | bytes) -> dict[str, Any] | None:
    try:
        entry = _parse(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _parse(line: str | bytes) -> Any:
    """Parse by the fast reader, but by Python's what that one refuses or rounds.

    orjson refuses lone surrogates, and makes a float of an integer beyond 64 bits.
    """
    text = line if isinstance(line, str) else line.decode()
    if LONG_INTEGER.search(text) is None:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
    return json.loads(text)
