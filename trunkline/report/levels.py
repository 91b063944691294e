"""Levels over any stretch of time in a bounded number of buckets, peaks kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_BUCKETS = 1000
"""Two points each, its least and its most: 2,000 points a series."""

_NARROWEST = 0.1


class Bucket:
    """The states in which the levels together were least and most, and each one's range."""

    __slots__ = ("high", "high_at", "high_levels", "index", "least", "low", "low_at", "low_levels", "most")

    def __init__(self, index: int, at: float, total: int, levels: Sequence[int]) -> None:
        self.index = index
        self.low = self.high = total
        self.low_at = self.high_at = at
        self.low_levels = self.high_levels = tuple(levels)
        self.least, self.most = list(levels), list(levels)

    def take_in(self, other: Bucket) -> None:
        """Widen this bucket by the next one."""
        if other.low < self.low:
            self.low, self.low_at, self.low_levels = other.low, other.low_at, other.low_levels
        if other.high > self.high:
            self.high, self.high_at, self.high_levels = other.high, other.high_at, other.high_levels
        missing = [0] * (len(other.most) - len(self.most))
        self.least = [min(pair) for pair in zip([*self.least, *missing], other.least, strict=True)]
        self.most = [max(pair) for pair in zip([*self.most, *missing], other.most, strict=True)]


class Levels:
    """Whole numbers that change at times and are drawn on top of each other.

    A bucket holds two whole states, so that the parts add up in each point
    and the highest sum stays. Once there are too many buckets they become
    twice as wide. A level that stood for no time is no low; as a high it
    counts, since it was there.
    """

    def __init__(self, start: float) -> None:
        self.names: list[str] = []
        self.width = _NARROWEST
        self.total = 0
        self.levels: list[int] = []
        self.buckets: list[Bucket] = [Bucket(0, start, 0, ())]
        self._start = start
        self._at = start
        self._until = start + self.width

    def add(self, name: str) -> int:
        """Begin another level at nought; returns its place."""
        self.names.append(name)
        self.levels.append(0)
        bucket = self.buckets[-1]
        bucket.least.append(0)
        bucket.most.append(0)
        return len(self.names) - 1

    def change(self, time: float, place: int, by: int) -> None:
        """Raise or lower one level; what comes from before counts as now."""
        if time > self._at:
            self._settle(time)
        bucket = self.buckets[-1]
        level = self.levels[place] = self.levels[place] + by
        total = self.total = self.total + by
        if level > bucket.most[place]:
            bucket.most[place] = level
        if total > bucket.high:
            bucket.high, bucket.high_at, bucket.high_levels = total, self._at, tuple(self.levels)

    def finish(self, time: float) -> None:
        """Let the levels stand until the end."""
        if time > self._at:
            self._settle(time)

    def points(self) -> Iterator[tuple[float, tuple[int, ...]]]:
        """Give the states to draw, with their times; each stands until the next."""
        count = len(self.names)
        for bucket in self.buckets:
            states = [(bucket.low_at, bucket.low_levels), (bucket.high_at, bucket.high_levels)]
            if bucket.high_at < bucket.low_at:
                states.reverse()
            for at, levels in states[: 1 if states[0] == states[1] else 2]:
                yield at, levels + (0,) * (count - len(levels))
        yield self._at, tuple(self.levels)

    def ranges(self, place: int) -> Iterator[tuple[float, int, int]]:
        """Give each bucket's time and one level's least and most in it."""
        for bucket in self.buckets:
            if place < len(bucket.most):
                yield (
                    self._start + bucket.index * self.width,
                    bucket.least[place],
                    bucket.most[place],
                )

    def _settle(self, time: float) -> None:
        """Take what stood from the last change until now for real."""
        bucket = self.buckets[-1]
        if self.total < bucket.low:
            bucket.low, bucket.low_at, bucket.low_levels = self.total, self._at, tuple(self.levels)
        least = bucket.least
        for place, level in enumerate(self.levels):
            if level < least[place]:
                least[place] = level
        self._at = time
        if time >= self._until:
            index = int((time - self._start) / self.width)
            begins = self._start + index * self.width
            self.buckets.append(Bucket(index, min(begins, time), self.total, self.levels))
            self._until = begins + self.width
            if len(self.buckets) > MOST_BUCKETS:
                self._widen()

    def _widen(self) -> None:
        self.width *= 2.0
        buckets: list[Bucket] = []
        for bucket in self.buckets:
            bucket.index >>= 1
            if buckets and buckets[-1].index == bucket.index:
                buckets[-1].take_in(bucket)
            else:
                buckets.append(bucket)
        self.buckets = buckets
        self._until = self._start + (buckets[-1].index + 1) * self.width
