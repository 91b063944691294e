"""What a line that lives by timers needs; an ActorSystem has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from runtime.kernel import Clock


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None: ...


class Timekeeper(Protocol):
    """A clock, and things that happen later by it."""

    @property
    def clock(self) -> Clock: ...

    def call_later(self, seconds: float, callback: Callable[..., None], *args: Any) -> Timer: ...
