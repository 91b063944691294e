"""Counts towards the end of one life: batches and calls after which it is to crash."""

from __future__ import annotations

from collections import Counter

from tests.simulation.plan import Crash

HOW = {
    "durable": "between a sync and its acknowledgement",
    "written": "between a write and its sync",
    "placed": "right after a call was placed",
}
"""By where a crash is planned: how it is told. The others are counted in messages."""


class Demise:
    """The crash that is planned for one life, if any."""

    def __init__(self, crash: Crash | None) -> None:
        self._crash = crash
        self._counts: Counter[str] = Counter()

    def count(self, where: str) -> str | None:
        """Count what has just happened; say how the life ends where this was its last."""
        self._counts[where] += 1
        crash = self._crash
        if crash is None or crash.where != where or self._counts[where] < crash.count:
            return None
        return HOW[where]
