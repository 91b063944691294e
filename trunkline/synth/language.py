r"""Count and list the numbers that a pattern of a numbering plan stands for.

libphonenumber writes a kind of number as a regular expression of digits. As an
automaton it can be counted (how many numbers of a length are there?) and
"unranked" (which is the n-th of them?), each in a step a digit, so that all
numbers of a range can be had without making a list of them.

Knows what the metadata's patterns are made of: digits, `[2-9]`, `\d`, groups,
`|`, `?`, `{n}` and `{n,m}`; anything else is a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

DIGITS = "0123456789"


class Node(msgspec.Struct, frozen=True):
    """A part of a pattern."""


class Nothing(Node, frozen=True):
    """Matches the empty text."""


class Digit(Node, frozen=True):
    """Matches one digit of some."""

    digits: frozenset[str]


class Chain(Node, frozen=True):
    """Matches one part, then another."""

    first: Node
    then: Node


class Either(Node, frozen=True):
    """Matches any of some parts."""

    parts: frozenset[Node]


class Without(Node, frozen=True):
    """Matches what one part does and another doesn't."""

    part: Node
    other: Node


class Both(Node, frozen=True):
    """Matches what two parts do."""

    part: Node
    other: Node


class Numbers:
    """The numbers of one length that a pattern matches, in ascending order.

    Only those are in it that begin as `leading` says, and none that matches
    `without`. `length` is the count of digits; `len()` is how many there are.
    """

    def __init__(
        self, pattern: str, length: int, *, leading: str | None = None, without: str | None = None
    ) -> None:
        node = _Parser(pattern).parse()
        if leading is not None:
            node = Both(node, _Parser(rf"(?:{leading})\d{{0,{length}}}").parse())
        if without is not None:
            node = Without(node, _Parser(without).parse())
        self.length = length
        self._start = _branch(node, length)

    def __len__(self) -> int:
        return self._start.count

    def __getitem__(self, rank: int) -> str:
        """Give the number that has `rank` smaller ones before it."""
        branch = self._start
        if not 0 <= rank < branch.count:
            raise IndexError(rank)
        digits = ""
        while branch.ways:
            for digit, way in branch.ways:
                if rank < way.count:
                    digits += digit
                    branch = way
                    break
                rank -= way.count
        return digits


class Branch(msgspec.Struct, frozen=True, eq=False):
    """What may follow some first digits: how many numbers, and by which digit."""

    count: int
    ways: tuple[tuple[str, Branch], ...] = ()


@cache
def _branch(node: Node, length: int) -> Branch:
    """Count the numbers of a length that a part matches, digit by digit."""
    if length == 0:
        return Branch(int(_may_be_empty(node)))
    ways = []
    for digit in DIGITS:
        after = _after(node, digit)
        if after is not None and (branch := _branch(after, length - 1)).count:
            ways.append((digit, branch))
    return Branch(sum(branch.count for _, branch in ways), tuple(ways))


@cache
def _may_be_empty(node: Node) -> bool:
    match node:
        case Nothing():
            return True
        case Chain(first, then):
            return _may_be_empty(first) and _may_be_empty(then)
        case Either(parts):
            return any(map(_may_be_empty, parts))
        case Both(part, other):
            return _may_be_empty(part) and _may_be_empty(other)
        case Without(part, other):
            return _may_be_empty(part) and not _may_be_empty(other)
        case _:
            return False


@cache
def _after(node: Node, digit: str) -> Node | None:
    """Give what must follow `digit`: Brzozowski's derivative; None where it can't stand."""
    match node:
        case Digit(digits):
            return Nothing() if digit in digits else None
        case Chain(first, then):
            ways = [_sequence(after, then)] if (after := _after(first, digit)) is not None else []
            if _may_be_empty(first) and (other := _after(then, digit)) is not None:
                ways.append(other)
            return _either(ways)
        case Either(parts):
            return _either([after for part in parts if (after := _after(part, digit)) is not None])
        case Both(part, other):
            after, also = _after(part, digit), _after(other, digit)
            return None if after is None or also is None else Both(after, also)
        case Without(part, other):
            after, barred = _after(part, digit), _after(other, digit)
            return after if after is None or barred is None else Without(after, barred)
        case _:
            return None


def _sequence(first: Node, then: Node) -> Node:
    if isinstance(first, Nothing):
        return then
    return first if isinstance(then, Nothing) else Chain(first, then)


def _either(parts: Sequence[Node]) -> Node | None:
    flat: set[Node] = set()
    for part in parts:
        flat.update(part.parts if isinstance(part, Either) else (part,))
    if not flat:
        return None
    return next(iter(flat)) if len(flat) == 1 else Either(frozenset(flat))


_TOKEN = re.compile(r"(?P<digit>\d)|\\d|\[(?P<set>[\d-]+)\]|\(\?:|[()|?]|\{(?P<low>\d+)(?:,(?P<high>\d+))?\}")


class _Parser:
    """Reads a pattern by recursive descent."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.sub(r"\s+", "", pattern)
        self._at = 0

    def parse(self) -> Node:
        node = self._alternatives()
        if self._at != len(self._pattern):
            raise self._unknown()
        return node

    def _alternatives(self) -> Node:
        parts = [self._run()]
        while self._take("|"):
            parts.append(self._run())
        node = _either(parts)
        assert node is not None
        return node

    def _run(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._repeated(self._one()))
        node: Node = Nothing()
        for part in reversed(parts):
            node = _sequence(part, node)
        return node

    def _one(self) -> Node:
        match = _TOKEN.match(self._pattern, self._at)
        if match is None:
            raise self._unknown()
        self._at = match.end()
        if match["digit"]:
            return Digit(frozenset(match["digit"]))
        if match["set"]:
            return Digit(_members(match["set"]))
        match match[0]:
            case r"\d":
                return Digit(frozenset(DIGITS))
            case "(" | "(?:":
                node = self._alternatives()
                if not self._take(")"):
                    raise self._unknown()
                return node
            case _:
                raise self._unknown()

    def _repeated(self, node: Node) -> Node:
        if self._take("?"):
            return _times(node, 0, 1)
        match = _TOKEN.match(self._pattern, self._at)
        if match is None or match["low"] is None:
            return node
        self._at = match.end()
        low = int(match["low"])
        return _times(node, low, int(match["high"] or low))

    def _take(self, sign: str) -> bool:
        found = self._pattern.startswith(sign, self._at)
        self._at += len(sign) * found
        return found

    def _unknown(self) -> ValueError:
        return ValueError(f"at {self._at} in {self._pattern!r}: no pattern of a numbering plan")


def _members(written: str) -> frozenset[str]:
    found: set[str] = set()
    for match in re.finditer(r"(\d)(?:-(\d))?", written):
        found.update(str(digit) for digit in range(int(match[1]), int(match[2] or match[1]) + 1))
    return frozenset(found)


def _times(node: Node, low: int, high: int) -> Node:
    """Write a part `low` to `high` times in a row."""
    repeated: Node = Nothing()
    for count in range(high, 0, -1):
        following = _sequence(node, repeated)
        optional = _either([Nothing(), following]) if count > low else following
        assert optional is not None
        repeated = optional
    return repeated
