"""Tell what lasts from what comes and goes: so that nothing is said as a stream."""

from __future__ import annotations


class Lasting:
    """A state that begins when it has held for `begin` seconds, and is over after `end` without it.

    Looked at now and then; between two looks it is taken to have stayed as it was.
    """

    __slots__ = ("_begin", "_end", "_turned", "lasts")

    def __init__(self, begin: float, end: float) -> None:
        self._begin = begin
        self._end = end
        self._turned: float | None = None
        self.lasts = False

    @property
    def turned(self) -> float | None:
        """Give since when it holds without lasting yet, or is gone without being over."""
        return self._turned

    def look(self, at: float, holds: bool) -> bool:
        """Take in whether it holds at `at`, seconds since the epoch; tell whether it lasts."""
        if holds == self.lasts:
            self._turned = None
        elif self._turned is None:
            self._turned = at
        if self._turned is not None and at - self._turned >= (self._end if self.lasts else self._begin):
            self.lasts = holds
            self._turned = None
        return self.lasts
