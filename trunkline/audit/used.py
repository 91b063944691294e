"""Which call ids have been used, at a bit a call."""

from __future__ import annotations

_SPREAD = 1 << 20
"""Numbers further beyond the highest one so far are kept apart."""


class UsedIds:
    """Remember ids that end in a running number ("run-spring-17") by a bit each, others whole."""

    def __init__(self) -> None:
        self._bits: dict[str, bytearray] = {}
        self._others: set[int] = set()

    def __contains__(self, call: str) -> bool:
        prefix, number = _taken_apart(call)
        bits = self._bits.get(prefix)
        byte = number >> 3
        if bits is not None and byte < len(bits) and bits[byte] >> (number & 7) & 1:
            return True
        return bool(self._others) and hash(call) in self._others

    def add(self, call: str) -> None:
        """Mark an id as used."""
        prefix, number = _taken_apart(call)
        byte = number >> 3
        bits = self._bits.setdefault(prefix, bytearray(64))
        if not prefix or byte >= len(bits) + _SPREAD:
            self._others.add(hash(call))
            return
        if byte >= len(bits):
            bits.extend(bytes(max(byte + 1 - len(bits), len(bits))))
        bits[byte] |= 1 << (number & 7)


def _taken_apart(call: str) -> tuple[str, int]:
    """Split an id into what comes before its number, and the number; "" where there is none."""
    prefix, _, number = call.rpartition("-")
    if prefix and number.isdecimal() and number.isascii() and len(number) < 12:
        return prefix, int(number)
    return "", 0
