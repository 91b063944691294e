"""When a campaign's fresh contacts came, in a few bytes for each batch."""

from __future__ import annotations

from array import array
from bisect import bisect_right


class Arrivals:
    """The times at which contacts arrived, by index.

    Indexes only grow, and what is read at one instant is one batch; a file
    of a million rows in virtual time is a single one.
    """

    def __init__(self) -> None:
        self._firsts = array("I")
        self._times = array("d")

    def __len__(self) -> int:
        """Count the batches."""
        return len(self._times)

    def note(self, first: int, now: float) -> None:
        """Take note that contacts from this index on come now."""
        if not self._times or self._times[-1] != now:
            self._firsts.append(first)
            self._times.append(now)

    def time_of(self, index: int) -> float:
        """Say when a contact came, seconds since the epoch."""
        return self._times[bisect_right(self._firsts, index) - 1]
