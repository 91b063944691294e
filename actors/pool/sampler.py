"""Draw one of many weighted numbers in logarithmic time.

A number's weight is s/(n+k) + k·m · 1/(n+k), where only m changes with every
outcome of the whole pool. The tree keeps the sums of s/(n+k) and of 1/(n+k)
apart, so a change of m costs nothing.
"""

from __future__ import annotations

BITS = 3
FANOUT = 1 << BITS
"""Children of a node: adding up eight takes `sum` little longer than adding two takes Python."""

Level = tuple[list[float], list[float], list[int]]
"""Nodes side by side: their sums of s/(n+k) and of 1/(n+k), and how many are drawable."""


class WeightTree:
    """Sum two parts of a weight and a count over leaves that come and go.

    A leaf with count 0 is not drawable. Parents are computed anew as the sum
    of their children, never by a difference, so rounding can't add up and a
    tree in which nothing is drawable sums to exactly zero.
    """

    __slots__ = ("_levels", "answered", "count", "inverse")

    def __init__(self, size: int = 0) -> None:
        if size < 0:
            raise ValueError(f"a tree of {size} leaves")
        self.answered = 0.0
        """The sum of s/(n+k) over what is drawable."""
        self.inverse = 0.0
        """The sum of 1/(n+k) over what is drawable."""
        self.count = 0
        """How many are drawable."""
        self._levels: list[Level] = [_level(size)]
        while size > FANOUT:
            size = -(-size // FANOUT)
            self._levels.append(_level(size))

    def __len__(self) -> int:
        return len(self._levels[0][2])

    def has(self, index: int) -> bool:
        """Tell whether a leaf can be drawn."""
        self._check(index)
        return self._levels[0][2][index] > 0

    def append(self) -> int:
        """Add a leaf that isn't drawable yet and return its index."""
        levels = self._levels
        size = added = len(self) + 1
        for answered, inverse, counts in levels:
            if len(counts) < size:
                answered.append(0.0)
                inverse.append(0.0)
                counts.append(0)
            size = -(-size // FANOUT)
        if len(levels[-1][2]) > FANOUT:
            below = levels[-1]
            levels.append(
                tuple(  # type: ignore[arg-type]  # three lists of the right types
                    [sum(parts[at : at + FANOUT]) for at in range(0, len(parts), FANOUT)] for parts in below
                )
            )
        return added - 1

    def set(self, index: int, answered: float, inverse: float, count: int = 1) -> None:
        """Make a leaf drawable with the two parts of its weight."""
        if index < 0:
            self._check(index)
        levels = self._levels
        try:
            if len(levels) == 1:
                answered_sums, inverse_sums, counts = levels[0]
                counts[index] = count
                answered_sums[index] = answered
                inverse_sums[index] = inverse
                self.answered = sum(answered_sums)
                self.inverse = sum(inverse_sums)
                self.count = sum(counts)
                return
            for answered_sums, inverse_sums, counts in levels:
                counts[index] = count
                answered_sums[index] = answered
                inverse_sums[index] = inverse
                index >>= BITS
                first = index << BITS
                end = first + FANOUT
                answered = sum(answered_sums[first:end])
                inverse = sum(inverse_sums[first:end])
                count = sum(counts[first:end])
        except IndexError:
            self._check(index)
            raise
        self.answered = answered
        self.inverse = inverse
        self.count = count

    def clear(self, index: int) -> None:
        """Make a leaf not drawable."""
        self.set(index, 0.0, 0.0, 0)

    def draw_weighted(self, target: float, factor: float) -> int:
        """Find the leaf at `target` along the sums of answered + factor·inverse.

        `target` lies in [0, answered + factor·inverse). A target that rounding
        has pushed past the end finds the last drawable leaf, never another.
        """
        if not self.count:
            raise ValueError("nothing is drawable")
        found, width = 0, 0.0
        for answered_sums, inverse_sums, counts in reversed(self._levels):
            node = found << BITS
            for count in counts[node : node + FANOUT]:
                if count:
                    found = node
                    width = answered_sums[node] + factor * inverse_sums[node]
                    if target < width:
                        break
                    target -= width
                node += 1
            else:
                target += width  # past the end of the last one, and of all that is in it
        return found

    def draw_even(self, rank: int) -> int:
        """Find the leaf at `rank` among the drawable, in [0, count)."""
        if not 0 <= rank < self.count:
            raise ValueError(f"rank {rank} of {self.count} drawable")
        node = 0
        for _, _, counts in reversed(self._levels):
            node <<= BITS
            while rank >= counts[node]:
                rank -= counts[node]
                node += 1
        return node

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise IndexError(f"leaf {index} of {len(self)}")


def _level(size: int) -> Level:
    return [0.0] * size, [0.0] * size, [0] * size
