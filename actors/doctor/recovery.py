"""Tell when calls are answered again as they once were."""

from __future__ import annotations

from math import log

RISE = 0.8
"""Of what was expected before the drop: back is not always all the way back."""

DOWN = 0.3
"""Of what was expected: what is still down."""

THRESHOLD = 9.0
"""The log-likelihood ratio at which it is over; wrong once in some 8,000 calls that are still down."""


class RecoveryTest:
    """Page's test the other way: `RISE` of what was expected against `DOWN` of it."""

    __slots__ = ("answered", "calls", "hours", "sum")

    def __init__(self) -> None:
        self.hours = 0
        """How long after the hour of a drop by the hour the last answered calls were."""
        self.sum = 0.0
        self.calls = 0
        self.answered = 0

    def add(self, expected: float, *, answered: bool) -> bool:
        """Take in a call; tell whether the drop is over. `expected` is the rate before it."""
        if self.sum <= 0.0:
            self.sum, self.calls, self.answered = 0.0, 0, 0
        self.calls += 1
        if answered:
            self.answered += 1
            self.sum += log(RISE / DOWN)
        else:
            self.sum += log((1.0 - RISE * expected) / (1.0 - DOWN * expected))
        return self.sum > THRESHOLD
