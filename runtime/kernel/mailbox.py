"""pykka's inbox, in front of the system's one queue."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from pykka._envelope import Envelope

from runtime.kernel.dead_letters import refuse
from runtime.kernel.run_queue import Receiver, RunQueue

if TYPE_CHECKING:
    from runtime.kernel.ref import EngineRef


class Start:
    """Tells an actor to begin its life."""

    __slots__ = ()


class Next:
    """Tells an actor that its mailbox has one envelope more."""

    __slots__ = ()


START = Start()
NEXT = Next()


class Mailbox:
    """A TrioActor's envelopes: its own deque, and a token each in the queue.

    Takes envelopes from any thread, also before the actor starts.
    """

    def __init__(self) -> None:
        self._envelopes: deque[Envelope[Any]] = deque()
        self._owner: Receiver | None = None
        self._queue: RunQueue | None = None
        self._closed_by: str | None = None

    def put(self, envelope: Envelope[Any], /) -> None:
        """Queue an envelope."""
        self._envelopes.append(envelope)
        if self._closed_by is not None:
            self._refuse_rest(self._closed_by)
        elif self._queue is not None and self._owner is not None:
            self._queue.post(self._owner, NEXT)

    def get(self) -> Envelope[Any]:
        """Take the oldest envelope; raises IndexError without one."""
        return self._envelopes.popleft()

    def empty(self) -> bool:
        """Tell whether no envelope waits."""
        return not self._envelopes

    def open(self, owner: Receiver, queue: RunQueue) -> None:
        """Start the owner, and let it have what was put before."""
        self._owner = owner
        queue.post(owner, START)
        self._queue = queue
        # One token too many, for an envelope that is being put right now, does no harm.
        for _ in range(len(self._envelopes)):
            queue.post(owner, NEXT)

    def close(self, name: str) -> None:
        """Refuse what is left and whatever still comes; `name` is the actor's."""
        self._closed_by = name
        self._owner = None
        self._refuse_rest(name)

    def _refuse_rest(self, name: str) -> None:
        while True:
            try:
                envelope = self._envelopes.popleft()
            except IndexError:
                return
            refuse(envelope, name)


class EngineInbox:
    """What pykka expects as an inbox, for actors whose mail is in the queue."""

    def __init__(self, ref: EngineRef[Any]) -> None:
        self._ref = ref

    def put(self, envelope: Envelope[Any], /) -> None:
        """Queue an envelope."""
        self._ref.tell(envelope)

    def get(self) -> Envelope[Any]:
        """Take the actor's oldest message; raises IndexError without one."""
        entries = self._ref.queued()
        for index, (receiver, message) in enumerate(entries):
            if receiver is self._ref.receiver:
                del entries[index]
                return message if isinstance(message, Envelope) else Envelope(message)
        raise IndexError("no message waits")

    def empty(self) -> bool:
        """Tell whether no message waits."""
        return not any(receiver is self._ref.receiver for receiver, _ in self._ref.queued())
