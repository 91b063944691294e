"""Calling hours, by the clocks on the contact's walls."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec

from trunkline.audit.places import find_zone

DAY_MINUTES = 1440


class CallingHours(msgspec.Struct, frozen=True):
    """Windows in minutes after midnight, and the days (Monday 0) on which they start.

    A window's start is inside, its end is not; one whose end is not after its
    start goes on over midnight. No window: all day.
    """

    windows: tuple[tuple[int, int], ...] = ()
    days: frozenset[int] = frozenset(range(7))


def may_call(hours: CallingHours, zones: tuple[str, ...], at: float) -> bool:
    """Tell whether it is inside the hours in all of these zones at an instant."""
    return _may_call(hours, zones, int(at // 60))


@lru_cache(maxsize=8192)
def _may_call(hours: CallingHours, zones: tuple[str, ...], minute: int) -> bool:
    if _always(hours):
        return True
    if not zones:
        return False
    for name in zones:
        zone = find_zone(name)
        if zone is None:
            return False
        there = datetime.fromtimestamp(minute * 60, zone)
        if not _inside(hours, there.weekday(), there.hour * 60 + there.minute):
            return False
    return True


def _inside(hours: CallingHours, day: int, minute: int) -> bool:
    yesterday = (day - 1) % 7
    for start, end in hours.windows or ((0, DAY_MINUTES),):
        if start < end:
            if day in hours.days and start <= minute < end:
                return True
        elif (day in hours.days and minute >= start) or (yesterday in hours.days and minute < end):
            return True
    return False


@lru_cache(maxsize=64)
def _always(hours: CallingHours) -> bool:
    return all(_inside(hours, day, minute) for day in range(7) for minute in range(DAY_MINUTES))
