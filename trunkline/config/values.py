"""How single values are written, and what is said of one that is wrong.

Each function takes what TOML or an application gave and returns the value
that the engine uses, or raises a `PydanticCustomError` whose text names the
mend; pydantic collects them all.
"""

from __future__ import annotations

import codecs
import datetime
import math
import re
import zoneinfo
from collections.abc import Callable, Sequence
from functools import lru_cache

import phonenumbers
from pydantic_core import PydanticCustomError

from runtime.calls import E164
from trunkline.config.suggest import did_you_mean, one_of
from trunkline.config.wording import quoted, shown

MOST = 1_000_000
"""The largest count that an option takes."""

LONGEST_SECONDS = 366 * 86400.0
"""The longest duration that an option takes: a leap year."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) ?([smhd])", re.ASCII)
_UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WINDOW = re.compile(r"(\d\d):(\d\d) ?- ?(\d\d):(\d\d)", re.ASCII)
_PHONE_SIGNS = str.maketrans("", "", " ()-./\u00a0\u2007\u202f\u2010\u2011\u2012\u2013")
_PHONE = re.compile(r"\+[0-9]{1,20}")


def invalid(reason: str) -> PydanticCustomError:
    """Return the error that carries a finished sentence through pydantic."""
    return PydanticCustomError("invalid", "{reason}", {"reason": reason})


def text(value: object) -> str:
    """Return text; a number written without its quotes is told so."""
    if isinstance(value, str):
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise invalid("holds half a character (a lone surrogate)")
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
            start = f"above {low:,g} and at most" if above else f"{low:,g} to"
            raise invalid(f"must be {start} {high:,g}, not {shown(value)}")
        return float(value)

    return read


def duration(value: object) -> float:
    """Return seconds from a number of seconds or "30s", "15m", "2h", "1d"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise invalid(f'must be a number of seconds or "30s", "15m", "2h", "1d", not {shown(value)}')
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        if match is None:
            raise invalid(
                f'{quoted(value)} is no duration; write a number of seconds or "30s", "15m", "2h", "1d"'
            )
        seconds = float(match[1]) * _UNIT_SECONDS[match[2]]
    elif isinstance(value, int) and abs(value) > 10**12:
        seconds = math.copysign(math.inf, value)
    else:
        seconds = float(value)
    if not seconds >= 0:
        raise invalid(f"a duration must not be negative: {shown(value)}")
    if seconds > LONGEST_SECONDS:
        raise invalid(f"a duration is at most 366 days, not {shown(value)}")
    return seconds


def positive_duration(value: object) -> float:
    """Return the seconds of a duration that must not be nothing."""
    seconds = duration(value)
    if seconds == 0:
        raise invalid("must be longer than 0 seconds")
    return seconds


def delay(value: object) -> float | None:
    """Return the seconds after which to try again, or None for "never"."""
    if isinstance(value, str) and not any(c.isdigit() for c in value):
        if value == "never":
            return None
        raise invalid(f'{quoted(value)} is neither a duration nor "never"{did_you_mean(value, ["never"])}')
    return duration(value)


def choice(*known: str) -> Callable[[object], str]:
    """Return the reader of one of some words."""

    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            hint = did_you_mean(word, known)
            listing = "" if hint and len(known) > 4 else ": " + ", ".join(quoted(name) for name in known)
            raise invalid(f"{quoted(word)} is none of its words{listing}{hint}")
        return word

    return read


def timezone(value: object) -> str:
    """Return the name of a timezone that the tz database knows."""
    zone = text(value)
    if is_timezone(zone):
        return zone
    raise invalid(f"no timezone {quoted(zone)}{did_you_mean(zone, zoneinfo.available_timezones())}")


@lru_cache(maxsize=1024)
def is_timezone(zone: str) -> bool:
    """Tell whether the tz database has a zone of this name."""
    if zone in ("localtime", "posixrules", "Factory"):
        return False  # names of this machine's own setting, not of a place
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def region(value: object) -> str:
    """Return a region as libphonenumber names it: "US", "GB", …."""
    code = text(value)
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    known = "GB" if code.upper() == "UK" else code.upper()
    if known in phonenumbers.SUPPORTED_REGIONS:
        raise invalid(f"no region {quoted(code)}; did you mean {quoted(known)}?")
    raise invalid(f'no region {quoted(code)}; write two capital letters, as in "US"')


def phone(value: object) -> E164:
    """Return a valid number in E.164 from one written internationally."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise invalid(f'must be text, not {shown(value)}; put it in quotes, as in "+14155550100"')
    written = text(value)
    normal, reason = read_phone(written)
    if normal is None:
        raise invalid(f"{quoted(written)} {reason}")
    return normal


@lru_cache(maxsize=65536)
def read_phone(written: str) -> tuple[E164 | None, str]:
    """Return a number in E.164, or None and what is wrong with it."""
    digits = written.translate(_PHONE_SIGNS)
    if not _PHONE.fullmatch(digits):
        if digits.isascii() and digits.isdigit():
            start = f"+{digits[2:]}" if digits.startswith("00") else "+14155550100"
            return None, f'must be written internationally, as in "{start}"'
        return None, 'is no phone number; write it as in "+14155550100"'
    try:
        parsed = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return None, "is no valid phone number: no such country code, or too few or too many digits"
    if not phonenumbers.is_valid_number(parsed):
        reason = {
            phonenumbers.ValidationResult.TOO_SHORT: "too short",
            phonenumbers.ValidationResult.TOO_LONG: "too long",
            phonenumbers.ValidationResult.INVALID_LENGTH: "wrong length",
        }.get(phonenumbers.is_possible_number_with_reason(parsed), "no such range in its country")
        return None, f"is no valid phone number: {reason}"
    return E164(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)), ""


def window(value: object) -> tuple[int, int]:
    """Return the minutes after midnight of "09:00-17:30"; the end may be 24:00."""
    written = text(value)
    match = _WINDOW.fullmatch(written)
    if match is None:
        raise invalid(f'{quoted(written)} are no hours; write them as in "09:00-17:30"')
    hours = [int(match[1]), int(match[3])]
    minutes = [int(match[2]), int(match[4])]
    start, end = (hour * 60 + minute for hour, minute in zip(hours, minutes, strict=True))
    if max(minutes) > 59 or start >= 1440 or end > 1440:
        raise invalid(f"{quoted(written)} names a time that isn't one; a day goes from 00:00 to 24:00")
    if start == end:
        raise invalid(f'{quoted(written)} starts when it ends; the whole day is "00:00-24:00"')
    return start, end


def windows(value: object) -> tuple[tuple[int, int], ...]:
    """Return calling hours from one window or a list of them."""
    if isinstance(value, str):
        return (window(value),)
    if not isinstance(value, Sequence):
        raise invalid(f'must be hours as in "09:00-17:30" or a list of such, not {shown(value)}')
    if not value:
        raise invalid("an empty list would never call anybody; leave the option out to call at any hour")
    return tuple(window(item) for item in value)


def weekdays(value: object) -> tuple[int, ...]:
    """Return the days of a list of "mon" … "sun", Monday 0, in the week's order."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise invalid(f'must be a list of "mon" … "sun", not {shown(value)}')
    if not value:
        raise invalid("an empty list would never call anybody; leave the option out to call on any day")
    days = set()
    for item in value:
        day = text(item)
        if day not in WEEKDAYS:
            raise invalid(f"no day {quoted(day)}{did_you_mean(day[:3], WEEKDAYS) or one_of(WEEKDAYS)}")
        days.add(WEEKDAYS.index(day))
    return tuple(sorted(days))


def moment(value: object) -> datetime.datetime:
    """Return a time with its offset, from TOML's own kind or ISO 8601 text."""
    if isinstance(value, str):
        written = text(value)
        try:
            value = datetime.datetime.fromisoformat(written)
        except ValueError:
            raise invalid(f"{quoted(written)} is no time; write it as in 2026-03-01T09:00:00Z") from None
    if not isinstance(value, datetime.datetime):
        raise invalid(f"must be a time as in 2026-03-01T09:00:00Z, not {shown(value)}")
    if value.utcoffset() is None:
        raise invalid("must say its offset from UTC, as in 2026-03-01T09:00:00Z or …+01:00")
    return value


def encoding(value: object) -> str:
    """Return the name of a text encoding that Python knows."""
    written = name(value)
    try:
        codecs.lookup(written)
        b"".decode(written)
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
