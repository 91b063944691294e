"""Where each key and value of a TOML text stands.

tomllib decides what a text means but forgets where it stood. This reads the
text once more, only when there is an error to place, and only for positions:
it takes any text, right or wrong, and stops at what it doesn't understand.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from trunkline.config.tokens import BLANK, Token, tokens, unquoted
from trunkline.config.wording import Path


class Place(NamedTuple):
    """A position in a text; line and column count from 1, in characters."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Place:
    """Return line and column of an offset."""
    start = text.rfind("\n", 0, offset) + 1
    return Place(text.count("\n", 0, offset) + 1, offset - start + 1)


class Repeated(NamedTuple):
    """A key that stands twice: both offsets."""

    path: Path
    first: int
    second: int


class Places:
    """The places of a text's keys, values and tables, by path."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._keys: dict[Path, int] = {}
        self._values: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}
        self.repeated: Repeated | None = None
        self._tokens = list(tokens(text))
        self._next = 0
        with suppress(_Lost):  # what was read before is placed all the same
            self._read_document()

    def key(self, path: Path) -> Place:
        """Return where the key stands, else the nearest thing around it."""
        return self._nearest(self._keys, self._values, path)

    def value(self, path: Path) -> Place:
        """Return where the value stands, else the nearest thing around it."""
        return self._nearest(self._values, self._keys, path)

    def _nearest(self, best: dict[Path, int], other: dict[Path, int], path: Path) -> Place:
        while path:
            if (offset := best.get(path, other.get(path))) is not None:
                return place_of(self._text, offset)
            path = path[:-1]
        return Place(1, 1)

    def _read_document(self) -> None:
        table: Path = ()
        while (token := self._skip(BLANK)) is not None:
            table = self._read_header(token) if token.text == "[" else self._read_pair(table)

    def _read_header(self, opening: Token) -> Path:
        """Read `[a.b]` or `[[a.b]]`; return the table that it opens."""
        self._next += 1
        listed = self._is_mark("[", opening.offset + 1)
        self._next += listed
        parts = self._read_key()
        path: Path = ()
        for part, offset in parts[:-1]:
            path = self._last_item((*path, part))
            self._keys.setdefault(path, offset)
        path = (*path, parts[-1][0])
        if listed:
            self._keys.setdefault(path, parts[-1][1])
            self._values.setdefault(path, opening.offset)
            count = self._lengths.get(path, 0)
            self._lengths[path] = count + 1
            path = (*path, count)
            self._keys[path] = self._values[path] = opening.offset
        else:
            path = self._last_item(path)
            if path in self._values and self.repeated is None:
                self.repeated = Repeated(path, self._values[path], opening.offset)
            self._keys.setdefault(path, parts[-1][1])
            self._values.setdefault(path, opening.offset)
        for _ in range(1 + listed):
            self._expect("]")
        return path

    def _last_item(self, path: Path) -> Path:
        """Return the path, or that of its last item when it is a list of tables."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _read_pair(self, table: Path) -> Path:
        """Read `key = value` inside a table; return the table."""
        path = table
        parts = self._read_key()
        first = parts[0][1]
        for part, offset in parts:
            path = (*path, part)
            first = self._keys.setdefault(path, offset)
        if path in self._values and self.repeated is None:
            self.repeated = Repeated(path, first, parts[-1][1])
        self._expect("=")
        self._read_value(path)
        return table

    def _read_key(self) -> list[tuple[str, int]]:
        parts: list[tuple[str, int]] = []
        while True:
            token = self._skip(frozenset({"space"}))
            if token is None or token.kind not in ("bare", "short"):
                raise _Lost
            self._next += 1
            parts.append((unquoted(token), token.offset))
            token = self._skip(frozenset({"space"}))
            if token is None or token.text != ".":
                return parts
            self._next += 1

    def _read_value(self, path: Path) -> None:
        token = self._skip(frozenset({"space"}))
        if token is None:
            raise _Lost
        self._values[path] = token.offset
        self._keys.setdefault(path, token.offset)
        if token.text == "[":
            self._read_list(path)
        elif token.text == "{":
            self._read_inline_table(path)
        elif token.kind in ("long", "short"):
            self._next += 1
        else:
            self._read_scalar()

    def _read_list(self, path: Path) -> None:
        self._next += 1
        index = 0
        while not self._closes("]"):
            self._read_value((*path, index))
            index += 1
            if (token := self._skip(BLANK)) is not None and token.text == ",":
                self._next += 1

    def _read_inline_table(self, path: Path) -> None:
        self._next += 1
        while not self._closes("}"):
            self._read_pair(path)
            if (token := self._skip(BLANK)) is not None and token.text == ",":
                self._next += 1

    def _read_scalar(self) -> None:
        """Read past a number, a truth value or a date, which may hold a space."""
        started = self._next
        while (token := self._peek()) is not None and token.kind != "newline":
            if token.kind == "comment" or (token.kind == "mark" and token.text in ",]}"):
                break
            self._next += 1
        if self._next == started:
            raise _Lost

    def _closes(self, mark: str) -> bool:
        token = self._skip(BLANK)
        if token is None:
            raise _Lost
        if token.text != mark:
            return False
        self._next += 1
        return True

    def _skip(self, kinds: frozenset[str]) -> Token | None:
        while (token := self._peek()) is not None and token.kind in kinds:
            self._next += 1
        return token

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _is_mark(self, mark: str, offset: int) -> bool:
        token = self._peek()
        return token is not None and token.text == mark and token.offset == offset

    def _expect(self, mark: str) -> None:
        token = self._skip(frozenset({"space"}))
        if token is None or token.text != mark:
            raise _Lost
        self._next += 1


class _Lost(Exception):
    """The text goes on in a way that isn't TOML."""
