"""A system in a thread of its own, for programs that don't run trio."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

import trio

from runtime.errors import KernelError
from runtime.kernel.clock import Clock
from runtime.kernel.current import enter_thread, leave_thread
from runtime.kernel.system import ActorSystem


class SystemThread:
    """Context manager: start the thread and its system, hand out the system, end both."""

    def __init__(self, clock: Clock | None) -> None:
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._entered = threading.Event()
        self._system: ActorSystem | None = None
        self._token: trio.lowlevel.TrioToken | None = None
        self._leave = trio.Event()
        self._failure: BaseException | None = None

    def __enter__(self) -> ActorSystem:
        if self._thread is not None:
            raise KernelError("this thread has been started: call ActorSystem.in_thread() once more")
        # A daemon: a program that forgets to leave the block shall not hang at its end.
        self._thread = threading.Thread(target=self._run, name="ActorSystem", daemon=True)
        self._thread.start()
        self._entered.wait()
        if self._system is None:
            self._thread.join()
            raise self._failure or KernelError("the ActorSystem's thread ended before it began")
        enter_thread(self._system)
        return self._system

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _exception: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        assert self._system is not None
        assert self._token is not None
        if threading.current_thread() is self._thread:
            raise KernelError("an ActorSystem's thread can't wait for its own end: leave the block elsewhere")
        with suppress(trio.RunFinishedError):
            self._token.run_sync_soon(self._leave.set)
        self._thread.join()
        leave_thread(self._system)
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            trio.run(self._main)
        except BaseException as failure:
            self._failure = failure
        finally:
            self._entered.set()

    async def _main(self) -> None:
        async with ActorSystem(clock=self._clock) as system:
            self._token = trio.lowlevel.current_trio_token()
            self._system = system
            self._entered.set()
            await self._leave.wait()
