"""A future that can be awaited in trio and waited for in any other thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pykka
import trio
from pykka._future import _Unset

from runtime.errors import WouldDeadlock
from runtime.kernel.current import current_system, on_actors_loop

if TYPE_CHECKING:
    from runtime.kernel.outside import OutsideRequest

T = TypeVar("T")
J = TypeVar("J")
M = TypeVar("M")
R = TypeVar("R")

ExcInfo = tuple[type[BaseException] | None, BaseException | None, Any]

_DEADLOCK = (
    "get() on the actors' own thread would wait for ever, as the answer has to come from this thread:"
    " `await` the future in a trio task, or have the answer sent back as a message"
)


class TrioFuture(pykka.Future[T]):
    """A value that is there now or later; pykka's `Future` on trio.

    In trio, and in asyncio, `await future`. In other threads `get()`. On the
    thread of a running ActorSystem `get()` returns what is already there and
    otherwise raises `WouldDeadlock`. The value is not copied.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._settled = False
        self._value: Any = None
        self._exc_info: ExcInfo | None = None
        self._callbacks: list[Callable[[], None]] = []
        self._hook_lock: threading.RLock | None = None
        # What a derived future waits for; None for a hook that only runs in a thread.
        self._sources: tuple[TrioFuture[Any], ...] | None = None

    def get(self, *, timeout: float | None = None) -> Any:
        """Return the value, waiting for it up to `timeout` seconds.

        Raises the exception that was set instead of a value, `pykka.Timeout`
        when the time is over, and `WouldDeadlock` where waiting is no use.
        """
        if not self._has_answer():
            self._wait_in_thread(timeout)
        if self._hook_lock is not None:
            return self._get_from_hook(timeout)
        return self._outcome()

    def set(self, value: T | None = None) -> None:
        """Set the value; raises `queue.Full` if the future has one already."""
        self._settle(value, None)

    def set_exception(self, exc_info: ExcInfo | None = None) -> None:
        """Set an exception, the one being handled unless given.

        Raises `queue.Full` if the future has a value already.
        """
        assert exc_info is None or len(exc_info) == 3
        self._settle(None, exc_info or sys.exc_info())

    def set_get_hook(self, func: Callable[[float | None], T]) -> None:
        """Let `func(timeout)` produce the value when it is asked for.

        Raises `queue.Full` if the future has a value already.
        """
        with self._lock:
            if self._settled:
                raise queue.Full
            super().set_get_hook(func)
            self._hook_lock = threading.RLock()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def filter(self: pykka.Future[Iterable[J]], func: Callable[[J], bool]) -> pykka.Future[Iterable[J]]:
        """Return a future of the items for which `func` is true."""
        return derive(super().filter(func), self)  # type: ignore[misc]  # `self` is narrower than its class

    def join(self, *futures: pykka.Future[Any]) -> pykka.Future[Iterable[Any]]:
        """Return a future of the list of this one's value and the others'."""
        return derive(super().join(*futures), self, *futures)

    def map(self, func: Callable[[T], M]) -> pykka.Future[M]:
        """Return a future of `func` applied to the value."""
        return derive(super().map(func), self)

    def reduce(self: pykka.Future[Iterable[J]], func: Callable[[R, J], R], *args: R) -> pykka.Future[R]:
        """Return a future of the items reduced by `func` to one value."""
        return derive(super().reduce(func, *args), self)  # type: ignore[misc]  # likewise

    def as_concurrent(self) -> concurrent.futures.Future[T]:
        """Return the same as a `concurrent.futures.Future`.

        It is what `asyncio.wrap_future` takes. Cancelling it stops nobody.
        """
        twin: concurrent.futures.Future[T] = concurrent.futures.Future()

        def copy() -> None:
            if not twin.set_running_or_notify_cancel():
                return
            try:
                value = self.get()
            except BaseException as exception:
                twin.set_exception(exception)
            else:
                twin.set_result(value)

        if self._needs_thread():
            threading.Thread(target=copy, name="TrioFuture.as_concurrent", daemon=True).start()
        else:
            self._when_ready(copy)
        return twin

    def __await__(self) -> Generator[Any, Any, T]:
        if trio.lowlevel.in_trio_task():
            return (yield from self._await_in_trio().__await__())
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return (yield from super().__await__())
        return (yield from asyncio.wrap_future(self.as_concurrent()).__await__())

    __iter__ = __await__

    def _settle(self, value: Any, exc_info: ExcInfo | None) -> None:
        with self._lock:
            if self._settled or self._hook_lock is not None:
                raise queue.Full
            self._value = value
            self._exc_info = exc_info
            self._settled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def _outcome(self) -> T:
        if self._exc_info is None:
            return cast(T, self._value)
        kind, exception, traceback = self._exc_info
        if exception is None:
            assert kind is not None
            exception = kind()
        # Each `get` starts from the traceback that was set; else it would grow with every call.
        raise exception.with_traceback(traceback)

    def _get_from_hook(self, timeout: float | None) -> T:
        assert self._hook_lock is not None
        if not isinstance(self._get_hook_result, _Unset):
            return self._get_hook_result
        # Another thread may sit in the hook until the loop brings what it waits for.
        may_wait = not on_actors_loop() or (self._ready() and not self._needs_thread())
        if not self._hook_lock.acquire(blocking=may_wait):
            raise WouldDeadlock(_DEADLOCK)
        try:
            return super().get(timeout=timeout)
        finally:
            self._hook_lock.release()

    def _wait_in_thread(self, timeout: float | None) -> None:
        if timeout is not None and timeout <= 0.0:
            raise pykka.Timeout(f"{timeout} seconds")
        if on_actors_loop():
            raise WouldDeadlock(_DEADLOCK)
        ready = threading.Event()
        self._add_callback(ready.set)
        if not ready.wait(timeout):
            self._remove_callback(ready.set)
            raise pykka.Timeout(f"{timeout} seconds")

    async def _await_in_trio(self) -> T:
        if self._needs_thread():
            return await trio.to_thread.run_sync(self.get, abandon_on_cancel=True)
        await trio.lowlevel.checkpoint()
        if not self._ready():
            await self._wait_in_trio()
        return cast(T, self.get())

    async def _wait_in_trio(self) -> None:
        thread = get_ident()
        token = trio.lowlevel.current_trio_token()
        ready = trio.Event()
        system = current_system.get()
        waiting = True
        held: list[OutsideRequest] = []

        def wake() -> None:
            if get_ident() != thread:
                with suppress(trio.RunFinishedError):
                    token.run_sync_soon(ready.set)
            elif waiting:
                # Virtual time stands still until the answer has been read,
                # so that the reader goes on at the instant of the answer.
                if system is not None:
                    held.append(system.outside_request())
                ready.set()

        try:
            self._when_ready(wake)
            await ready.wait()
        finally:
            waiting = False
            self._remove_callback(wake)
            for request in held:
                request.release()

    def _needs_thread(self) -> bool:
        """Tell whether only a thread can wait: the hook is not one of ours."""
        if self._hook_lock is None:
            return False
        return self._sources is None or any(source._needs_thread() for source in self._sources)

    def _ready(self) -> bool:
        if self._sources is not None:
            return all(source._ready() for source in self._sources)
        return self._has_answer()

    def _has_answer(self) -> bool:
        return self._settled or self._hook_lock is not None

    def _when_ready(self, callback: Callable[[], None]) -> None:
        """Call back, in whatever thread, once `get` needs not wait."""
        for source in self._sources or ():
            if not source._ready():
                source._when_ready(lambda: self._when_ready(callback))
                return
        if self._sources is not None:
            callback()
        else:
            self._add_callback(callback)

    def _add_callback(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if not self._settled and self._hook_lock is None:
                self._callbacks.append(callback)
                return
        callback()

    def _remove_callback(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)


def derive(future: pykka.Future[M], *sources: pykka.Future[Any]) -> pykka.Future[M]:
    """Note what a hooked future waits for, so that it can be awaited."""
    if isinstance(future, TrioFuture) and all(isinstance(source, TrioFuture) for source in sources):
        future._sources = cast("tuple[TrioFuture[Any], ...]", sources)
    return future
