"""How many idle slots a daemon should hold: a second's demand, and no more.

What a daemon holds when it dies is nobody's for a whole call, and what idles
here may be missing elsewhere. So idle slots are kept for a second after they
were last used, and asked for only by contacts that they would serve.
"""

from __future__ import annotations

from collections import deque

KEEP_SECONDS = 1.0
"""For so long a slot may idle before it is given back."""

FEW = 8
"""Slots that may be asked for though other limits keep the contacts as well."""

LONGEST_PAUSE_SECONDS = 4.0
"""After slots that could not be used, so long at most before more are asked for."""


class Headroom:
    """One resource's recent use; `now` is in seconds of a clock that is never set.

    Contacts that wait for this limit alone are always asked for. Those that
    wait for others as well may leave its slots idle, so no more are asked for
    than are in use, and after an idle second only after a pause, which
    doubles each time.
    """

    __slots__ = ("_looks", "_pause", "_quiet_until", "_raised_at")

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int, int]] = deque()
        self._raised_at = float("-inf")
        self._pause = KEEP_SECONDS
        self._quiet_until = float("-inf")

    def raised(self, now: float) -> None:
        """Note that more slots are held from now on: they have yet to be used."""
        self._raised_at = now

    def wants(self, now: float, holds: int, uses: int, alone: int, also: int) -> int:
        """Say how many slots to hold beyond those in use."""
        looks = self._looks
        looks.append((now, holds, uses))
        while looks[0][0] < now - KEEP_SECONDS:
            looks.popleft()
        recent = max(used for _, _, used in looks) - uses
        if now - self._raised_at < KEEP_SECONDS:
            recent = max(recent, holds - uses)
        else:
            idle = min(held - used for _, held, used in looks)
            grown = uses - looks[0][2]
            if idle > 0 and grown <= 0:
                self._could_not_use(now)
            elif idle > 0:
                recent = max(recent, min(2 * grown, holds - uses))
        if holds and uses >= holds:
            self._pause = KEEP_SECONDS
        asked = alone
        if now >= self._quiet_until:
            asked += min(also, max(FEW, uses))
        return max(0, recent, asked)

    def _could_not_use(self, now: float) -> None:
        if now >= self._quiet_until:
            self._quiet_until = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
