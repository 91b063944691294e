"""Walk through a range in an order that looks random, remembering nothing."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_ROUNDS = 3


class Permutation:
    """A bijection of 0 … `size` - 1 onto itself, drawn by `random`.

    Rounds of multiplying by an odd number modulo a power of two and of
    folding the high bits down, each of which can be undone, as in
    MurmurHash3's finalizer; what falls outside of the range is sent on
    through them until it falls inside ("cycle walking"), on average less than
    twice.
    """

    __slots__ = ("_mask", "_rounds", "_shift", "size")

    def __init__(self, size: int, random: Random) -> None:
        if size < 1:
            raise ValueError(f"a permutation of {size} things")
        bits = max(2, (size - 1).bit_length())
        self.size = size
        self._mask = (1 << bits) - 1
        self._shift = (bits + 1) // 2
        self._rounds = [(random.getrandbits(bits) | 1, random.getrandbits(bits)) for _ in range(_ROUNDS)]

    def __getitem__(self, place: int) -> int:
        """Give what stands at a place."""
        if not 0 <= place < self.size:
            raise IndexError(place)
        mask, shift, rounds, size = self._mask, self._shift, self._rounds, self.size
        while True:
            for factor, shift_by in rounds:
                place = (place * factor + shift_by) & mask
                place ^= place >> shift
            if place < size:
                return place

    def __iter__(self) -> Iterator[int]:
        return map(self.__getitem__, range(self.size))
