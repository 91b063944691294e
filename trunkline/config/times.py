"""How durations, hours, days, times and timezones are written."""

from __future__ import annotations

import datetime
import math
import re
import zoneinfo
from collections.abc import Sequence
from functools import lru_cache

from trunkline.config.suggest import did_you_mean, one_of
from trunkline.config.values import invalid, text
from trunkline.config.wording import quoted, shown

LONGEST_SECONDS = 366 * 86400.0
"""The longest duration that an option takes: a leap year."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) ?([smhd])", re.ASCII)
_UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WINDOW = re.compile(r"(\d\d):(\d\d) ?- ?(\d\d):(\d\d)", re.ASCII)


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
        seconds = math.inf if value > 0 else -math.inf
    else:
        seconds = float(value)
    if math.isnan(seconds):
        raise invalid("must be a number of seconds, not nan")
    if seconds < 0:
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
