"""Tell a timezone's offset at a moment.

Names are those of the tz database; the `tzdata` package is there for what
the system's copy lacks. A name that is none has no offset: None, no error.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

BUCKET_SECONDS = 900
"""Offsets change on quarter hours of UTC, if at all."""


@lru_cache(maxsize=4096)
def find_timezone(name: str) -> ZoneInfo | None:
    """Look a timezone up by its name; None where there is no such zone."""
    try:
        return ZoneInfo(name)
    # Names come from files: a folder of the database, "../x", a lone surrogate each raise their own.
    except (KeyError, ValueError, OSError):
        return None


def utc_offset_seconds(zone: ZoneInfo, at: float) -> int:
    """Give a zone's offset from UTC at an instant, east positive."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return offset.days * 86_400 + offset.seconds


def utc_offset_hours(zone: str, at: float) -> float | None:
    """Give a zone's offset from UTC in hours; None for an unknown zone.

    `at` is seconds since the epoch; the answer is that of the quarter hour.
    """
    return _offset_hours(zone, int(at // BUCKET_SECONDS))


@lru_cache(maxsize=16_384)
def _offset_hours(zone: str, bucket: int) -> float | None:
    found = find_timezone(zone)
    return None if found is None else utc_offset_seconds(found, bucket * BUCKET_SECONDS) / 3600.0
