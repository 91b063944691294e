"""How many idle slots a daemon should hold: a second's demand, and no more.

What a daemon holds when it dies is nobody's for a whole call, and what idles
here may be missing elsewhere. So idle slots are kept for a second after they
were last used, and asked for only by contacts that they would serve.
"""

from __future__ import annotations

from collections import deque

KEEP_SECONDS = 1.0
"""For so long a slot may idle before it is given back."""

FUTILE_SECONDS = 0.7
"""The same for one that nobody can use without slots of a limit that comes before it."""

FEW = 1
"""Slots that may be asked for though those of an earlier limit are lacking: others have more use for them."""

LONGEST_PAUSE_SECONDS = 4.0
"""After slots that could not be used, so long at most before more are asked for."""


class Headroom:
    """One resource's recent use; `now` is in seconds of a clock that is never set.

    Contacts may lack slots of other limits as well, and leave idle what they
    get. After an idle second no more is asked for until a pause is over,
    which doubles each time; slots that come elsewhere end it. Who has all
    that comes before this limit needs not pause, but where it `leads`: it is
    the first on the way, and nothing comes before.
    """

    __slots__ = ("_leads", "_longest_pause", "_looks", "_pause", "_quiet_until", "_raised_at")

    def __init__(self, *, leads: bool = True, longest_pause: float = LONGEST_PAUSE_SECONDS) -> None:
        self._leads = leads
        self._longest_pause = min(longest_pause, LONGEST_PAUSE_SECONDS)
        self._looks: deque[tuple[float, int, int]] = deque()
        self._raised_at = float("-inf")
        self._pause = KEEP_SECONDS
        self._quiet_until = float("-inf")

    def raised(self, now: float) -> None:
        """Note that more slots are held from now on: they have yet to be used."""
        self._raised_at = now

    def ask_again(self) -> None:
        """End a pause: slots of another limit have come."""
        self._quiet_until = float("-inf")

    def wants(
        self, now: float, holds: int, uses: int, first: int, later: int, *, futile: bool = False
    ) -> int:
        """Say how many slots to hold beyond those in use.

        `first` contacts lack nothing that comes before this limit, `later`
        ones do. `futile` says that all who could use idle slots do: those go
        back sooner than what others lack comes.
        """
        looks = self._looks
        looks.append((now, holds, uses))
        while looks[0][0] < now - KEEP_SECONDS:
            looks.popleft()
        recent = max(used for _, _, used in looks) - uses
        if now - self._raised_at < (FUTILE_SECONDS if futile else KEEP_SECONDS):
            recent = max(recent, holds - uses)
        else:
            idle = holds - uses if futile else min(held - used for _, held, used in looks)
            grown = uses - looks[0][2]
            if idle > 0 and grown <= 0:
                self._could_not_use(now)
            elif idle > 0:
                recent = max(recent, min(2 * grown, holds - uses))
        if holds and uses >= holds:
            self._pause = KEEP_SECONDS
        if now >= self._quiet_until:
            return max(0, recent, first + min(later, FEW))
        return max(0, recent, 0 if self._leads else first)

    def _could_not_use(self, now: float) -> None:
        if now >= self._quiet_until:
            self._quiet_until = now + min(self._pause, self._longest_pause)
            self._pause = min(2 * self._pause, self._longest_pause)
