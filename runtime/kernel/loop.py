"""The turns of a system: messages, timers, time, rest."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

import trio

from runtime.kernel.clock import Clock, VirtualClock
from runtime.kernel.outside import OutsideRequest
from runtime.kernel.run_queue import RunQueue
from runtime.kernel.timers import TimerHeap

logger = logging.getLogger("runtime.kernel")

MESSAGES_A_TURN = 500
"""Two turns may lie between two of a waiting trio task: trio shuffles them."""


class Loop:
    """Drain the queue in bounded turns; move virtual time when there is nothing to do."""

    def __init__(self, clock: Clock, failed: Callable[[BaseException], None]) -> None:
        self.clock = clock
        self.queue = RunQueue()
        self.timers = TimerHeap()
        self.requests: set[OutsideRequest] = set()
        self.turns = 0
        self.idle_callbacks: list[Callable[[], object]] = []
        self._virtual = clock if isinstance(clock, VirtualClock) else None
        if self._virtual is not None:
            self.queue.refill = self._jump
        self._failed = failed
        self._waiters: list[trio.Event] = []
        self._busy = False
        self._ending = False

    @trio.lowlevel.enable_ki_protection
    async def run(self) -> None:
        """Take turns until `end` has been called and nothing is queued."""
        while True:
            try:
                more = self._take_turn()
            except BaseException as failure:
                self._failed(failure)
                more = True
            self.turns += 1
            if more:
                await trio.lowlevel.checkpoint()
                continue
            self.queue.asleep = True
            if self._ending and not self.queue.entries:
                return
            seconds = self._settle()
            if seconds is None:
                self.queue.asleep = False
                await trio.lowlevel.checkpoint()
            else:
                await self.queue.rest(seconds)

    def end(self) -> None:
        """Let time stand still and `run` return once nothing is queued."""
        self._ending = True
        self.timers.clear()
        self.poke()

    def poke(self) -> None:
        """Look again whether there is something to do."""
        if self.queue.asleep:
            self.queue.wake()

    def hold(self) -> OutsideRequest:
        """Hold virtual time until the request is released."""
        return OutsideRequest(self.requests, self.poke)

    def is_idle(self) -> bool:
        """Tell whether nothing is queued, timed in the foreground or held."""
        return not self.queue.entries and not self.timers.foreground and not self.requests

    async def until_idle(self) -> None:
        """Wait until the loop has found nothing to do."""
        await trio.lowlevel.checkpoint()
        if not self.is_idle() or self._busy:
            rested = trio.Event()
            self._waiters.append(rested)
            self.poke()
            await rested.wait()

    def _take_turn(self) -> bool:
        """Handle up to a turn's messages; return whether there may be more."""
        queue, entries = self.queue, self.queue.entries
        self.timers.fire(self.clock.monotonic(), entries)
        budget = MESSAGES_A_TURN
        while budget:
            if not entries and not self._jump():
                return False
            self._busy = True
            budget = queue.drain(budget)
        return True

    def _may_jump(self) -> bool:
        return (
            self._virtual is not None
            and self.timers.foreground > 0
            and not self.requests
            and not self.queue.entries
            and not self._ending
        )

    def _jump(self) -> bool:
        """Move virtual time on to the next timer, and queue what is due then."""
        virtual = self._virtual
        if virtual is None or self.requests or self._ending or self.queue.entries:
            return False
        deadline = self.timers.fire_next(self.queue.entries)
        if deadline is None:
            return False
        virtual.jump_to(deadline)
        return True

    def _settle(self) -> float | None:
        """Return the seconds to rest, or None if there is something to do."""
        if self.queue.entries or self._may_jump():
            return None
        if not self.is_idle():
            self._busy = True
        elif not self._tell_idle():
            return None
        deadline = self.timers.next_deadline()
        if deadline is None or self._virtual is not None:
            return math.inf
        return max(0.0, deadline - self.clock.monotonic())

    def _tell_idle(self) -> bool:
        """Tell those who want to know; return whether it is still true."""
        if self._busy:
            self._busy = False
            for callback in list(self.idle_callbacks):
                try:
                    callback()
                except Exception:
                    logger.exception("Unhandled exception in callback %r:", callback)
            if not self.is_idle():
                return False
        waiters, self._waiters = self._waiters, []
        for rested in waiters:
            rested.set()
        return True
