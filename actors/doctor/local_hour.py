"""Tell the hour of the day where a contact is."""

from __future__ import annotations

from actors.timezones import BUCKET_SECONDS, utc_offset_hours


class LocalHours:
    """The hour of the day in the timezones of a phone number, at one instant after another."""

    __slots__ = ("_bucket", "_offsets")

    def __init__(self) -> None:
        self._bucket = -1
        self._offsets: dict[tuple[str, ...], float | None] = {}

    def at(self, zones: tuple[str, ...], now: float) -> int | None:
        """Give the hour, 0 to 23; None where the zones are unknown or don't agree."""
        bucket = int(now // BUCKET_SECONDS)
        if bucket != self._bucket:
            self._bucket = bucket
            self._offsets.clear()
        if zones in self._offsets:
            offset = self._offsets[zones]
        else:
            offset = self._offsets[zones] = _offset(zones, now)
        return None if offset is None else int((now / 3600.0 + offset) % 24.0)


def _offset(zones: tuple[str, ...], now: float) -> float | None:
    offsets = {utc_offset_hours(zone, now) for zone in zones}
    return offsets.pop() if len(offsets) == 1 else None
