"""Tell the hour of the day where a contact is."""

from __future__ import annotations

from actors.timezones import BUCKET_SECONDS, utc_offset_hours


class LocalHours:
    """The hour of the day in the timezones of a phone number, at one instant after another."""

    __slots__ = ("_begins", "_ends", "_hours")

    def __init__(self) -> None:
        self._begins = self._ends = 0.0
        self._hours: dict[tuple[str, ...], int | None] = {}

    def at(self, zones: tuple[str, ...], now: float) -> int | None:
        """Give the hour, 0 to 23; None where the zones are unknown or don't agree."""
        if not self._begins <= now < self._ends:
            self._begins = now // BUCKET_SECONDS * BUCKET_SECONDS
            self._ends = self._begins + BUCKET_SECONDS
            self._hours.clear()
        hours = self._hours
        if zones in hours:
            return hours[zones]
        offset = _offset(zones, now)
        # Offsets are whole quarter hours, so the hour is the same until this one ends.
        hours[zones] = hour = None if offset is None else int((now / 3600.0 + offset) % 24.0)
        return hour


def _offset(zones: tuple[str, ...], now: float) -> float | None:
    offsets = {utc_offset_hours(zone, now) for zone in zones}
    return offsets.pop() if len(offsets) == 1 else None
