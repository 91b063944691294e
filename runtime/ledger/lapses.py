"""Measure what the others do by a clock of one's own.

No two hosts agree on a time, but each can tell how long something has lasted
that it saw itself. What is stated is always less than what has passed: it
counts from when a reply was heard to when the next statement is made, and
both lie within what the ledger has lived through.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from runtime.ledger.statement import Row, Sighting


class Lapses:
    """How long each node's version has stood, and how much of a countdown is left.

    `now` is in seconds of CLOCK_BOOTTIME throughout.
    """

    __slots__ = ("_countdowns", "_seen")

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int, float]] = {}
        self._countdowns: dict[str, tuple[int, float]] = {}

    def see(self, rows: Iterable[Row], now: float) -> None:
        """Note what a reply says of the others."""
        seen: dict[str, tuple[int, int, float]] = {}
        countdowns: dict[str, tuple[int, float]] = {}
        for row in rows:
            if row.remaining is not None:
                over = now + row.remaining / 1000
                known = self._countdowns.get(row.node)
                if known is not None and known[0] == row.version:
                    over = min(over, known[1])
                countdowns[row.node] = (row.version, over)
                continue
            before = self._seen.get(row.node)
            since = before[2] if before is not None and before[0] == row.version else now
            seen[row.node] = (row.version, row.lease, since)
        self._seen, self._countdowns = seen, countdowns

    def quiet(self, now: float) -> tuple[Sighting, ...]:
        """Give the nodes that should have renewed by now: quiet for half their lease."""
        return tuple(
            Sighting(node, version, _passed(since, now))
            for node, (version, lease, since) in sorted(self._seen.items())
            if _passed(since, now) * 2 > lease
        )

    def countdowns(self, now: float) -> tuple[Sighting, ...]:
        """Give what is left of the lapsed nodes' countdowns."""
        return tuple(
            Sighting(node, version, max(0, ceil((over - now) * 1000)))
            for node, (version, over) in sorted(self._countdowns.items())
        )

    def forget(self) -> None:
        """Start anew: the clock can't be trusted, or the ledger is another."""
        self._seen.clear()
        self._countdowns.clear()


def _passed(since: float, now: float) -> int:
    return int((now - since) * 1000)
