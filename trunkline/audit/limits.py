"""Limits, what is in use under them, and what both were a moment ago.

A grant's figures are from when it was decided; its line is written at the
last gate, up to ten seconds later. So a figure is judged against all that
may have been true in between.
"""

from __future__ import annotations

from collections import deque

DECISION_SECONDS = 11.0
"""How long before a grant's line its number was drawn at the earliest.

Ten seconds lie between intent and the last gate at most; a second is left
for the two reservations before them."""

SHORTLY_SECONDS = 1.0
"""How soon after its cause a line is there that follows from it."""

ROUNDING_SECONDS = 2e-6
"""Timestamps are rounded to a microsecond, a difference of two by up to two."""


class Limit:
    """A limit that may change, and what it was of late; None is unlimited."""

    __slots__ = ("_changed_at", "_configured", "_past", "known", "value")

    def __init__(self) -> None:
        self.known = False
        self.value: int | None = None
        self._configured = False
        """Whether it has been told as configured, in this life."""
        self._changed_at = 0.0
        self._past: deque[tuple[float, int | None]] = deque()

    def learn(self, value: int | None) -> None:
        """Take the first word on it; later ones say no more than they said when configured.

        A change may have been told before: until then it was as configured.
        """
        if not self.known:
            self.known, self.value = True, value
            self._past.clear()
        elif not self._configured:
            self._past.append((self._changed_at, value))
        self._configured = True

    def forget(self) -> None:
        """Wait for a new word on it: the configuration may have changed."""
        self.known = self._configured = False

    def change(self, value: int, now: float) -> None:
        """Take a new value from here on.

        Where a restart has left it unknown, it most likely was what it had been.
        """
        if self.known or self.value is not None:
            self._past.append((now, self.value))
        self.known, self.value, self._changed_at = True, value, now

    def lately(self, now: float) -> set[int | None]:
        """Return every value that it had since a call now granted was decided."""
        past = self._past
        while past and past[0][0] < now - DECISION_SECONDS:
            past.popleft()
        return {self.value, *(value for _, value in past)}


class InUse:
    """Calls in progress under one limit, by grants minus ends."""

    __slots__ = ("_begun", "_lag", "count", "most", "settled")

    def __init__(self, lag: float = DECISION_SECONDS) -> None:
        self.count = 0
        self.most = 0
        """The highest count."""
        self.settled = 0
        """The highest count of calls that had all begun `lag` seconds before."""
        self._begun: deque[float] = deque()
        self._lag = lag

    def begin(self, now: float) -> None:
        """Count a call that begins."""
        self.steady(now)
        self.count += 1
        self.most = max(self.most, self.count)
        self._begun.append(now)

    def end(self, now: float) -> None:
        """Count a call that has ended."""
        self.steady(now)
        self.count -= 1

    def steady(self, now: float) -> int:
        """Count the calls that have been in progress for `lag` seconds; it may be some more."""
        begun, since = self._begun, now - self._lag
        while begun and begun[0] <= since:
            begun.popleft()
        steady = self.count - len(begun)
        if steady > self.settled:
            self.settled = steady
        return max(0, steady)
