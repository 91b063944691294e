"""Keep a connection below its call rate in every second, not on average.

The window slides and is half-open: in no [t, t + 1) are there more Places
than the rate. A token is held from its reservation until one second after
its Place, or until it is given back.
"""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 1.0


class CallRate:
    """The tokens of one connection; `per_second` None is without limit.

    `now` is in seconds of a clock that is never set back.
    """

    __slots__ = ("_places", "_reserved", "per_second")

    def __init__(self, per_second: int | None) -> None:
        self.per_second = per_second
        self._reserved = 0
        self._places: deque[float] = deque()

    @property
    def reserved(self) -> int:
        """How many tokens are held for calls that are not placed yet."""
        return self._reserved

    def take(self, now: float) -> bool:
        """Hold a token for a call to be placed; False where none is free."""
        if self.per_second is not None and self.left(now) == 0:
            return False
        self._reserved += 1
        return True

    def recount(self, reserved: int) -> None:
        """Hold so many tokens for calls that are not placed yet."""
        self._reserved = reserved

    def give_back(self) -> None:
        """Let go of a token whose call is not placed after all."""
        self._redeem()

    def placed(self, now: float) -> None:
        """Note that a call was placed; its token comes back in a second."""
        self._redeem()
        if self.per_second is not None:
            self._places.append(now)

    def fill(self, now: float) -> None:
        """Take the last second's calls as many as the rate allows: nobody knows them."""
        if self.per_second is not None:
            self._places = deque([now] * self.per_second)

    def in_use(self, now: float) -> int:
        """Count the tokens that are held, for calls to be placed and for a second after it."""
        self.left(now)
        return self._reserved + len(self._places)

    def left(self, now: float) -> int | None:
        """Count the free tokens; None where there is no limit."""
        if self.per_second is None:
            return None
        places = self._places
        while places and places[0] + WINDOW_SECONDS <= now:
            places.popleft()
        return max(self.per_second - self._reserved - len(places), 0)

    def next_free(self, now: float) -> float | None:
        """Give the next instant at which a token comes back by time alone.

        None where no Place is younger than a second: what is held then comes
        back by `give_back`, or a second after a Place that is yet to be.
        """
        if self.left(now) is None or not self._places:
            return None
        return self._places[0] + WINDOW_SECONDS

    def _redeem(self) -> None:
        if self._reserved == 0:
            raise ValueError("no token is held")
        self._reserved -= 1
