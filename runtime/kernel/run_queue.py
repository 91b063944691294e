"""Every message of a system, in the order it was sent, and how they are handled.

One queue for all receivers: a message is handled after everything that was
sent before it, whoever sent it to whom. Senders append from any thread; one
trio task drains. Appending is atomic, so the only thing to agree on is who
wakes the drain: it says that it is asleep *before* it looks at the queue for
the last time, and a sender looks at `asleep` *after* it has appended.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from itertools import count
from threading import get_ident
from typing import Any, Protocol

import trio

from runtime.kernel.dead_letters import DeadLetters
from runtime.kernel.handlers import Handler

logger = logging.getLogger("runtime.kernel")


class Receiver(Protocol):
    """Whatever messages can be queued for: an actor, a timer, the system's desk.

    `_handlers` says by a message's type what is done with it. A receiver
    that is not ready or no more exchanges its whole table, so that the drain
    never has to ask for its state.
    """

    @property
    def _handlers(self) -> Mapping[type, Handler]: ...

    def _crashed(self, message: Any, exception: Exception, /) -> None: ...


def _nothing() -> bool:
    return False


class RunQueue:
    """The messages that wait, and the task that will handle them."""

    def __init__(self) -> None:
        self.entries: deque[tuple[Receiver, Any]] = deque()
        self.append = self.entries.append
        self.asleep = False
        self.handled = 0
        self.serials = count(1)
        self.dead_letters = DeadLetters()
        self.refill: Callable[[], bool] = _nothing
        """Queues what comes next, when there is nothing to do; tells whether there was."""
        self._closed = False
        self._sleeper: trio.lowlevel.Task | None = None
        self.thread = 0
        """Whose loop drains the queue; 0 where none does."""
        self._token: trio.lowlevel.TrioToken | None = None

    def open(self) -> None:
        """Belong to the trio loop of the calling thread from here on."""
        self.thread = get_ident()
        self._token = trio.lowlevel.current_trio_token()

    def on_loop(self) -> bool:
        """Tell whether the caller runs on the loop's thread."""
        return get_ident() == self.thread

    def post(self, receiver: Receiver, message: Any) -> None:
        """Queue a message from any thread."""
        self.append((receiver, message))
        if self.asleep:
            self.wake()

    def drain(self, budget: int) -> int:
        """Handle up to `budget` messages; return how much of it is left.

        Goes on with what `refill` finds where no message is left.
        """
        entries, refill = self.entries, self.refill
        popleft = entries.popleft
        left = budget
        try:
            for left in range(budget - 1, -1, -1):
                if not entries and not refill():
                    left += 1
                    break
                receiver, message = popleft()
                try:
                    receiver._handlers[type(message)](receiver, message)
                except Exception as exception:
                    receiver._crashed(message, exception)
        finally:
            self.handled += budget - left
        return left

    def wake(self) -> None:
        """See to it that the drain looks at the queue again."""
        if self._closed:
            self._discard()
            return
        self.asleep = False
        if get_ident() == self.thread:
            self._rouse()
            return
        assert self._token is not None
        try:
            self._token.run_sync_soon(self._rouse, idempotent=True)
        except trio.RunFinishedError:
            self._discard()

    async def rest(self, seconds: float) -> None:
        """Sleep until something is queued, at most `seconds`.

        The caller has set `asleep` and then found nothing to do.
        """
        self._sleeper = trio.lowlevel.current_task()
        if not self.asleep:
            self._sleeper = None
            await trio.lowlevel.checkpoint()
            return
        with trio.CancelScope(deadline=trio.current_time() + seconds):
            await trio.lowlevel.wait_task_rescheduled(self._abort)
        self.asleep = False

    def close(self) -> None:
        """Refuse what is left, and whatever is still sent."""
        self._closed = True
        self.thread = 0
        self.asleep = True
        self._discard()

    def _rouse(self) -> None:
        self.asleep = False
        task, self._sleeper = self._sleeper, None
        if task is not None:
            trio.lowlevel.reschedule(task)

    def _abort(self, _raise_cancel: trio.lowlevel.RaiseCancelT) -> trio.lowlevel.Abort:
        self._sleeper = None
        return trio.lowlevel.Abort.SUCCEEDED

    def _discard(self) -> None:
        while True:
            try:
                receiver, message = self.entries.popleft()
            except IndexError:
                return
            # Every actor has stopped by now, so its table refuses the message;
            # a call can't be made any more, as this may be any thread.
            if type(message) is not Call:
                receiver._handlers[type(message)](receiver, message)


class Call:
    """A message that is a function to be called."""

    __slots__ = ("args", "callback")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.callback = callback
        self.args = args


def _call(_desk: Desk, call: Call) -> None:
    call.callback(*call.args)


class Desk:
    """Receives what is addressed to the system itself: plain calls."""

    _handlers: Mapping[type, Handler] = {Call: _call}

    def _crashed(self, message: Any, exception: Exception, /) -> None:
        logger.error("Unhandled exception in callback %r:", message.callback, exc_info=exception)
