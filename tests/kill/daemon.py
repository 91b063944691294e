"""A dialer as an application embeds it: dial, and go on after whatever has happened.

    python -m tests.kill.daemon FOLDER SOCKET [NAME]

NAME is what the arbiter at SOCKET counts its calls by.
"""

from __future__ import annotations

import sys
from pathlib import Path

import trio

from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from tests.arbiter.carrier import ArbiterCarrier
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.log_tail import read_tail
from trunkline.recovered_lines import missing_lines


async def main(folder: Path, socket: str, name: str) -> str:
    config = Config.load(folder / "run.toml", carriers=("outside",))
    stream = await trio.open_unix_socket(socket)
    carrier = ArbiterCarrier(stream, name)
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
    reason = trio.run(main, Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "dialer")
    sys.exit(0 if reason == "finished" else 1)
