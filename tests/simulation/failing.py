"""Actors that fail at messages chosen beforehand: before, within, or when all is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from runtime.kernel import ActorSystem, Timer
from tests.trunkline.engine.crashing import Raise, after, before, within

CRASHABLE = frozenset({"CampaignActor", "ConnectionActor", "ContactActor", "PoolActor", "TenantActor"})
"""Actors that live on when a handler of theirs fails."""

LATEST_CALL = 25
"""A failure within a handler comes at one of so many calls of the actors' functions."""


class Failures:
    """The failures that are left to one life of an engine.

    `counts` are numbers of messages handled; each failure hits the first
    message from there on that is for an actor of ours. How it hits is drawn
    from `luck` and the count.
    """

    def __init__(self, counts: Iterable[int], luck: str, hit: Callable[[str], None]) -> None:
        self._counts = deque(sorted(counts))
        self._luck = luck
        self._hit = hit

    @property
    def due_at(self) -> int | None:
        """Tell after how many messages the next failure is due."""
        return self._counts[0] if self._counts else None

    def fail(self, system: ActorSystem) -> None:
        """Let the actor fail whose turn it is, if a failure is due and it is one of ours."""
        queue = system.queue
        if not self._counts or queue.handled < self._counts[0] or not queue.entries:
            return
        receiver, message = _addressed(*queue.entries[0])
        if type(receiver).__name__ not in CRASHABLE or type(message) not in receiver._table:
            return
        fault = _drawn(Random(f"{self._luck}/actor/{self._counts.popleft()}"))
        self._hit("actor failed")
        handlers = receiver._handlers

        def once(actor: Any, handled: Any) -> None:
            receiver._handlers = handlers
            fault(handlers[type(handled)], actor, handled)

        receiver._handlers = {type(message): once}


def _drawn(dice: Random) -> Raise:
    return dice.choice((before, after, within(dice.randint(1, LATEST_CALL)), within(dice.randint(1, 5))))


def _addressed(receiver: Any, message: Any) -> tuple[Any, Any]:
    """Look through a timer at whom it is for."""
    if isinstance(receiver, Timer):
        return receiver._receiver, receiver._message
    return receiver, message
