"""The engine's own actors: pykka's contract, built to be many and short-lived."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

import pykka
from pykka import ActorRegistry
from pykka._envelope import Envelope
from pykka.messages import ProxyCall, ProxyGetAttr, ProxySetAttr, _ActorStop

from runtime.kernel.actor import TrioActor
from runtime.kernel.clock import Clock
from runtime.kernel.dead_letters import refuse
from runtime.kernel.handlers import Handler, HandlerTable, OneHandler, handled_types
from runtime.kernel.mailbox import START, EngineInbox, Start
from runtime.kernel.ref import EngineRef, Nobody

if TYPE_CHECKING:
    from runtime.kernel.system import ActorSystem
    from runtime.kernel.timers import Timer

logger = logging.getLogger("pykka")

_NOBODY = Nobody()
_STOP = _ActorStop()


def _answer(actor: EngineActor, envelope: Envelope[Any]) -> None:
    """Handle what was asked, and answer it."""
    message, reply_to = envelope.message, envelope.reply_to
    if reply_to is None:
        actor._handlers[type(message)](actor, message)
        return
    try:
        reply_to.set(actor._handlers[type(message)](actor, message))
    except Exception:
        logger.info("Exception returned from %s to caller:", actor, exc_info=True)
        reply_to.set_exception()
    except BaseException:
        refuse(envelope, actor)
        raise


def _receive(actor: EngineActor, message: Any) -> Any:
    return actor.on_receive(message)


def _proxied(actor: EngineActor, message: Any) -> Any:
    return actor._handle_receive(message)


def _stop(actor: EngineActor, _stop: _ActorStop) -> None:
    actor._stop()


def _begin(actor: EngineActor, _start: Start) -> None:
    actor._handlers = actor._table
    held = actor._held
    actor._held = None
    try:
        actor.on_start()
    except Exception as exception:
        if not actor._outlives(_start, exception):
            actor._handle_failure(*sys.exc_info())
    if held:
        actor.system.queue.entries.extendleft((actor, message) for message in reversed(held))


def _hold(actor: EngineActor, message: Any) -> None:
    if actor._held is None:
        actor._held = []
    actor._held.append(message)


def _drop(actor: EngineActor, message: Any) -> None:
    actor.system.queue.dead_letters.drop(message, actor)


_BUILT_IN: dict[type, Handler] = {
    Envelope: _answer,
    _ActorStop: _stop,
    ProxyCall: _proxied,
    ProxyGetAttr: _proxied,
    ProxySetAttr: _proxied,
}
_UNSTARTED: Mapping[type, Handler] = OneHandler(_hold, {Start: _begin})
_STOPPED: Mapping[type, Handler] = OneHandler(_drop)


class EngineActor(TrioActor):
    """An actor whose messages find their handlers by type.

        class Counter(EngineActor):
            @handles(Add)
            def add(self, message: Add) -> None: ...

    What differs from `TrioActor`: its messages are handled in the order in
    which they were sent across the whole system; what it is told after its end
    is counted and dropped; `on_crash` may keep it alive; a BaseException ends
    its ActorSystem and no other actor; its timers end with it.
    """

    registered: ClassVar[bool] = True
    """Whether pykka's ActorRegistry knows the actors of this class.

    Its removal takes time in proportion to the actors there are: leave out
    those that are many. Their starts and stops aren't logged either.
    """

    _table: ClassVar[HandlerTable] = HandlerTable(_BUILT_IN, _receive)
    _has_on_start: ClassVar[bool] = False
    _has_on_stop: ClassVar[bool] = False
    _handlers = _UNSTARTED
    _actor_ref: EngineRef[Any]
    clock: Clock
    """The system's; `self.clock.time()` is `self.now`, for who asks often."""
    _held: list[Any] | None = None
    _timers: set[Timer] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._table = HandlerTable({**handled_types(cls), **_BUILT_IN}, _receive)
        cls._has_on_start = cls.on_start is not pykka.Actor.on_start
        cls._has_on_stop = cls.on_stop is not pykka.Actor.on_stop

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        # pykka's own __init__ makes a uuid, a lock and a queue: most of an actor's cost.
        system = self._system
        if system is None:
            self._actor_ref = EngineRef(self, _NOBODY)
        else:
            self._actor_ref = EngineRef(self, system.queue)
            self.clock = system.clock

    @property
    def actor_urn(self) -> str:  # type: ignore[override]  # made when asked for
        """The actor's name, from a counter: the same in every run."""
        return self._actor_ref.actor_urn

    @property
    def actor_inbox(self) -> EngineInbox:  # type: ignore[override]  # made when asked for
        """Pykka's view of the actor's messages in the system's queue."""
        return EngineInbox(self._actor_ref)

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]  # made when asked for
        """Set when the actor has stopped."""
        return self._actor_ref.actor_stopped

    @property
    def now(self) -> float:
        """The clock's seconds since the epoch, UTC."""
        return self.system.clock.time()

    def after(self, seconds: float, message: Any, *, background: bool = False) -> Timer:
        """Tell this actor `message` in `seconds`, unless cancelled or stopped."""
        timers = self._timers
        if timers is None:
            timers = self._timers = set()
        system = self._system
        return (self.system if system is None else system).arm(seconds, self, message, background, timers)

    def on_crash(self, exception: Exception, message: Any) -> bool:
        """Deal with a handler's exception; return True to live on.

        The actor goes on with its next message, under the same reference.
        False, the default, lets it fail as pykka has it: the exception is
        logged, `on_failure` called, the actor stopped. Not called for an
        exception that is returned to one who asked. What `on_start` raises
        comes with a message of type `Start`.
        """
        return False

    def stop(self) -> None:
        """Stop the actor once it has handled what it was sent before."""
        self._actor_ref.tell(_STOP)

    def _launch(self, system: ActorSystem) -> None:
        if self.registered:
            ActorRegistry.register(self._actor_ref)
            logger.debug("Starting %s", self)
        system.living[id(self)] = self
        if self._has_on_start or not system.queue.on_loop():
            system.queue.post(self, START)
        else:
            self._handlers = self._table

    def _stop(self) -> None:
        self._retire()
        if self.registered:
            logger.debug("Stopped %s", self)
        if self._has_on_stop:
            try:
                self.on_stop()
            except Exception:
                self._handle_failure(*sys.exc_info())

    def _handle_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        logger.error("Unhandled exception in %s:", self, exc_info=exception_value)
        self._retire()

    def _crashed(self, message: Any, exception: Exception, /) -> None:
        if not self._outlives(message, exception):
            self._fail(type(exception), exception, exception.__traceback__)

    def _outlives(self, message: Any, exception: Exception) -> bool:
        try:
            return self.on_crash(exception, message)
        except Exception:
            self._handle_failure(*sys.exc_info())
            return False

    def _retire(self) -> None:
        """Leave everything that knows the actor; again, nothing."""
        system = self.system
        self._handlers = _STOPPED
        if system.living.pop(id(self), None) is None:
            return
        self._actor_ref.retire(system.queue.dead_letters)
        if self._timers:
            for timer in list(self._timers):
                timer.cancel()
        if self.registered:
            ActorRegistry.unregister(self._actor_ref)
