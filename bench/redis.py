"""Measure what it costs to share limits with other daemons through Redis.

    python -m bench.redis [--seconds S] [--rounds N] [--json] [--quick]

The same campaign is dispatched in real time, as fast as it goes, by calls
that are over at once: with slots of its own, with slots leased in blocks, and
with what people write instead, one EVALSHA for each call, also with a Redis
that is a millisecond away. Then two daemons lease from one ledger, on a core
each if there are two. A redis-server of its own runs beside them; what it
takes of the cores, and how many commands it got, is told.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import msgspec
from redis import Redis

from bench.figures import Figures, Ratio, parser, present
from bench.sharing.daemon import Job, Way, Window, dispatch
from tests.servers.redis_server import RedisServer

WARM_SECONDS = 3.0
"""How long a daemon dials before it is counted: contacts are read, and leases held."""

BEGIN_SECONDS = 0.3
"""How much earlier daemons are told when they begin to be counted."""

LEASE = 10.0


class Turn(msgspec.Struct, frozen=True):
    """One turn of one way."""

    rate: float
    cpu: float
    redis_cpu: float
    """The cores that Redis took: 1.0 is one of them, all the time."""
    commands: float
    """What Redis was sent for each call, on average."""


class Kind(msgspec.Struct, frozen=True):
    """A way, by how many daemons, with Redis so many seconds away."""

    way: Way
    daemons: int = 1
    distance: float = 0.0


AWAY = 0.001
EMBEDDED, LEASED, TWO = "embedded", "leased", "leased, two daemons"
SCRIPT, FAR = "one EVALSHA a call", "… Redis 1 ms away"
KINDS = {
    EMBEDDED: Kind(Way.EMBEDDED),
    LEASED: Kind(Way.LEASED),
    TWO: Kind(Way.LEASED, daemons=2),
    SCRIPT: Kind(Way.SCRIPT),
    FAR: Kind(Way.SCRIPT, distance=AWAY),
}


def turn(folder: Path, kind: Kind, seconds: float, contacts: int, warm: float) -> Turn:
    """Let the daemons of a way dispatch at once."""
    daemons = kind.daemons
    with RedisServer(folder / "redis") as server:
        jobs = [
            Job(
                str(folder), f"d{place}", kind.way, server.port, contacts, warm, seconds, LEASE, kind.distance
            )
            for place in range(daemons)
        ]
        with ProcessPoolExecutor(daemons, mp_context=get_context("spawn")) as pool, server.client() as client:
            running = [pool.submit(dispatch, job) for job in jobs]
            while len(list(folder.glob("*.ready"))) < daemons:
                assert not any(one.done() and one.exception() for one in running), "a daemon has failed"
                time.sleep(0.02)
            begins = time.time() + BEGIN_SECONDS
            written = folder / "written"
            written.write_text(str(begins))
            written.rename(folder / "begins")
            time.sleep(BEGIN_SECONDS)
            cpu, commands = server.cpu_seconds(), _scripts_run(client)
            time.sleep(seconds)
            cpu = server.cpu_seconds() - cpu
            commands = _scripts_run(client) - commands
            windows: list[Window] = [one.result() for one in running]
    assert all(window.left > 0 for window in windows), "it ran out of contacts: --contacts more"
    calls = sum(window.calls for window in windows)
    return Turn(
        rate=calls / seconds,
        cpu=sum(window.cpu for window in windows) / calls,
        redis_cpu=cpu / seconds,
        commands=commands / calls,
    )


def _scripts_run(client: Redis) -> int:
    """Count what daemons have sent; commands that scripts call aren't sent."""
    told = client.info("commandstats")
    return sum(told[name]["calls"] for name in ("cmdstat_evalsha", "cmdstat_eval") if name in told)


def measure(options: argparse.Namespace) -> Figures:
    seconds, rounds = (0.5, 1) if options.quick else (options.seconds, options.rounds)
    contacts = 80_000 if options.quick else options.contacts
    warm = 0.3 if options.quick else WARM_SECONDS
    turns: dict[str, list[Turn]] = {name: [] for name in KINDS}
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            for way in list(KINDS) if number % 2 == 0 else reversed(KINDS):
                folder = Path(name) / f"{number} {way}"
                folder.mkdir()
                turns[way].append(turn(folder, KINDS[way], seconds, contacts, warm))

    def over(one: str, other: str) -> float:
        return median(mine.rate / theirs.rate for mine, theirs in zip(turns[one], turns[other], strict=True))

    def cheaper(one: str, other: str) -> float:
        return median(theirs.cpu / mine.cpu for mine, theirs in zip(turns[one], turns[other], strict=True))

    return Figures(
        bench="redis",
        settings={"seconds": seconds, "rounds": rounds, "lease": LEASE},
        rows=[
            {
                "way": way,
                "dispatches/s": round(median(one.rate for one in taken)),
                "us of CPU": round(median(one.cpu for one in taken) * 1e6, 1),
                "Redis' cores": round(median(one.redis_cpu for one in taken), 3),
                "commands a dispatch": round(median(one.commands for one in taken), 4),
            }
            for way, taken in turns.items()
        ],
        ratios=[
            Ratio(f"{LEASED} / {EMBEDDED}", over(LEASED, EMBEDDED), at_least=0.7),
            Ratio(f"{LEASED} / {EMBEDDED}, CPU", cheaper(LEASED, EMBEDDED)),
            Ratio(f"{LEASED} / {SCRIPT}", over(LEASED, SCRIPT), at_least=5),
            Ratio(f"{LEASED} / {SCRIPT}, CPU", cheaper(LEASED, SCRIPT)),
            Ratio(f"{LEASED} / {FAR}", over(LEASED, FAR)),
            Ratio("two daemons / one", over(TWO, LEASED), at_least=1.4),
            Ratio("two daemons / one, by their CPU", 2 * cheaper(TWO, LEASED)),
            Ratio("Redis commands a dispatch", median(one.commands for one in turns[LEASED]), at_most=0.1),
        ],
        notes=["No journal is shared here; every call is over at once, and its slots come back."],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("redis", "What sharing limits through Redis costs.", seeded=False)
    options.add_argument("--seconds", type=float, default=5.0, help="how long a turn counts (default: 5)")
    options.add_argument("--rounds", type=int, default=3, help="turns of each way (default: 3)")
    options.add_argument("--contacts", type=int, default=400_000, help="of each daemon (default: 400000)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
