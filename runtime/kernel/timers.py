"""Messages for later: one heap for a whole system."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Collection, Mapping
from heapq import heapify, heappop, heappush
from typing import Any, ClassVar

import msgspec

from runtime.kernel.handlers import Handler
from runtime.kernel.run_queue import Desk, Receiver

logger = logging.getLogger("runtime.kernel")

_COMPACT_FROM = 64
"""Fewer cancelled entries than this are not worth a walk through the heap."""


class Due:
    """What a timer's receiver is told: its time has come."""

    __slots__ = ()


DUE = Due()
_INFINITE = math.inf
_DESK = Desk()


def _deliver(timer: Timer, _due: Due) -> None:
    receiver, message, owned = timer._receiver, timer._message, timer._owned
    if receiver is None:
        return
    timer._receiver = timer._message = None
    if owned is not None:
        owned.discard(timer)
    try:
        receiver._handlers[type(message)](receiver, message)
    except Exception as exception:
        receiver._crashed(message, exception)


def _call(timer: Timer, _due: Due) -> None:
    call = timer._message
    if call is None:
        return
    timer._receiver = timer._message = None
    callback, args = call
    try:
        if len(args) == 1:
            callback(args[0])
        else:
            callback(*args)
    except Exception:
        logger.exception("Unhandled exception in callback %r:", callback)


class Timer(msgspec.Struct, gc=False, eq=False):
    """A message that will be delivered, unless it is cancelled first.

    `deadline` is in the clock's monotonic seconds. A background timer never
    keeps virtual time running nor a system from being idle. One that is over
    lets go of its heap, its receiver and its owner's set, so that the
    collector needn't look at it.
    """

    _handlers: ClassVar[Mapping[type, Handler]] = {Due: _deliver}

    deadline: float
    background: bool
    _heap: TimerHeap | None
    _receiver: Receiver | None
    _message: Any
    _owned: set[Timer] | None

    def __repr__(self) -> str:
        state = "pending" if self.pending else "over"
        return f"<Timer {state} at {self.deadline:.6f}>"

    @property
    def pending(self) -> bool:
        """Whether the message is still to be delivered."""
        return self._receiver is not None

    def cancel(self) -> None:
        """Deliver nothing; also when the time has come but not the turn.

        On the loop's thread. Again, or after the delivery: nothing happens.
        """
        if self._receiver is None:
            return
        self._receiver = self._message = None
        if self._owned is not None:
            self._owned.discard(self)
        heap, self._heap = self._heap, None
        if heap is not None:
            heap.cancelled(self)

    def _crashed(self, _message: Any, exception: Exception, /) -> None:
        raise AssertionError("a timer hands on its receiver's failures") from exception


class CallTimer(Timer, gc=False, eq=False):
    """A function that will be called; its message is the function and its arguments."""

    _handlers: ClassVar[Mapping[type, Handler]] = {Due: _call}


class TimerHeap:
    """Timers by deadline; those of one instant in the order they were armed.

    Cancelled timers stay in the heap until they come up or until they are
    the greater part of it; so cancelling is O(1) amortized and memory stays
    within twice of what is pending.
    """

    def __init__(self) -> None:
        self.fired = 0
        self._entries: list[tuple[float, int, Timer]] = []
        self._serial = 0
        self._cancelled = 0
        """How many entries of the heap are cancelled timers."""
        self._background = 0
        """How many pending timers run in the background."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def pending(self) -> int:
        """How many timers are still to fire."""
        return len(self._entries) - self._cancelled

    @property
    def foreground(self) -> int:
        """How many of them keep virtual time running."""
        return len(self._entries) - self._cancelled - self._background

    def arm(
        self,
        now: float,
        seconds: float,
        receiver: Receiver,
        message: Any,
        background: bool,
        owned: set[Timer] | None = None,
    ) -> Timer:
        """Deliver `message` in `seconds`; what lies in the past is due at once."""
        deadline = now + seconds if 0.0 < seconds < _INFINITE else self._deadline(now, seconds)
        timer = Timer(deadline, background, self, receiver, message, owned)
        self._serial = serial = self._serial + 1
        heappush(self._entries, (deadline, serial, timer))
        if background:
            self._background += 1
        if owned is not None:
            owned.add(timer)
        return timer

    def call(
        self,
        now: float,
        seconds: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        background: bool,
    ) -> Timer:
        """Call `callback(*args)` in `seconds`."""
        deadline = now + seconds if 0.0 < seconds < _INFINITE else self._deadline(now, seconds)
        timer = CallTimer(deadline, background, self, _DESK, (callback, args), None)
        self._serial = serial = self._serial + 1
        heappush(self._entries, (deadline, serial, timer))
        if background:
            self._background += 1
        return timer

    def next_deadline(self) -> float | None:
        """Return when the next timer is due; None without one."""
        entries = self._entries
        while entries:
            if entries[0][2]._heap is not None:
                return entries[0][0]
            heappop(entries)
            self._cancelled -= 1
        return None

    def fire(self, now: float, queue: deque[tuple[Receiver, Any]]) -> None:
        """Queue the timers that are due, in order."""
        entries = self._entries
        while entries and entries[0][0] <= now:
            timer = heappop(entries)[2]
            if timer._heap is None:
                self._cancelled -= 1
                continue
            timer._heap = None
            if timer.background:
                self._background -= 1
            self.fired += 1
            queue.append((timer, DUE))  # pyright: ignore[reportArgumentType]  # a ClassVar will do

    def fire_next(self, queue: deque[tuple[Receiver, Any]]) -> float | None:
        """Queue what is due at the next deadline, and return it.

        None, and nothing queued, where no foreground timer is left.
        """
        entries = self._entries
        if len(entries) - self._cancelled <= self._background:
            return None
        while True:
            deadline, _, timer = heappop(entries)
            if timer._heap is not None:
                break
            self._cancelled -= 1
        timer._heap = None
        if timer.background:
            self._background -= 1
        self.fired += 1
        queue.append((timer, DUE))  # pyright: ignore[reportArgumentType]  # a ClassVar will do
        if entries and entries[0][0] <= deadline:
            self.fire(deadline, queue)
        return deadline

    def clear(self, keep: Collection[Timer] = ()) -> None:
        """Cancel every timer, but for those to keep."""
        for _, _, timer in list(self._entries):
            if timer not in keep:
                timer.cancel()

    def cancelled(self, timer: Timer) -> None:
        """Take note that a timer of the heap won't fire."""
        self._cancelled = dead = self._cancelled + 1
        if timer.background:
            self._background -= 1
        if dead > _COMPACT_FROM and dead * 2 > len(self._entries):
            # In place: `fire` and `next_deadline` may hold the list.
            self._entries[:] = [entry for entry in self._entries if entry[2]._heap is not None]
            heapify(self._entries)
            self._cancelled = 0

    @staticmethod
    def _deadline(now: float, seconds: float) -> float:
        if not -_INFINITE < seconds < _INFINITE:
            raise ValueError(f"a timer needs a finite number of seconds, not {seconds!r}")
        return now + seconds if seconds > 0.0 else now
