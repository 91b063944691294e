"""Each number's calls, answers and weight over time, in a bounded number of buckets."""

from __future__ import annotations

from array import array
from math import isnan, nan

MOST_BUCKETS = 240
_NARROWEST = 1.0

CALLS_LOOKED_BACK_ON = 60
"""A share or a rate is of at least so many calls, where there were so many."""

FEWEST_CALLS = 10
"""A share or a rate of fewer calls than this is not drawn."""


class NumberLine:
    """One number of one campaign, bucket by bucket."""

    __slots__ = ("answered", "attempts", "connection", "counted", "number", "weights")

    def __init__(self, number: str, connection: str) -> None:
        self.number = number
        self.connection = connection
        self.attempts = array("L", bytes(8 * MOST_BUCKETS))
        self.answered = array("L", bytes(8 * MOST_BUCKETS))
        self.counted = array("L", bytes(8 * MOST_BUCKETS))
        self.weights = array("d", [nan]) * MOST_BUCKETS

    def fold(self) -> None:
        """Make each bucket twice as wide."""
        half = MOST_BUCKETS // 2
        for counts in (self.attempts, self.answered, self.counted):
            for index in range(half):
                counts[index] = counts[2 * index] + counts[2 * index + 1]
            counts[half:] = array("L", bytes(8 * half))
        weights = self.weights
        for index in range(half):
            later = weights[2 * index + 1]
            weights[index] = weights[2 * index] if isnan(later) else later
        weights[half:] = array("d", [nan]) * half


class NumberLines:
    """The numbers of every campaign over one time axis."""

    def __init__(self, start: float) -> None:
        self.width = _NARROWEST
        self.campaigns: dict[str, dict[str, NumberLine]] = {}
        self._start = start

    def add(self, campaign: str, number: str, connection: str) -> NumberLine:
        """Find or begin a number's line."""
        lines = self.campaigns.setdefault(campaign, {})
        line = lines.get(number)
        if line is None:
            line = lines[number] = NumberLine(number, connection)
        return line

    def bucket(self, time: float) -> int:
        """Say which bucket a time falls into, widening all until it does."""
        index = max(0, int((time - self._start) / self.width))
        while index >= MOST_BUCKETS:
            self.width *= 2.0
            for lines in self.campaigns.values():
                for line in lines.values():
                    line.fold()
            index >>= 1
        return index


def shares(
    counts: array[int], totals: array[int], buckets: int, wanted: int = CALLS_LOOKED_BACK_ON
) -> list[float | None]:
    """Divide counts by totals, bucket by bucket, looking back until there are enough.

    None while there are too few to say anything.
    """
    found: list[float | None] = []
    first, part, whole = 0, 0, 0
    for bucket in range(buckets):
        part += counts[bucket]
        whole += totals[bucket]
        while first < bucket and whole - totals[first] >= wanted:
            part -= counts[first]
            whole -= totals[first]
            first += 1
        found.append(part / whole if whole >= FEWEST_CALLS else None)
    return found
