"""A TCP proxy that a test makes misbehave: what lies between a daemon and its Redis."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum
from types import TracebackType


class Fault(str, Enum):
    """What becomes of what passes."""

    NONE = "none"
    BLACKHOLE = "blackhole"
    """Nothing passes either way, and nobody is told; new connections hang too."""
    NO_REPLIES = "no_replies"
    """One way: requests arrive and take effect, replies don't."""
    NO_REQUESTS = "no_requests"
    """The other way: requests don't arrive; what was on its way back does."""
    RESET = "reset"
    """Every connection is reset, new ones too."""
    SLOW = "slow"
    """Every piece waits `slow_seconds` each way."""
    CUT_BEFORE_REPLY = "cut_before_reply"
    """A request arrives and takes effect; before its reply passes the connection is reset."""


class Proxy:
    """Listens on `port` and passes everything on to `target`, by the fault of the moment.

    Bytes that a fault holds back pass when it is gone, as TCP's would, on
    connections that are still there. Everything runs in a thread of its own.
    """

    def __init__(self, target: tuple[str, int], slow_seconds: float = 0.2) -> None:
        self.target = target
        self.slow_seconds = slow_seconds
        self.port = 0
        self.connections = 0
        """How many were accepted so far."""
        self._cuts = 0
        self._fault = Fault.NONE
        self._changed = asyncio.Event()
        self._ends: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self._call(lambda: self._set(fault))

    def cut_next_replies(self, count: int = 1) -> None:
        """Reset a connection in place of its next reply, so many times."""
        self._call(lambda: setattr(self, "_cuts", count))

    def cut(self) -> None:
        """Reset every connection there is, once."""
        self._call(self._reset_all)

    def __enter__(self) -> Proxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, do: Callable[[], None]) -> None:
        async def done() -> None:
            do()

        asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    def _set(self, fault: Fault) -> None:
        self._fault = fault
        self._changed.set()
        self._changed = asyncio.Event()
        if fault is Fault.RESET:
            self._reset_all()

    def _reset_all(self) -> None:
        for link in list(self._ends):
            link.reset()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._reset_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = _Link(writer)
        self._ends.add(link)
        try:
            if self._fault is Fault.RESET:
                return
            await self._passing(Fault.BLACKHOLE)
            there_reader, there_writer = await asyncio.open_connection(*self.target)
            link.there = there_writer
            await asyncio.gather(
                self._pump(reader, there_writer, link, Fault.NO_REQUESTS),
                self._pump(there_reader, writer, link, Fault.NO_REPLIES),
            )
        except OSError:
            pass  # one of the two is gone: so is the other
        finally:
            link.reset()
            self._ends.discard(link)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, link: _Link, one_way: Fault
    ) -> None:
        while piece := await source.read(65536):
            await self._passing(Fault.BLACKHOLE, one_way)
            if self._fault is Fault.SLOW:
                await asyncio.sleep(self.slow_seconds)
            if one_way is Fault.NO_REPLIES and (self._cuts or self._fault is Fault.CUT_BEFORE_REPLY):
                self._cuts = max(self._cuts - 1, 0)
                link.reset()
                return
            sink.write(piece)
            await sink.drain()
        link.reset()

    async def _passing(self, *held_by: Fault) -> None:
        while self._fault in held_by:
            await self._changed.wait()


class _Link:
    """A connection's two ends."""

    def __init__(self, here: asyncio.StreamWriter) -> None:
        self.here = here
        self.there: asyncio.StreamWriter | None = None

    def reset(self) -> None:
        """Close both ends by RST, at once."""
        for end in (self.here, self.there):
            if end is None or end.transport.is_closing():
                continue
            plug = end.get_extra_info("socket")
            if plug is not None:
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()
