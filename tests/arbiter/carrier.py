"""A carrier adapter that dials through the arbiter, as an application would write one."""

from __future__ import annotations

import json
from typing import Any

import trio

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report


class ArbiterCarrier:
    """Speaks to the arbiter over one stream; `daemon` is the name that it counts calls by."""

    def __init__(self, stream: trio.abc.Stream, daemon: str) -> None:
        self._stream = stream
        self._daemon = daemon
        self._calls: dict[CallId, tuple[Report, trio.Event]] = {}
        self._sending = trio.Lock()

    async def listen(self) -> None:
        """Take what the arbiter says; returns when it is gone."""
        buffer = b""
        async for chunk in self._stream:
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, message: dict[str, str]) -> None:
        call = CallId(message["call"])
        if call not in self._calls:
            return
        report, over = self._calls[call]
        if message["progress"] == "unknown":
            del self._calls[call]
            over.set()
            return
        progress = CallProgress(message["progress"])
        outcome = Outcome(message["outcome"]) if "outcome" in message else None
        report(CallEvent(call, progress, outcome, message.get("cause")))
        if progress is CallProgress.ENDED:
            del self._calls[call]
            over.set()

    async def place(self, request: CallRequest, report: Report) -> None:
        """Ask the arbiter for the call; returns when it is over."""
        over = self._expect(request.call, report)
        await self._send(
            {
                "do": "place",
                "call": request.call,
                "daemon": self._daemon,
                "tenant": request.tenant,
                "campaign": request.campaign,
                "contact": request.contact,
                "to": request.to,
                "number": request.number,
                "connection": request.connection,
                "not_after": request.not_after,
                "max_ring_seconds": request.max_ring_seconds,
                "max_call_seconds": request.max_call_seconds,
            }
        )
        await over.wait()

    async def hang_up(self, call: CallId) -> None:
        await self._send({"do": "hang_up", "call": call})

    async def adopt(self, call: CallId, report: Report) -> None:
        """Ask what becomes of an earlier life's call; returns when that is over, or can't be told."""
        over = self._expect(call, report)
        await self._send({"do": "adopt", "call": call})
        await over.wait()

    def _expect(self, call: CallId, report: Report) -> trio.Event:
        over = trio.Event()
        self._calls[call] = (report, over)
        return over

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._sending:
            await self._stream.send_all(json.dumps(message).encode() + b"\n")
