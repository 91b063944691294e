"""Hand every outcome to a web service, at least once, whatever crashes.

python examples/webhook.py CONFIG JOURNAL URL
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request

import trio

from trunkline import Config, Engine, RecordedResult, SqliteJournal


def post(url: str, outcome: RecordedResult) -> None:
    fields = {"id": outcome.call, "contact": outcome.contact, "outcome": outcome.outcome, "at": outcome.at}
    headers = {"Content-Type": "application/json", "Idempotency-Key": outcome.call}
    request = urllib.request.Request(url, json.dumps(fields).encode(), headers)
    urllib.request.urlopen(request, timeout=10).close()


async def main(config: str, journal: str, url: str) -> None:
    async with Engine(Config.load(config), journal=SqliteJournal(journal)) as engine:
        async for outcome in engine.outcomes():
            delivered = False
            while not delivered:
                try:
                    await trio.to_thread.run_sync(post, url, outcome)
                    delivered = True
                except (urllib.error.URLError, OSError):
                    await trio.sleep(0.2)  # the service is away: the outcome waits, dialing goes on
            engine.acknowledge(outcome.position)
    print("done")


trio.run(main, *sys.argv[1:4])
