"""What time it is: the machine's clock, and one that jumps."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

DEFAULT_START = datetime(2026, 1, 5, tzinfo=UTC)
"""Where virtual time begins unless told otherwise: a Monday, midnight UTC."""


@runtime_checkable
class Clock(Protocol):
    """Tell the time; every timer and timestamp of a system goes by one."""

    def time(self) -> float:
        """Return the seconds since the epoch, UTC; may step."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never step; only differences mean something."""
        ...


class RealClock:
    """The machine's clock."""

    def time(self) -> float:
        """Return the seconds since the epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()


class VirtualClock:
    """Time that stands still while there is work and jumps when there is none.

    Belongs to one ActorSystem, which moves it from timer to timer. `start`
    is an aware datetime or seconds since the epoch; `monotonic` begins at 0
    and `time() == start + monotonic()`.
    """

    def __init__(self, start: datetime | float = DEFAULT_START) -> None:
        if isinstance(start, datetime):
            if start.tzinfo is None:
                raise ValueError(f"a virtual clock's start needs a timezone: {start.isoformat()} has none")
            start = start.timestamp()
        self.start = self._now = float(start)
        self._elapsed = 0.0

    def __repr__(self) -> str:
        return f"VirtualClock({datetime.fromtimestamp(self.time(), UTC).isoformat()})"

    def time(self) -> float:
        """Return the virtual seconds since the epoch, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the virtual seconds since the start."""
        return self._elapsed

    def jump_to(self, monotonic: float) -> None:
        """Move on to a later instant; an earlier one changes nothing."""
        if monotonic > self._elapsed:
            self._elapsed = monotonic
            self._now = self.start + monotonic
