"""How single values are written, and what is said of one that is wrong.

Each function takes what TOML or an application gave and returns the value
that the engine uses, or raises a `PydanticCustomError` whose text names the
mend; pydantic collects them all.
"""

from __future__ import annotations

import codecs
import datetime
import io
from collections.abc import Callable

from pydantic_core import PydanticCustomError

from trunkline.config.suggest import did_you_mean
from trunkline.config.wording import quoted, shown
from trunkline.contacts.decoding import OF_NO_FILES

MOST = 1_000_000
"""The largest count that an option takes."""


def invalid(reason: str) -> PydanticCustomError:
    """Return the error that carries a finished sentence through pydantic."""
    return PydanticCustomError("invalid", "{reason}", {"reason": reason})


def text(value: object) -> str:
    """Return text; a number written without its quotes is told so."""
    if isinstance(value, str):
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise invalid("holds half a character (a lone surrogate)")
        if "\0" in value:
            raise invalid("holds a NUL")
        return value
    hint = "; put it in quotes" if isinstance(value, int | float) else ""
    raise invalid(f"must be text, not {shown(value)}{hint}")


def name(value: object) -> str:
    """Return a name: 1 to 100 printable characters, not blank at its ends."""
    word = text(value)
    if not word.strip():
        raise invalid("must not be empty")
    if len(word) > 100:
        raise invalid("must be at most 100 characters long")
    if not word.isprintable() or word != word.strip():
        raise invalid(f"{quoted(word)} must be printable, without a space at either end")
    return word


def flag(value: object) -> bool:
    """Return true or false, not what might pass for it."""
    if isinstance(value, bool):
        return value
    raise invalid(f"must be true or false, not {shown(value)}")


def whole(low: int, high: int) -> Callable[[object], int]:
    """Return the reader of a whole number in a range, ends included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            hint = "; leave out the quotes" if isinstance(value, str) and value.strip().isdecimal() else ""
            raise invalid(f"must be a whole number, not {shown(value)}{hint}")
        if not low <= value <= high:
            raise invalid(f"must be {low:,} to {high:,}, not {shown(value)}")
        return value

    return read


def number(low: float, high: float, *, above: bool = False) -> Callable[[object], float]:
    """Return the reader of a finite number in a range; `above` leaves out its low end."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(f"must be a number, not {shown(value)}")
        if not (low < value if above else low <= value) or not value <= high:
            start = f"above {low:,.9g} and at most" if above else f"{low:,.9g} to"
            raise invalid(f"must be {start} {high:,.9g}, not {shown(value)}")
        return float(value)

    return read


def choice(*known: str) -> Callable[[object], str]:
    """Return the reader of one of some words."""

    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            hint = did_you_mean(word, known)
            listing = "" if hint and len(known) > 4 else "; one of " + ", ".join(map(quoted, known))
            raise invalid(f"{quoted(word)} is no value of this option{hint or listing}")
        return word

    return read


def table(value: object) -> dict[str, object]:
    """Return a table whose keys are looked at elsewhere."""
    if isinstance(value, dict):
        return value
    raise invalid(f"must be a table, not {shown(value)}")


def encoding(value: object) -> str:
    """Return the name of a text encoding that Python knows, and that files are written in."""
    written = name(value)
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=written)
        if codecs.lookup(written).name in OF_NO_FILES:
            raise LookupError
    except (LookupError, ValueError, TypeError):
        known = ("utf-8", "utf-16", "cp1252", "latin-1", "iso-8859-15", "cp1251", "shift_jis", "gb18030")
        raise invalid(f"no text encoding {quoted(written)}{did_you_mean(written, known)}") from None
    return written


def plain(value: object) -> object:
    """Return a value that TOML can write: text, number, truth value, time, list or table."""
    match value:
        case str():
            return text(value)
        case bool() | int() | float() | datetime.datetime() | datetime.date() | datetime.time():
            return value
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {text(key): plain(item) for key, item in value.items()}
    raise invalid(f"must be what TOML can hold, not {shown(value)}")
