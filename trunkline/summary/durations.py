"""Percentiles of any number of durations in bounded memory."""

from __future__ import annotations

from math import exp, log, sqrt

ERROR = 0.001
"""How far a percentile may be from the exact one, relative to it."""

_SHORTEST = 0.001
"""What is shorter counts as no time at all."""

_SCALE = 1.0 / log((1.0 + ERROR) / (1.0 - ERROR))
_OFFSET = -log(_SHORTEST)


class Durations:
    """Count durations in buckets whose width grows with the duration.

    A bucket's middle is within `ERROR` of all that fell into it, as in
    DDSketch (Masson, Rim, Lee: PVLDB 12, 2019). A year in milliseconds takes
    at most 12,000 buckets, whatever the count.
    """

    __slots__ = ("_buckets", "_least", "_squares", "_total", "count", "most")

    def __init__(self) -> None:
        self.count = 0
        self.most = 0.0
        self._least = float("inf")
        self._total = 0.0
        self._squares = 0.0
        self._buckets: dict[int, int] = {}

    def add(self, seconds: float) -> None:
        """Take in one duration; a negative one is none at all."""
        self.count += 1
        if seconds < _SHORTEST:
            bucket = -1
            seconds = 0.0
        else:
            bucket = int((log(seconds) + _OFFSET) * _SCALE)
            self._total += seconds
            self._squares += seconds * seconds
        if seconds > self.most:
            self.most = seconds
        if seconds < self._least:
            self._least = seconds
        buckets = self._buckets
        buckets[bucket] = buckets.get(bucket, 0) + 1

    def merged(self, other: Durations) -> Durations:
        """Return both together."""
        both = Durations()
        both.count = self.count + other.count
        both.most = max(self.most, other.most)
        both._least = min(self._least, other._least)
        both._total = self._total + other._total
        both._squares = self._squares + other._squares
        both._buckets = dict(self._buckets)
        for bucket, count in other._buckets.items():
            both._buckets[bucket] = both._buckets.get(bucket, 0) + count
        return both

    @property
    def mean(self) -> float | None:
        """The mean; None without any."""
        return self._total / self.count if self.count else None

    @property
    def deviation(self) -> float | None:
        """The sample's standard deviation; None for fewer than two."""
        if self.count < 2:
            return None
        spread = self._squares - self._total * self._total / self.count
        return sqrt(max(0.0, spread) / (self.count - 1))

    def quantiles(self, *shares: float) -> list[float]:
        """Return the durations that these shares, ascending, are not longer than.

        Raises ValueError without any duration.
        """
        if not self.count:
            raise ValueError("no duration, no quantile")
        found: list[float] = []
        passed, value = 0, self._least
        buckets = iter(sorted(self._buckets.items()))
        for share in shares:
            rank = min(self.count, int(share * self.count) + 1)
            while passed < rank:
                bucket, count = next(buckets)
                passed += count
                value = self._middle(bucket)
            found.append(self.most if rank == self.count else value)
        return found

    def _middle(self, bucket: int) -> float:
        if bucket < 0:
            return 0.0
        return min(self.most, max(self._least, exp((bucket + 0.5) / _SCALE - _OFFSET)))
