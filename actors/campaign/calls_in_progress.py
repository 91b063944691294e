"""How many calls of a campaign are in progress, and were at most."""

from __future__ import annotations


class CallsInProgress:
    """A count that contacts keep: one up with each Place, one down with each end."""

    __slots__ = ("canceled", "now", "peak", "placed")

    def __init__(self) -> None:
        self.canceled = False
        """Whether the campaign is canceled: what ends from now on is tried no more."""
        self.now = 0
        self.peak = 0
        self.placed = 0

    def begin(self) -> None:
        """Count a placed call."""
        self.placed += 1
        self.now = now = self.now + 1
        if now > self.peak:
            self.peak = now

    def end(self) -> None:
        """Count an ended call."""
        self.now -= 1

    def take_back(self) -> None:
        """Count a call that was not placed after all as none."""
        self.placed -= 1
        self.now -= 1
