"""Tell when a contact may be called, by the clocks on its own walls.

A moment is inside when the wall clock of every zone that the contact may be
in stands inside a window. Where a clock jumps ahead, what it leaves out
never comes; where it is set back, what it shows twice counts twice. A zone
that isn't known is never inside, unless the hours are without any limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from actors.settings import CallingHours
from actors.timezones import find_timezone, utc_offset_seconds

HORIZON_DAYS = 8
"""A week and a day: whatever a weekly schedule allows comes within it."""

_DAY_MINUTES = 1440
_DAY_SECONDS = 86_400
_WEEK_MINUTES = 7 * _DAY_MINUTES
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_CLOSED, _OPEN = b"\0", b"\1"


def is_open(hours: CallingHours, zones: Sequence[str], at: float) -> bool:
    """Tell whether a contact in these zones may be called at an instant."""
    week = _week_of(hours)
    if _CLOSED not in week:
        return True
    known = _known(zones)
    return bool(known) and _is_open(week, [utc_offset_seconds(zone, at) for zone in known], at)


def next_opening(
    hours: CallingHours, zones: Sequence[str], after: float, horizon_days: float = HORIZON_DAYS
) -> float | None:
    """Find the first instant from `after` on at which it is open.

    None where there is none before the horizon. Seconds since the epoch.
    """
    week = _week_of(hours)
    if _CLOSED not in week:
        return after
    for moment, opened in _stretches(week, _known(zones), after, after + horizon_days * _DAY_SECONDS):
        if opened:
            return moment
    return None


def closes_at(
    hours: CallingHours, zones: Sequence[str], at: float, horizon_days: float = HORIZON_DAYS
) -> float | None:
    """Find the first instant from `at` on at which it is not open.

    That is `at` itself where it is closed already; None where it stays open
    up to the horizon. Seconds since the epoch.
    """
    week = _week_of(hours)
    if _CLOSED not in week:
        return None
    known = _known(zones)
    if not known:
        return at
    for moment, opened in _stretches(week, known, at, at + horizon_days * _DAY_SECONDS):
        if not opened:
            return moment
    return None


@lru_cache(maxsize=1024)
def _week_of(hours: CallingHours) -> bytes:
    """Lay the windows out over the minutes of a week from Monday, 0:00."""
    week = bytearray(_WEEK_MINUTES)
    for day in hours.days:
        for start, end in hours.windows or ((0, _DAY_MINUTES),):
            length = end - start if end > start else end - start + _DAY_MINUTES
            first = day * _DAY_MINUTES + start
            last = first + length
            week[first:last] = _OPEN * (min(last, _WEEK_MINUTES) - first)
            if last > _WEEK_MINUTES:
                week[: last - _WEEK_MINUTES] = _OPEN * (last - _WEEK_MINUTES)
    return bytes(week)


def _known(zones: Sequence[str]) -> tuple[ZoneInfo, ...]:
    """Look the zones up; none at all where one of them is unknown."""
    found = tuple(zone for zone in map(find_timezone, zones) if zone is not None)
    return found if len(found) == len(zones) else ()


def _week_minute(offset: int, at: float) -> int:
    return int((at + offset + _EPOCH_WEEKDAY * _DAY_SECONDS) // 60) % _WEEK_MINUTES


def _is_open(week: bytes, offsets: Sequence[int], at: float) -> bool:
    return all(week[_week_minute(offset, at)] for offset in offsets)


def _stretches(
    week: bytes, zones: Sequence[ZoneInfo], at: float, until: float
) -> Iterator[tuple[float, bool]]:
    """Walk from `at` to `until` from one possible change to the next.

    Yields each instant and whether it is open from there to the next one.
    """
    moment = at
    while zones and moment < until:
        by_zone = [utc_offset_seconds(zone, moment) for zone in zones]
        offsets = sorted(set(by_zone))
        steady_until = min(_steady_until(zones, by_zone, moment), until)
        while moment < steady_until:
            yield moment, _is_open(week, offsets, moment)
            moment = min(steady_until, *(_next_edge(week, offset, moment) for offset in offsets))


def _steady_until(zones: Sequence[ZoneInfo], offsets: list[int], at: float) -> float:
    """Find until when no clock is changed: a day on, or the change itself."""
    low = int(at // 1)
    high = low + _DAY_SECONDS
    if [utc_offset_seconds(zone, high) for zone in zones] == offsets:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if [utc_offset_seconds(zone, middle) for zone in zones] == offsets:
            low = middle
        else:
            high = middle
    return high


def _next_edge(week: bytes, offset: int, at: float) -> float:
    """Find the instant at which the wall clock reaches the next edge of a window."""
    minute = _week_minute(offset, at)
    other = _CLOSED if week[minute] else _OPEN
    edge = week.find(other, minute)
    if edge < 0:
        edge = week.find(other) + _WEEK_MINUTES
        if edge < _WEEK_MINUTES:
            edge = minute + _WEEK_MINUTES
    return float(((at + offset) // 60 + edge - minute) * 60 - offset)
