"""Actors that fail at messages chosen beforehand: before, within, or when all is done."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable
from inspect import CO_GENERATOR
from random import Random
from types import FrameType
from typing import Any

from runtime.kernel import ActorSystem, Timer
from tests.simulation.violations import InjectedError

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
        dice = Random(f"{self._luck}/actor/{self._counts.popleft()}")
        self._hit("actor failed")
        handlers = receiver._handlers

        def once(actor: Any, handled: Any) -> None:
            receiver._handlers = handlers
            _fail(dice, handlers[type(handled)], actor, handled)

        receiver._handlers = {type(message): once}


def _fail(dice: Random, handler: Callable[[Any, Any], None], actor: Any, message: Any) -> None:
    name = type(message).__name__
    where = dice.choice(("before", "within", "within", "after"))
    if where == "before":
        raise InjectedError(f"before {name}")
    if where == "within":
        _fail_within(dice.randint(1, LATEST_CALL), handler, actor, message)
    else:
        handler(actor, message)
    raise InjectedError(f"after {name}")


def _fail_within(call: int, handler: Callable[[Any, Any], None], actor: Any, message: Any) -> None:
    """Raise as the handler makes its n-th call of a Python function of the actors'."""
    left = call

    def count(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal left
        code = frame.f_code
        if event == "call" and "/actors/" in code.co_filename and not _in_generator(frame):
            left -= 1
            if left == 0:
                sys.setprofile(None)
                raise InjectedError(f"within {type(message).__name__}, as {code.co_qualname} is called")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        handler(actor, message)
    finally:
        sys.setprofile(before)


def _in_generator(frame: FrameType | None) -> bool:
    """Tell whether a generator would end by what is raised here: then nobody could go on where it was."""
    while frame is not None and frame.f_code is not _fail_within.__code__:
        if frame.f_code.co_flags & CO_GENERATOR:
            return True
        frame = frame.f_back
    return False


def _addressed(receiver: Any, message: Any) -> tuple[Any, Any]:
    """Look through a timer at whom it is for."""
    if isinstance(receiver, Timer):
        return receiver._receiver, receiver._message
    return receiver, message
