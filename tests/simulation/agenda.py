"""What will happen in the world, whether an engine lives to see it or not."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from runtime.kernel import ActorSystem, Timer

_ROUNDING = 1e-6
"""An instant since the epoch, as a float, is good to a quarter of this."""


class Agenda:
    """The world's own timers, in seconds since the epoch.

    While an engine lives they are driven by its virtual clock; between two
    lives `pass_until` drives them.
    """

    def __init__(self, start: float) -> None:
        self._now = start
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._serial = 0
        self._system: ActorSystem | None = None
        self._armed: tuple[float, Timer] | None = None

    @property
    def now(self) -> float:
        """The world's time."""
        return self._now if self._system is None else self._system.clock.time()

    def __len__(self) -> int:
        return len(self._heap)

    def later(self, seconds: float, act: Callable[..., None], *args: Any) -> None:
        """Do something in so many seconds; what is in one instant stays in order."""
        self.at(self.now + seconds, act, *args)

    def at(self, when: float, act: Callable[..., None], *args: Any) -> None:
        """Do something at a time; at once where that is past."""
        self._serial += 1
        heappush(self._heap, (when, self._serial, act, args))
        if self._system is not None and (self._armed is None or when < self._armed[0]):
            self._arm()

    def attach(self, system: ActorSystem) -> None:
        """Go by this system's clock from here on."""
        self._system = system
        self._armed = None
        self._arm()

    def detach(self) -> None:
        """Stand still: the system is gone."""
        self._now = self.now
        self._system = None
        self._armed = None

    def pass_until(self, when: float) -> None:
        """Let time pass while no engine lives."""
        while self._heap and self._heap[0][0] <= when:
            at, _, act, args = heappop(self._heap)
            self._now = max(self._now, at)
            act(*args)
        self._now = max(self._now, when)

    def _arm(self) -> None:
        if not self._heap or self._system is None:
            return
        if self._armed is not None:
            self._armed[1].cancel()
        when = self._heap[0][0]
        self._armed = when, self._system.call_later(max(0.0, when - self.now), self._wake, self._system)

    def _wake(self, system: ActorSystem) -> None:
        if system is not self._system:
            return
        self._armed = None
        now = self.now + _ROUNDING
        while self._heap and self._heap[0][0] <= now and self._system is system:
            _, _, act, args = heappop(self._heap)
            act(*args)
        if self._armed is None:
            self._arm()
