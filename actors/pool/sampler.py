"""Draw one of many weighted numbers in logarithmic time.

A number's weight is s/(n+k) + k·m · 1/(n+k), where only m changes with every
outcome of the whole pool. The tree keeps the sums of s/(n+k) and of 1/(n+k)
apart, so a change of m costs nothing.
"""

from __future__ import annotations


class WeightTree:
    """Sum two parts of a weight and a count over leaves that come and go.

    A leaf with count 0 is not drawable. Parents are computed anew as the sum
    of their two children, never by a difference, so rounding can't add up
    and a tree in which nothing is drawable sums to exactly zero.
    """

    __slots__ = ("_answered", "_capacity", "_count", "_inverse", "_size")

    def __init__(self, size: int = 0) -> None:
        if size < 0:
            raise ValueError(f"a tree of {size} leaves")
        capacity = 1
        while capacity < size:
            capacity *= 2
        self._size = size
        self._capacity = capacity
        self._answered = [0.0] * (2 * capacity)
        self._inverse = [0.0] * (2 * capacity)
        self._count = [0] * (2 * capacity)

    def __len__(self) -> int:
        return self._size

    @property
    def sums(self) -> tuple[float, float, int]:
        """Over what is drawable: s/(n+k), 1/(n+k) and how many there are."""
        return self._answered[1], self._inverse[1], self._count[1]

    @property
    def answered(self) -> float:
        """The sum of s/(n+k) over what is drawable."""
        return self._answered[1]

    @property
    def inverse(self) -> float:
        """The sum of 1/(n+k) over what is drawable."""
        return self._inverse[1]

    @property
    def count(self) -> int:
        """How many are drawable."""
        return self._count[1]

    def has(self, index: int) -> bool:
        """Tell whether a leaf can be drawn."""
        return self._count[self._node(index)] > 0

    def append(self) -> int:
        """Add a leaf that isn't drawable yet and return its index."""
        if self._size == self._capacity:
            self._grow()
        self._size += 1
        return self._size - 1

    def set(self, index: int, answered: float, inverse: float, count: int = 1) -> None:
        """Make a leaf drawable with the two parts of its weight."""
        if not 0 <= index < self._size:
            raise IndexError(f"leaf {index} of {self._size}")
        node = self._capacity + index
        answered_sums, inverse_sums, counts = self._answered, self._inverse, self._count
        answered_sums[node] = answered
        inverse_sums[node] = inverse
        counts[node] = count
        while node > 1:
            left = node & -2
            right = node | 1
            node >>= 1
            answered_sums[node] = answered_sums[left] + answered_sums[right]
            inverse_sums[node] = inverse_sums[left] + inverse_sums[right]
            counts[node] = counts[left] + counts[right]

    def clear(self, index: int) -> None:
        """Make a leaf not drawable."""
        self.set(index, 0.0, 0.0, 0)

    def draw_weighted(self, target: float, factor: float) -> int:
        """Find the leaf at `target` along the sums of answered + factor·inverse.

        `target` lies in [0, answered + factor·inverse). A target that rounding
        has pushed past the end finds the last drawable leaf, never another.
        """
        counts = self._count
        if not counts[1]:
            raise ValueError("nothing is drawable")
        answered_sums, inverse_sums, capacity = self._answered, self._inverse, self._capacity
        node = 1
        while node < capacity:
            node *= 2
            if not counts[node]:
                node += 1
            elif counts[node + 1]:
                left = answered_sums[node] + factor * inverse_sums[node]
                if target >= left:
                    target -= left
                    node += 1
        return node - capacity

    def draw_even(self, rank: int) -> int:
        """Find the leaf at `rank` among the drawable, in [0, count)."""
        counts = self._count
        if not 0 <= rank < counts[1]:
            raise ValueError(f"rank {rank} of {counts[1]} drawable")
        capacity = self._capacity
        node = 1
        while node < capacity:
            node *= 2
            left = counts[node]
            if rank >= left:
                rank -= left
                node += 1
        return node - capacity

    def _node(self, index: int) -> int:
        if not 0 <= index < self._size:
            raise IndexError(f"leaf {index} of {self._size}")
        return self._capacity + index

    def _grow(self) -> None:
        old = self._capacity
        leaves = slice(old, 2 * old)
        answered, inverse, counts = self._answered[leaves], self._inverse[leaves], self._count[leaves]
        self._capacity = capacity = 2 * old
        self._answered = [0.0] * capacity + answered + [0.0] * old
        self._inverse = [0.0] * capacity + inverse + [0.0] * old
        self._count = [0] * capacity + counts + [0] * old
        for node in range(capacity - 1, 0, -1):
            left, right = 2 * node, 2 * node + 1
            self._answered[node] = self._answered[left] + self._answered[right]
            self._inverse[node] = self._inverse[left] + self._inverse[right]
            self._count[node] = self._count[left] + self._count[right]
