"""What a pool may still offer under a limit that others own."""

from __future__ import annotations


class Allowance:
    """A pool's own count under a limit, its mark "full" and its tickets.

    The mark is set by a refusal: the limit is shared and others have taken
    it. A marked pool offers only what it holds tickets for.
    """

    __slots__ = ("full", "in_use", "limit", "tickets")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_use = 0
        self.full = False
        self.tickets = 0

    def has_room(self) -> bool:
        """Tell whether one more call may be offered."""
        return self.in_use < self.limit and (not self.full or self.tickets > 0)

    @property
    def left(self) -> int:
        """Count the calls that may be offered now."""
        left = max(0, self.limit - self.in_use)
        return min(left, self.tickets) if self.full else left

    def forget(self) -> None:
        """Hold no mark, no ticket and no call, until they are counted anew."""
        self.full = False
        self.tickets = 0
        self.in_use = 0

    def take(self) -> bool:
        """Count one more call; True where it uses a ticket."""
        self.in_use += 1
        if self.full and self.tickets:
            self.tickets -= 1
            return True
        return False
