"""pykka's actor, run by an ActorSystem's loop instead of a thread."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import pykka
from pykka import ActorRegistry

from runtime.errors import KernelError, NoActorSystem
from runtime.kernel.current import find_system
from runtime.kernel.dead_letters import refuse
from runtime.kernel.future import TrioFuture
from runtime.kernel.handlers import Handler
from runtime.kernel.mailbox import Mailbox, Next, Start
from runtime.kernel.ref import TrioRef

if TYPE_CHECKING:
    from runtime.kernel.system import ActorSystem

logger = logging.getLogger("pykka")


class TrioActor(pykka.Actor):
    """An actor with pykka's contract on trio: no thread, no task of its own.

    Use it as `pykka.ThreadingActor`. Handlers run one at a time on the loop's
    thread, to the end; one that blocks stops every actor of the system.
    """

    _handlers: Mapping[type, Handler]
    _system: ActorSystem | None = None

    @classmethod
    def start(  # pyright: ignore[reportIncompatibleMethodOverride]  # ActorRef[Self] as in pykka
        cls, *args: Any, **kwargs: Any
    ) -> pykka.ActorRef[Self]:
        """Start an actor in the running ActorSystem.

        That is the one of the trio context, else the only one that runs in a
        thread. Raises `NoActorSystem` where there is none.
        """
        return find_system().start(cls, *args, **kwargs)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__()
        self._actor_ref = TrioRef(self)

    @property
    def system(self) -> ActorSystem:
        """The system that runs this actor."""
        if self._system is None:
            name = type(self).__name__
            raise NoActorSystem(f"{name} hasn't been started: start it with `system.start({name}, …)`")
        return self._system

    @staticmethod
    def _create_actor_inbox() -> Mailbox:
        return Mailbox()

    @staticmethod
    def _create_future() -> TrioFuture[Any]:
        return TrioFuture()

    def _launch(self, system: ActorSystem) -> None:
        """Begin to live; `_system` is set and `__init__` done."""
        ActorRegistry.register(self.actor_ref)
        logger.debug("Starting %s", self)
        mailbox = self.actor_inbox
        if not isinstance(mailbox, Mailbox):
            raise KernelError(f"{self} needs the inbox that TrioActor makes, not a {type(mailbox).__name__}")
        system.living[id(self)] = self
        mailbox.open(self, system.queue)

    def _start_actor_loop(self) -> None:
        # Abstract in pykka, whose own `start` would call it.
        self._launch(self.system)

    def _begin(self, _start: Start) -> None:
        try:
            self._actor_loop_setup()
        except BaseException as exception:
            self._stop_all(exception)
        self._end_if_stopped()

    def _take(self, _next: Next) -> None:
        """Handle one envelope as pykka's loop does."""
        if self.actor_inbox.empty() or self.actor_stopped.is_set():
            return
        envelope = self.actor_inbox.get()
        reply_to = envelope.reply_to
        try:
            answer = self._handle_receive(envelope.message)
            if reply_to is not None:
                reply_to.set(answer)
        except Exception:
            if reply_to is None:
                self._fail(*sys.exc_info())
            else:
                logger.info("Exception returned from %s to caller:", self, exc_info=True)
                reply_to.set_exception()
        except BaseException as exception:
            self._stop_all(exception)
            refuse(envelope, self)
        self._end_if_stopped()

    def _stop_all(self, exception: BaseException) -> None:
        logger.debug("%r in %s. Stopping all actors.", exception, self)
        self._stop()
        # Waiting for the others here would stop the loop that is to stop them.
        ActorRegistry.stop_all(block=False)

    def _fail(self, *exc_info: Any) -> None:
        self._handle_failure(*exc_info)
        try:
            self.on_failure(*exc_info)
        except Exception:
            self._handle_failure(*sys.exc_info())

    def _end_if_stopped(self) -> None:
        if self.actor_stopped.is_set() and isinstance(self.actor_inbox, Mailbox):
            self.actor_inbox.close(str(self))
            self.system.living.pop(id(self), None)

    def _crashed(self, _message: Any, exception: Exception, /) -> None:
        # `_take` has dealt with what handlers raise; what comes here is a hook of the class itself.
        self._fail(type(exception), exception, exception.__traceback__)
        self._end_if_stopped()


_TOKENS: Mapping[type, Handler] = {Start: TrioActor._begin, Next: TrioActor._take}
TrioActor._handlers = _TOKENS
