"""A dialer as an application embeds it: dial, and go on after whatever has happened.

python -m tests.kill.daemon FOLDER SOCKET
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import trio

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.recovered_lines import missing_lines, read_tail


class OutsideCarrier:
    """Speaks to the exchange; one socket for all calls."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._reports: dict[CallId, tuple[Report, trio.Event]] = {}
        self._sending = trio.Lock()

    async def listen(self) -> None:
        buffer = b""
        async for chunk in self._stream:
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, message: dict[str, str]) -> None:
        call = CallId(message["call"])
        if call not in self._reports:
            return
        report, over = self._reports[call]
        progress = CallProgress(message["progress"])
        outcome = Outcome(message["outcome"]) if "outcome" in message else None
        report(CallEvent(call, progress, outcome))
        if progress is CallProgress.ENDED:
            del self._reports[call]
            over.set()

    async def place(self, request: CallRequest, report: Report) -> None:
        over = self._expect(request.call, report)
        await self._send(
            {
                "do": "place",
                "call": request.call,
                "tenant": request.tenant,
                "contact": f"{request.campaign}/{request.contact}",
                "to": request.to,
                "number": request.number,
                "connection": request.connection,
            }
        )
        await over.wait()

    async def hang_up(self, call: CallId) -> None:
        await self._send({"do": "hang_up", "call": call})

    async def adopt(self, call: CallId, report: Report) -> None:
        over = self._expect(call, report)
        await self._send({"do": "adopt", "call": call})
        await over.wait()

    def _expect(self, call: CallId, report: Report) -> trio.Event:
        over = trio.Event()
        self._reports[call] = (report, over)
        return over

    async def _send(self, message: dict[str, str]) -> None:
        async with self._sending:
            await self._stream.send_all(json.dumps(message).encode() + b"\n")


async def main(folder: Path, socket: str) -> str:
    config = Config.load(folder / "run.toml", carriers=("outside",))
    stream = await trio.open_unix_socket(socket)
    carrier = OutsideCarrier(stream)
    journal = SqliteJournal(folder / "run.journal")
    recovered = journal.recover()
    log_path = folder / "run.log"
    missing: list[Event] = []
    if recovered is not None:
        missing += missing_lines(journal, recovered, read_tail(log_path, recovered.run))
    log = EventLog(LogFile.open(log_path))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(carrier.listen)
        async with Engine(
            config,
            carriers={"outside": carrier},
            sinks=(log,),
            journal=journal,
            missing_lines=missing,
            ends_when_stalled=True,
        ) as engine:
            result = await engine.finished
        nursery.cancel_scope.cancel()
    log.close()
    return result.reason


if __name__ == "__main__":
    reason = trio.run(main, Path(sys.argv[1]), sys.argv[2])
    sys.exit(0 if reason == "finished" else 1)
