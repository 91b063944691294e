"""One of several daemons that dial one configuration together.

    python -m tests.fleet.daemon FOLDER NAME ARBITER

It embeds the engine as an application does, with a carrier of its own, and
goes on with its journal after whatever has happened.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import trio

from actors.lease.jumps import Reading
from runtime.journal.sqlite import SqliteJournal
from runtime.kernel import ActorSystem
from runtime.observe.events import Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.redis.address import parse_address
from runtime.redis.client import Credentials
from runtime.redis.renewals import RedisLedger
from tests.arbiter.carrier import ArbiterCarrier
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.engine.sharing import Sharing
from trunkline.recovered_lines import missing_lines, read_tail


def read_clocks() -> Reading:
    return Reading(time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME), time.time())


async def main(folder: Path, name: str, arbiter: str) -> str:
    text = (folder / "run.toml").read_text()
    state, _, rest = text.partition("[[tenants]]")
    url = state.split('"')[1]
    lease = float(state.split("lease = ")[1].split()[0])
    (folder / "fleet.toml").write_text("[[tenants]]" + rest)
    config = Config.load(folder / "fleet.toml", carriers=("arbiter",))
    stream = await trio.open_unix_socket(arbiter)
    carrier = ArbiterCarrier(stream, name)
    journal = SqliteJournal(folder / "run.journal")
    recovered = journal.recover()
    missing: list[Event] = []
    if recovered is not None:
        missing += missing_lines(journal, recovered, read_tail(folder / "run.log", recovered.run))
    log = EventLog(LogFile.open(folder / "run.log"))
    ledger = RedisLedger(
        parse_address(url),
        Credentials(),
        namespace="fleet",
        lease=lease,
        call_soon=lambda function, *arguments: function(*arguments),
    )
    async with trio.open_nursery() as nursery, ActorSystem() as system:
        nursery.start_soon(carrier.listen)
        engine = Engine(
            config,
            carriers={"arbiter": carrier},
            sinks=(log,),
            journal=journal,
            missing_lines=missing,
            ends_when_stalled=True,
            system=system,
            sharing=Sharing(ledger, lease=lease, host=name, clocks=read_clocks),
        )
        engine.start()
        result = await engine.finished
        nursery.cancel_scope.cancel()
    ledger.close()
    log.close()
    return result.reason


if __name__ == "__main__":
    reason = trio.run(main, Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    sys.exit(0 if reason == "finished" else 1)
