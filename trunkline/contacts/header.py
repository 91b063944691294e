"""Find the columns of a contacts file, and what delimits them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import msgspec

ID, PHONE, TIMEZONE = "id", "phone", "timezone"
"""The columns that Trunkline reads; all others are handed on as they are."""

OPEN_QUOTE = "unexpected end of data"
"""What csv says, being strict, of a quotation mark that nothing closes."""

_DELIMITERS = (",", ";", "\t")
_MOST_LINES = 100
_MOST_NAMES_SHOWN = 12
_SPREADSHEET_HINT = re.compile(r'"?sep=(?P<delimiter>[,;\t])"?\s*', re.IGNORECASE)
_LOOKS_LIKE_PHONE = re.compile(r"phone|tel|mobile|cell|number|msisdn|e164", re.IGNORECASE)
_LOOKS_LIKE_NUMBER = re.compile(r"\+?(?:[ ()./-]*\d){5,}[ ()./-]*")


class UnusableHeader(Exception):
    """The first line doesn't name the columns as it must."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Columns(msgspec.Struct, frozen=True):
    """Where the columns of a file stand, counted from 0."""

    width: int
    phone: int
    identity: int | None
    timezone: int | None
    extra: tuple[int, ...]
    names: tuple[str, ...]
    """The names of `extra`: unique, trimmed, their case kept."""


def read_header(lines: Iterator[str]) -> tuple[Columns, str]:
    """Read the first record; return its columns and the delimiter.

    The delimiter is comma, semicolon or tab, whichever shows a column named
    phone, or what a spreadsheet's "sep=;" before it says. Quoted names may
    hold delimiters and line breaks. A repeated name of an extra column
    becomes "name_2", a missing one "column_5".
    """
    delimiters: tuple[str, ...] = _DELIMITERS
    record: list[str] = []
    for line in lines:
        if not record:
            hint = _SPREADSHEET_HINT.fullmatch(line)
            if hint is not None:
                delimiters = (hint["delimiter"],)
            if hint is not None or line.isspace():
                continue
        record.append(line)
        readings, unfinished = _split(record, delimiters)
        with_phone = [delimiter for delimiter in readings if PHONE in map(_folded, readings[delimiter])]
        if with_phone:
            delimiter = max(with_phone, key=lambda delimiter: len(readings[delimiter]))
            return _columns(readings[delimiter]), delimiter
        if not unfinished or len(record) == _MOST_LINES:
            break
    if not record:
        raise UnusableHeader("it is empty; its first line names the columns: id, phone, timezone, …")
    raise UnusableHeader(_why_no_phone(max(_split(record, delimiters)[0].values(), key=len, default=[])))


def _split(record: list[str], delimiters: tuple[str, ...]) -> tuple[dict[str, list[str]], bool]:
    """Split a record by each delimiter; also say if one leaves a quote open."""
    readings: dict[str, list[str]] = {}
    unfinished = False
    for delimiter in delimiters:
        try:
            readings[delimiter] = next(csv.reader(record, delimiter=delimiter, strict=True))
        except csv.Error as error:
            unfinished = unfinished or str(error) == OPEN_QUOTE
    return readings, unfinished


def _why_no_phone(header: list[str]) -> str:
    names = [name.strip() for name in header]
    if not names:
        return "the header can't be split: close its quotation marks, and double those that are text"
    if any(_LOOKS_LIKE_NUMBER.fullmatch(name) for name in names):
        return "there is no header; put a first line that names the columns: id, phone, timezone, …"
    shown = ", ".join(_quoted(name) for name in names[:_MOST_NAMES_SHOWN])
    if len(names) > _MOST_NAMES_SHOWN:
        shown += ", …"
    alike = [name for name in names if _LOOKS_LIKE_PHONE.search(name)]
    mend = f"rename {_quoted(alike[0])} to phone" if alike else "name the column of numbers phone"
    return f"no column is named phone (the header has {shown}); {mend}"


def _columns(header: list[str]) -> Columns:
    places: dict[str, int] = {}
    extra: list[int] = []
    names: list[str] = []
    for index, name in enumerate(header):
        folded = _folded(name)
        if folded not in (ID, PHONE, TIMEZONE):
            extra.append(index)
            names.append(name.strip() or f"column_{index + 1}")
        elif folded in places:
            both = f"columns {places[folded] + 1} and {index + 1}"
            raise UnusableHeader(f"two columns are named {folded} ({both}); rename one")
        else:
            places[folded] = index
    return Columns(
        width=len(header),
        phone=places[PHONE],
        identity=places.get(ID),
        timezone=places.get(TIMEZONE),
        extra=tuple(extra),
        names=_unique(names),
    )


def _unique(names: list[str]) -> tuple[str, ...]:
    given = set(names)
    unique: dict[str, None] = {}
    for name in names:
        candidate, count = name, 1
        while candidate in unique or (count > 1 and candidate in given):
            count += 1
            candidate = f"{name}_{count}"
        unique[candidate] = None
    return tuple(unique)


def _folded(name: str) -> str:
    return name.strip().lower()


def _quoted(name: str) -> str:
    return repr(name if len(name) <= 40 else name[:39] + "…")
