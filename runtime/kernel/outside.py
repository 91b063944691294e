"""Requests from outside that hold virtual time."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType


class OutsideRequest:
    """While one is held, virtual time doesn't jump and the system isn't idle.

    A context manager, or `release()`; releasing again changes nothing. Any
    thread may hold and release.
    """

    __slots__ = ("_held", "_when_released")

    def __init__(self, held: set[OutsideRequest], when_released: Callable[[], None]) -> None:
        self._held = held
        self._when_released = when_released
        held.add(self)

    def release(self) -> None:
        """Let time go on."""
        if self in self._held:
            self._held.discard(self)
            self._when_released()

    def __enter__(self) -> OutsideRequest:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _exception: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.release()
