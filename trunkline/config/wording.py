"""How a configuration's own values and paths are shown in a message.

Whatever came from outside is escaped and cut, so that a message is one short
line on every terminal.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where something stands: keys of tables and indexes of lists."""


@dataclass(frozen=True)
class Foreign:
    """Stands for a value that TOML can't hold."""

    kind: str


_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST = 60


def escaped(text: str) -> str:
    """Return the text with everything that isn't printable written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def quoted(text: str) -> str:
    """Return the text in double quotes, escaped, cut after 60 characters."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return '"' + escaped(cut.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def shown(value: object) -> str:
    """Return a value as a message shows it: as TOML writes it, or what it is."""
    match value:
        case Foreign(kind):
            return "nothing" if kind == "NoneType" else f"a Python {kind}"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int():
            # Python refuses to print integers of more than some thousand digits.
            return str(value) if abs(value) < 10**30 else "a number of more than 30 digits"
        case float():
            return repr(value)
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case datetime.datetime() | datetime.date() | datetime.time():
            return "a date or time"
        case _:
            return f"a Python {type(value).__name__}"


def dotted(path: Path) -> str:
    """Return a path as messages name it, e.g. `numbers[3].connection`."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
            continue
        name = part if _BARE_KEY.fullmatch(part) and len(part) <= _LONGEST else quoted(part)
        parts.append(f".{name}" if parts else name)
    return "".join(parts)


def listed(names: list[str]) -> str:
    """Return names as a sentence has them: `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def canonical(value: object) -> str:
    """Return a TOML value as text that is the same for the same value."""
    return json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))
