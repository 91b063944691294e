"""Remember what a campaign has already taken, in a few bytes each.

The phones and ids of a million contacts take 160 MiB as Python sets, and 32
as these tables.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

_FIRST_BITS = 12
_FULL = 0.6
_WORD = (1 << 64) - 1
_GOLDEN = 0x9E37_79B9_7F4A_7C15
"""2**64 divided by the golden ratio: spreads runs of successive numbers (Knuth, 6.4)."""

_LONGEST_DECIMAL = 18
_LONGEST_SHORT = 7
_SHORT = 1 << 62
_DIGEST = 1 << 63


class IntegerSet:
    """A growing set of integers from 1 to 2**64 - 1, 8 bytes a place."""

    __slots__ = ("_bits", "_count", "_limit", "_mask", "_shift", "_table")

    def __init__(self) -> None:
        self._count = 0
        self._resize(_FIRST_BITS)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        table, mask = self._table, self._mask
        place = (number * _GOLDEN & _WORD) >> self._shift
        while (there := table[place]) and there != number:
            place = (place + 1) & mask
        return there == number

    def add(self, number: int) -> bool:
        """Add a number; False if it was in already."""
        table, mask = self._table, self._mask
        place = (number * _GOLDEN & _WORD) >> self._shift
        while there := table[place]:
            if there == number:
                return False
            place = (place + 1) & mask
        table[place] = number
        self._count += 1
        if self._count > self._limit:
            self._grow()
        return True

    def _resize(self, bits: int) -> None:
        self._bits = bits
        self._shift = 64 - bits
        self._mask = (1 << bits) - 1
        self._table = array("Q", bytes(8 << bits))
        self._limit = int((1 << bits) * _FULL)

    def _grow(self) -> None:
        numbers = self._table
        self._resize(self._bits + 1)
        table, mask, shift = self._table, self._mask, self._shift
        for number in numbers:
            if number:
                place = (number * _GOLDEN & _WORD) >> shift
                while table[place]:
                    place = (place + 1) & mask
                table[place] = number


class IdSet:
    """A growing set of ids.

    Decimal numbers and ids of up to 7 bytes are kept as they are. Of others
    63 bits of a BLAKE2b digest are kept: that two different ids of a million
    share theirs happens once in twenty million such files.
    """

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys = IntegerSet()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, identity: str) -> bool:
        return _key(identity) in self._keys

    def add(self, identity: str) -> bool:
        """Add an id; False if it was in already."""
        return self._keys.add(_key(identity))


def _key(identity: str) -> int:
    """Give an id's integer; the two highest bits tell the three sorts apart."""
    if (
        identity.isdecimal()
        and identity.isascii()
        and identity[0] != "0"
        and len(identity) <= _LONGEST_DECIMAL
    ):
        return int(identity)
    encoded = identity.encode("utf-8", "surrogatepass")
    if len(encoded) <= _LONGEST_SHORT:
        return int.from_bytes(encoded, "big") | len(encoded) << 56 | _SHORT
    return int.from_bytes(blake2b(encoded, digest_size=8).digest(), "big") | _DIGEST
