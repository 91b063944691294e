"""One of several daemons that share limits and contacts, as an application embeds it.

python -m tests.trunkline.sharing.daemon CONFIG JOURNAL NAME ARBITER
"""

from __future__ import annotations

import sys
from pathlib import Path

import trio

from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import (
    CampaignFinished,
    ConnectionLimitChanged,
    DispatchGranted,
    Event,
    NumberFlagged,
    NumberUnflagged,
)
from tests.arbiter.carrier import ArbiterCarrier
from trunkline.config import Config
from trunkline.engine import Engine


async def main(path: Path, journal: Path, name: str, arbiter: str) -> str:
    config = Config.load(path, carriers=("arbiter",))
    carrier = ArbiterCarrier(await trio.open_unix_socket(arbiter), name)

    weighed: set[str] = set()

    def tell(_time: float, event: Event) -> None:
        if isinstance(event, DispatchGranted):
            if event.number not in weighed:
                weighed.add(event.number)
                sys.stdout.write(f"weighs {event.weight}\n")
            sys.stdout.write(f"dials {event.number}\n")
        elif isinstance(event, NumberFlagged | NumberUnflagged | ConnectionLimitChanged | CampaignFinished):
            sys.stdout.write(
                f"{event.event} {event.limit if isinstance(event, ConnectionLimitChanged) else ''}\n"
            )
        sys.stdout.flush()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(carrier.listen)
        async with Engine(
            config,
            carriers={"arbiter": carrier},
            sinks=(tell,),
            journal=SqliteJournal(journal),
            ends_when_stalled=True,
        ) as engine:
            result = await engine.finished
        nursery.cancel_scope.cancel()
    return result.reason


if __name__ == "__main__":
    reason = trio.run(main, Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    sys.stdout.write(f"ended: {reason}\n")
    sys.stdout.flush()
    sys.exit(0 if reason == "finished" else 1)
