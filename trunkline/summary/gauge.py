"""Calls in progress under a limit: the most, the mean, how long it was full."""

from __future__ import annotations


class Gauge:
    """A level that changes at times, and its integrals since the start."""

    __slots__ = ("_area", "_full", "_room", "_since", "_start", "level", "limit", "peak")

    def __init__(self, start: float, limit: int | None = None) -> None:
        self.level = 0
        self.peak = 0
        self.limit = limit
        self._start = start
        self._since = start
        self._area = 0.0
        self._room = 0.0
        self._full = 0.0

    def change(self, time: float, by: int) -> None:
        """Raise or lower the level."""
        elapsed = time - self._since
        level, limit = self.level, self.limit
        if elapsed:  # as in `_pass`: every call changes four gauges, twice
            self._since = time
            self._area += level * elapsed
            if limit is not None:
                self._room += limit * elapsed
                if level >= limit:
                    self._full += elapsed
        level = self.level = level + by
        if level > self.peak:
            self.peak = level

    def set_limit(self, time: float, limit: int) -> None:
        """Hold from here on against another limit."""
        if limit != self.limit:
            self._pass(time)
            self.limit = limit

    def _pass(self, time: float) -> None:
        elapsed = time - self._since
        self._since = time
        level, limit = self.level, self.limit
        self._area += level * elapsed
        if limit is not None:
            self._room += limit * elapsed
            if level >= limit:
                self._full += elapsed

    def mean(self, until: float) -> float:
        """Return the mean level from the start until now."""
        self._pass(until)
        seconds = until - self._start
        return round(self._area / seconds, 3) if seconds else 0.0

    def use(self, until: float) -> float | None:
        """Return the mean level against the limit as it stood; None without one."""
        self._pass(until)
        return min(1.0, round(self._area / self._room, 6)) if self._room else None

    def full(self, until: float) -> float | None:
        """Return the share of the time at or above the limit; None without one."""
        self._pass(until)
        seconds = until - self._start
        return round(self._full / seconds, 6) if seconds and self._room else None
