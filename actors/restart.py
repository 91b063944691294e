"""Restart an actor that crashed, from what is true whatever it was doing.

Python has no transaction to roll back: a handler that raised may have done
half of its work. So an actor's state is of two kinds. Facts (leases, rows,
flags, counts) are each changed in one step and stay; whatever is derived
from them (tickets, lists, sums, lanes) is thrown away and built anew. Then
the message is handled once more, each handler knowing what of it may have
been done already. The reference stays the same, so nobody has to be told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from runtime.kernel import EngineActor
from runtime.kernel.mailbox import Start as Begun
from runtime.observe.events import ActorCrashed
from runtime.observe.observer import Observer

MOST_CRASHES = 5
WITHIN_SECONDS = 60.0
"""So many crashes of one kind of actor in this time, and the engine ends."""

MOST_CRASHES_OF_A_CONTACT = 5


class Supervisor:
    """Names every crash in the log, and gives up where they don't end."""

    def __init__(self, observer: Observer, now: Callable[[], float], give_up: Callable[[str], None]) -> None:
        self._observer = observer
        self._now = now
        self._give_up = give_up
        self._crashes: dict[str, deque[float]] = {}
        self._contacts: dict[tuple[str, str], int] = {}

    def crashed(
        self,
        actor: str,
        message: str,
        error: Exception,
        *,
        tenant: str | None = None,
        campaign: str | None = None,
    ) -> None:
        """Log a crash; the fifth of an actor within a minute ends the engine."""
        self._observer.emit(
            ActorCrashed(tenant=tenant, campaign=campaign, actor=actor, message=message, error=repr(error))
        )
        now = self._now()
        times = self._crashes.setdefault(actor, deque())
        times.append(now)
        while now - times[0] >= WITHIN_SECONDS:
            times.popleft()
        if len(times) >= MOST_CRASHES:
            self._give_up(
                f"{actor} crashed {len(times)} times within {WITHIN_SECONDS:g} s,"
                f" at last on {message}: {error!r}"
            )

    def contact_crashed(self, campaign: str, contact: str) -> bool:
        """Count a contact's crash; False once it isn't worth another attempt."""
        count = self._contacts[campaign, contact] = self._contacts.get((campaign, contact), 0) + 1
        return count < MOST_CRASHES_OF_A_CONTACT

    def stop(self, reason: str) -> None:
        """End the engine in order: to go on would do harm."""
        self._give_up(reason)

    def give_up(self, actor: str, message: str, error: Exception) -> None:
        """End the engine: the actor can't get over this message."""
        self._give_up(f"{actor} can't get over {message}: {error!r}")


class RestartingActor(EngineActor):
    """An actor that outlives its crashes under the same reference."""

    name: str
    supervisor: Supervisor

    def rebuild(self) -> None:
        """Throw away what is derived, and derive it from the facts."""
        raise NotImplementedError

    def handle_again(self, message: Any) -> None:
        """Finish a message of which any part may have been done."""
        if isinstance(message, Begun):
            self.on_start()
            return
        self._handlers[type(message)](self, message)

    def on_crash(self, exception: Exception, message: Any) -> bool:
        """Rebuild and handle the message once more; a second failure ends the engine."""
        self._note(exception, message)
        try:
            self.rebuild()
            self.handle_again(message)
        except Exception as second:
            self._note(second, message)
            self.supervisor.give_up(self._spelled(), type(message).__name__, second)
        return True

    def _note(self, exception: Exception, message: Any) -> None:
        self.supervisor.crashed(self._spelled(), type(message).__name__, exception)

    def _spelled(self) -> str:
        return f"{type(self).__name__} {self.name}"
