"""Tell when a contact may be called, by the clocks on its own walls.

A moment is inside when the wall clock of every zone that the contact may be
in stands inside a window. Where a clock jumps ahead, what it leaves out
never comes; where it is set back, what it shows twice counts twice. A zone
that isn't known is never inside, unless the hours are without any limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from actors.settings import CallingHours
from actors.timezones import BUCKET_SECONDS, utc_offset_hours

HORIZON_DAYS = 8
"""A week and a day: whatever a weekly schedule allows comes within it."""

_DAY_MINUTES = 1440
_DAY_SECONDS = 86_400
_WEEK_MINUTES = 7 * _DAY_MINUTES
_DAY_BUCKETS = _DAY_SECONDS // BUCKET_SECONDS
_EPOCH_MINUTE = 3 * _DAY_MINUTES  # 1970-01-01 was a Thursday
_CLOSED, _OPEN = b"\0", b"\1"


def is_open(hours: CallingHours, zones: Sequence[str], at: float) -> bool:
    """Tell whether a contact in these zones may be called at an instant."""
    if _CLOSED not in _week_of(hours):
        return True
    offsets = _offsets(tuple(zones), int(at // BUCKET_SECONDS))
    return bool(offsets) and _joint_week(hours, offsets)[_week_minute(at)] != 0


def next_opening(
    hours: CallingHours, zones: Sequence[str], after: float, horizon_days: float = HORIZON_DAYS
) -> float | None:
    """Find the first instant from `after` on at which it is open.

    None where there is none before the horizon. Seconds since the epoch.
    """
    if _CLOSED not in _week_of(hours):
        return after
    for moment, opened in _stretches(hours, tuple(zones), after, after + horizon_days * _DAY_SECONDS):
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
    if _CLOSED not in _week_of(hours):
        return None
    for moment, opened in _stretches(hours, tuple(zones), at, at + horizon_days * _DAY_SECONDS):
        if not opened:
            return moment
    return None


def _stretches(
    hours: CallingHours, zones: tuple[str, ...], at: float, until: float
) -> Iterator[tuple[float, bool]]:
    """Walk from `at` to `until` from one possible change to the next.

    Yields each instant and whether it is open from there to the next one.
    """
    moment = at
    while moment < until:
        bucket = int(moment // BUCKET_SECONDS)
        offsets = _offsets(zones, bucket)
        if not offsets:
            yield moment, False
            return
        week = _joint_week(hours, offsets)
        steady_until = min(_steady_until(zones, offsets, bucket), until)
        while moment < steady_until:
            minute = _week_minute(moment)
            yield moment, week[minute] != 0
            moment = min(steady_until, (moment // 60 + _minutes_to_edge(week, minute)) * 60)


@lru_cache(maxsize=16_384)
def _offsets(zones: tuple[str, ...], bucket: int) -> tuple[int, ...]:
    """List the zones' offsets in minutes; none at all where a zone is unknown."""
    found = {utc_offset_hours(zone, bucket * BUCKET_SECONDS) for zone in zones}
    known = [offset for offset in found if offset is not None]
    return tuple(sorted(round(offset * 60) for offset in known)) if len(known) == len(found) else ()


def _steady_until(zones: tuple[str, ...], offsets: tuple[int, ...], bucket: int) -> float:
    """Find until when no clock is changed: a day on, or the change itself."""
    low, high = bucket, bucket + _DAY_BUCKETS
    if _offsets(zones, high) != offsets:
        while high - low > 1:
            middle = (low + high) // 2
            if _offsets(zones, middle) == offsets:
                low = middle
            else:
                high = middle
    return float(high * BUCKET_SECONDS)


@lru_cache(maxsize=256)
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


@lru_cache(maxsize=1024)
def _joint_week(hours: CallingHours, offsets: tuple[int, ...]) -> bytes:
    """Lay out, over a week of UTC, the minutes that are inside at every offset."""
    week = _week_of(hours)
    joint = -1
    for offset in offsets:
        turned = week[offset % _WEEK_MINUTES :] + week[: offset % _WEEK_MINUTES]
        joint &= int.from_bytes(turned, "big")
    return joint.to_bytes(_WEEK_MINUTES, "big")


def _week_minute(at: float) -> int:
    return (int(at // 60) + _EPOCH_MINUTE) % _WEEK_MINUTES


def _minutes_to_edge(week: bytes, minute: int) -> int:
    """Count the minutes until the week turns from open to closed or back."""
    other = _CLOSED if week[minute] else _OPEN
    edge = week.find(other, minute)
    if edge < 0:
        edge = week.find(other)
        # A week of one kind only has no edge: look again when it is over.
        return _WEEK_MINUTES + edge - minute if edge >= 0 else _WEEK_MINUTES
    return edge - minute
