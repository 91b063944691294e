"""Make an actor raise while it handles a message: before, after, or within its handler."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import CO_GENERATOR
from types import FrameType
from typing import Any, TypeAlias

from actors.campaign.actor import CampaignActor
from actors.connection.actor import ConnectionActor
from actors.contact.actor import ContactActor
from actors.pool.actor import PoolActor
from actors.tenant.actor import TenantActor
from runtime.kernel import EngineActor, Timer
from runtime.observe.events import ActorCrashed, Event
from tests.trunkline.engine.auditing import audit
from trunkline.engine import Engine

ACTORS: tuple[type[EngineActor], ...] = (
    CampaignActor,
    ConnectionActor,
    ContactActor,
    PoolActor,
    TenantActor,
)


Kind = tuple[str, str]
"""The names of an actor's class and of a message's."""


class Fault(Exception):
    """What is raised in tests only."""


Raise: TypeAlias = Callable[[Callable[[Any, Any], Any], Any, Any], None]
"""Handles a message, given handler, actor and message, and raises at some point of it."""


def before(_handler: Callable[[Any, Any], Any], _actor: Any, _message: Any) -> None:
    """Raise before anything is done."""
    raise Fault("before")


def after(handler: Callable[[Any, Any], Any], actor: Any, message: Any) -> None:
    """Raise when all is done."""
    handler(actor, message)
    raise Fault("after")


def within(call: int) -> Raise:
    """Raise as the handler makes its n-th call of a Python function, if it makes so many."""

    def handle(handler: Callable[[Any, Any], Any], actor: Any, message: Any) -> None:
        left = call

        def count(frame: FrameType, event: str, _arg: object) -> None:
            nonlocal left
            code = frame.f_code
            if event == "call" and "/actors/" in code.co_filename and not _in_generator(frame, handle):
                left -= 1
                if left == 0:
                    sys.setprofile(None)
                    raise Fault(f"within, as {code.co_qualname} is called")

        sys.setprofile(count)
        try:
            handler(actor, message)
        finally:
            sys.setprofile(None)

    return handle


def as_called(function: str) -> Raise:
    """Raise as the handler calls an actor's function of this qualified name, if it does."""

    def handle(handler: Callable[[Any, Any], Any], actor: Any, message: Any) -> None:
        def look(frame: FrameType, event: str, _arg: object) -> None:
            code = frame.f_code
            if event == "call" and code.co_qualname == function and "/actors/" in code.co_filename:
                sys.setprofile(None)
                raise Fault(f"as {function} is called")

        sys.setprofile(look)
        try:
            handler(actor, message)
        finally:
            sys.setprofile(None)

    return handle


def _in_generator(frame: FrameType | None, within: Callable[..., None]) -> bool:
    """Tell whether a generator would end by what is raised here: nobody could go on where it was.

    What one raises is lost, too, where any() has heard enough.
    """
    while frame is not None and frame.f_code is not within.__code__:
        if frame.f_code.co_flags & CO_GENERATOR:
            return True
        frame = frame.f_back
    return False


class Crashes:
    """Crash the messages that `choose` picks; `hits` says what was crashed."""

    def __init__(self, choose: Callable[[Any, Any], Raise | None]) -> None:
        self._choose = choose
        self.hits: list[tuple[str, str]] = []
        self.engine: Any = None

    def install(self, engine: Engine) -> None:
        """Look at each message before it is handled."""
        self.engine = engine
        queue = engine.system.queue
        handle = queue.drain

        def drain(budget: int) -> int:
            left = budget
            while left and queue.entries:
                receiver, message = _addressed(*queue.entries[0])
                if isinstance(receiver, ACTORS) and type(message) in receiver._table:
                    fault = self._choose(receiver, message)
                    if fault is not None:
                        self._arm(receiver, message, fault)
                left -= 1
                handle(1)
            return left

        queue.drain = drain  # type: ignore[method-assign]  # one message at a time

    def _arm(self, receiver: Any, message: Any, fault: Raise) -> None:
        handlers = receiver._handlers
        handler = handlers[type(message)]

        def once(actor: Any, handled: Any) -> None:
            receiver._handlers = handlers
            self.hits.append((type(receiver).__name__, type(handled).__name__))
            fault(handler, actor, handled)

        receiver._handlers = {type(message): once}


def crashed(log: list[tuple[float, Event]]) -> list[ActorCrashed]:
    """List the crashes that the log names."""
    return [event for _, event in log if isinstance(event, ActorCrashed)]


def audit_with_crashes(log: list[tuple[float, Event]], tables: dict[str, Any]) -> None:
    """Audit a run in which actors crashed."""
    audit([(time, event) for time, event in log if not isinstance(event, ActorCrashed)], tables)


def _addressed(receiver: Any, message: Any) -> tuple[Any, Any]:
    """Look through a timer at whom it is for."""
    if isinstance(receiver, Timer):
        return receiver._receiver, receiver._message
    return receiver, message
