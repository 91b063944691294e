"""Events in the order of their instants; the same seed, the same order."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any


class Loop:
    """A heap of what is to happen, and the true time."""

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._count = 0

    def at(self, instant: float, happens: Callable[..., Any], *arguments: Any) -> None:
        """Let something happen at an instant."""
        self._count += 1
        heapq.heappush(self._heap, (max(instant, self.now), self._count, happens, arguments))

    def after(self, seconds: float, happens: Callable[..., Any], *arguments: Any) -> None:
        """Let something happen so many seconds from now."""
        self.at(self.now + seconds, happens, *arguments)

    def run(self, until: float) -> None:
        """Let happen what happens before an instant."""
        while self._heap and self._heap[0][0] <= until:
            self.now, _, happens, arguments = heapq.heappop(self._heap)
            happens(*arguments)
        self.now = until
