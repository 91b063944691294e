"""Tell when calls are answered again as they once were."""

from __future__ import annotations

from math import log

from actors.doctor.changepoint import RATIO

RISE = 0.8
"""Of what was expected before the drop: back is not always all the way back."""

THRESHOLD = 6.0
"""The log-likelihood ratio at which it is over; wrong once in some 400 calls that are still down."""


class RecoveryTest:
    """Page's test the other way: `RISE` of what was expected against `RATIO` of it."""

    __slots__ = ("answered", "calls", "sum")

    def __init__(self) -> None:
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
            self.sum += log(RISE / RATIO)
        else:
            self.sum += log((1.0 - RISE * expected) / (1.0 - RATIO * expected))
        return self.sum > THRESHOLD
