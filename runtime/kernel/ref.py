"""References to actors: pykka's, and a fast one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import pykka
from pykka.messages import _ActorStop

from runtime.errors import NoActorSystem
from runtime.kernel.future import TrioFuture, derive
from runtime.kernel.mailbox import EngineInbox

if TYPE_CHECKING:
    from runtime.kernel.actor import TrioActor
    from runtime.kernel.run_queue import Receiver, RunQueue

A = TypeVar("A", bound="TrioActor")

_flags_lock = threading.Lock()


class TrioRef(pykka.ActorRef[A]):
    """pykka's reference, whose `stop(block=False)` can be awaited in trio."""

    def stop(self, *, block: bool = True, timeout: float | None = None) -> Any:
        """Ask the actor to stop; the future's value is False if it was dead.

        Messages sent before are handled first. See pykka's `ActorRef.stop`.
        """
        asked = self.ask(_ActorStop(), block=False)

        def stopped(timeout: float | None) -> bool:
            try:
                asked.get(timeout=timeout)
            except pykka.ActorDeadError:
                return False
            return True

        answer: TrioFuture[bool] = TrioFuture()
        answer.set_get_hook(stopped)
        derive(answer, asked)
        return answer.get(timeout=timeout) if block else answer


class Nobody:
    """The queue of actors that have no system yet."""

    asleep = False

    def __init__(self) -> None:
        self.entries: deque[tuple[Receiver, Any]] = deque()
        self.serials = count(1)

    def append(self, entry: tuple[Receiver, Any]) -> None:
        """Raise: nobody would handle the message."""
        name = type(entry[0]).__name__
        raise NoActorSystem(f"{name} hasn't been started: start it with `system.start({name}, …)`")

    def wake(self) -> None:
        """Do nothing: there is nobody to wake."""


class EngineRef(TrioRef[A]):
    """A reference whose `tell` is one append to the system's queue.

    It drops the actor when that stops, so that a reference which is kept
    keeps no memory; what is told to a stopped actor is counted and dropped.
    What only pykka asks for (urn, inbox, stopped flag) is made when asked for.
    """

    _alive = True
    _urn: str | None = None
    _stopped: threading.Event | None = None

    def __init__(self, actor: A, queue: RunQueue | Nobody) -> None:
        self.actor_class = actor.__class__
        self.receiver: Receiver = actor
        self._queue = queue

    # Properties and no `__getattr__`, which would make each `tell` twice as dear.

    @property
    def actor_urn(self) -> str:  # type: ignore[override]  # made when asked for
        """The actor's name, from a counter: the same in every run."""
        if self._urn is None:
            self._urn = f"urn:actor:{next(self._queue.serials)}"
        return self._urn

    @property
    def actor_inbox(self) -> EngineInbox:  # type: ignore[override]  # made when asked for
        """Pykka's view of the actor's messages in the system's queue."""
        return EngineInbox(self)

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]  # made when asked for
        """Set when the actor has stopped."""
        return self._stopped_flag()

    @property
    def _actor_weakref(self) -> Callable[[], Any]:  # type: ignore[override]  # made when asked for
        receiver = self.receiver if self._alive else None
        return lambda: receiver

    def is_alive(self) -> bool:
        """Tell whether the actor is alive."""
        return self._alive

    def tell(self, message: Any) -> None:
        """Send a message without waiting for an answer; from any thread."""
        queue = self._queue
        queue.append((self.receiver, message))
        if queue.asleep:
            queue.wake()

    def queued(self) -> deque[tuple[Receiver, Any]]:
        """Return the system's queue, in which the actor's messages are."""
        return self._queue.entries

    def retire(self, dead_letters: Receiver) -> None:
        """Let go of the actor, which has stopped; its mail goes elsewhere."""
        self._alive = False
        self.receiver = dead_letters
        if self._stopped is not None:
            self._stopped.set()

    def _stopped_flag(self) -> threading.Event:
        with _flags_lock:
            if self._stopped is None:
                self._stopped = threading.Event()
        # `retire` looks for the flag after it has noted the end; so one of the two sets it.
        if not self._alive:
            self._stopped.set()
        return self._stopped
