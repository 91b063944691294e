"""One thing wrong with a configuration, printed as compilers print it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple

from runtime.errors import ConfigError
from trunkline.config.places import Place, Places
from trunkline.config.wording import Path, dotted, escaped

_WIDEST = 100


class Finding(NamedTuple):
    """What a check found wrong, and which part of the path it is about.

    `key` is about the name itself (unknown, repeated), `value` about what it
    is set to or about the table as a whole.
    """

    path: Path
    message: str
    about: Literal["key", "value"] = "value"


@dataclass(frozen=True)
class Problem:
    """One error of a configuration: where it is, what it is, how to mend it.

    `file`, `line` and `column` (from 1, in characters) are None where there
    is no text to point at, as with `Config.from_dict`.
    """

    message: str
    path: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source: str | None = None
    """The line of the text that it stands in."""

    def __str__(self) -> str:
        position = [] if self.line is None else [str(self.line), str(self.column)]
        place = ":".join([escaped(self.file), *position]) if self.file is not None else ""
        return ": ".join(part for part in (place, self.path, self.message) if part)

    def render(self) -> str:
        """Return the error with the line it stands in and a caret below."""
        if self.source is None or self.line is None or self.column is None:
            return str(self)
        shown, before = _excerpt(self.source, self.column)
        number = f"{self.line:5}"
        return f"{self}\n{number} | {shown}\n{' ' * len(number)} | {' ' * before}^"


def _excerpt(source: str, column: int) -> tuple[str, int]:
    """Return what is shown of a long line, and the caret's distance from its left."""
    start = max(0, column - 1 - _WIDEST // 2) if len(source) > _WIDEST else 0
    end = start + _WIDEST
    head = "…" if start else ""
    tail = "…" if end < len(source) else ""
    clean = "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in source)
    before = head + clean[start : column - 1]
    return head + clean[start:end].rstrip() + tail, sum(_cells(c) for c in before)


def _cells(character: str) -> int:
    """Return how many cells of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Source:
    """A text that findings are placed in; it is read for places only once."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """The places of its keys and values."""
        if self._places is None:
            self._places = Places(self.text)
        return self._places

    def problem_at(self, place: Place, message: str, path: Path = ()) -> Problem:
        """Return a problem with the line that it stands in."""
        lines = self.text.split("\n", place.line)
        source = lines[place.line - 1] if place.line <= len(lines) else ""
        return Problem(message, dotted(path), self.file, place.line, place.column, source)

    def problem(self, finding: Finding) -> Problem:
        """Return the problem of a finding, placed."""
        places = self.places
        place = places.key(finding.path) if finding.about == "key" else places.value(finding.path)
        return self.problem_at(place, finding.message, finding.path)


def raise_all(
    findings: list[Finding], source: Source | None, origins: dict[Path, str], file: str | None = None
) -> None:
    """Raise one ConfigError with every finding, in the order of the text.

    `origins` names the paths that were set from elsewhere (a flag, an
    environment variable); these have no place in the text.
    """
    if not findings:
        return
    problems: list[Problem] = []
    for finding in dict.fromkeys(findings):
        origin = origins.get(finding.path[:2])
        if origin is not None:
            problems.append(Problem(finding.message, escaped(origin)))
        elif source is not None:
            problems.append(source.problem(finding))
        else:
            problems.append(Problem(finding.message, dotted(finding.path), file))
    problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    raise ConfigError(problems)
