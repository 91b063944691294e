"""A daemon that dispatches as fast as it can, for a window of time that is the same for all."""

from __future__ import annotations

import time
from contextlib import suppress
from enum import Enum
from pathlib import Path

import msgspec
import trio
from redis import Redis

from actors.lease.jumps import Reading
from bench.audience import write_contacts
from bench.dialing import CAMPAIGN, Size, configure
from bench.sharing.script import ScriptLine
from runtime.calls import CallId, CallRequest
from runtime.carriers import InstantLine, Line
from runtime.carriers.base import Report
from runtime.errors import UnknownName
from runtime.kernel import ActorSystem
from runtime.redis.address import parse_address
from runtime.redis.client import Credentials
from runtime.redis.renewals import RedisLedger
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.engine.sharing import Sharing
from trunkline.garbage import rare_collections


class Way(str, Enum):
    """Where a daemon's slots come from."""

    EMBEDDED = "embedded"
    LEASED = "leased"
    SCRIPT = "a script a call"


class Window(msgspec.Struct, frozen=True):
    """What a daemon did in the window: calls placed, and its CPU seconds."""

    calls: int
    cpu: float
    left: int
    """Contacts that it could still have called at the end: it must not have run dry."""


class _Counting:
    """A line that counts what passes."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.calls = 0
        self._waiter: trio.Event | None = None

    async def dials(self) -> None:
        """Wait until another call is placed: a leased slot must be granted first."""
        self._waiter = trio.Event()
        await self._waiter.wait()

    def place(self, request: CallRequest, report: Report) -> None:
        self.calls += 1
        if self._waiter is not None:
            self._waiter.set()
            self._waiter = None
        self._line.place(request, report)

    def hang_up(self, call: CallId) -> None:
        self._line.hang_up(call)


class Job(msgspec.Struct, frozen=True):
    """One daemon's part: what it dials, by which Redis, and for how many seconds it is counted.

    It reads all contacts, dials on for `warm` seconds, makes the file NAME.ready, and is counted
    from the instant that the file `begins` tells by the wall clock.
    """

    folder: str
    name: str
    way: Way
    port: int
    contacts: int
    warm: float
    seconds: float
    lease: float
    distance: float = 0.0


def dispatch(job: Job) -> Window:
    """Dial from now on, and count within the window."""
    own = Path(job.folder) / job.name
    own.mkdir()
    write_contacts(own / "contacts.csv", job.contacts)
    config = configure(own, Size(job.contacts), max_attempts=1)
    with rare_collections():
        return trio.run(_dial, job, config)


async def _dial(job: Job, config: Config) -> Window:
    system = ActorSystem()
    line = _Counting(_line(job, system, config))
    ledger, sharing = None, None
    if job.way is Way.LEASED:
        ledger = RedisLedger(
            parse_address(f"redis://127.0.0.1:{job.port}"),
            Credentials(),
            namespace="bench",
            lease=job.lease,
            call_soon=system.call_soon_threadsafe,
        )
        sharing = Sharing(ledger, lease=job.lease, host=job.name, clocks=_read_clocks)
    async with system:
        lines: dict[str, Line] = {row.connection: line for row in config.carriers}
        engine = Engine(config, seed=1, system=system, simulated=True, lines=lines, sharing=sharing)
        await engine.start()
        await _read(engine, f"c{job.contacts - 1}")
        await line.dials()
        await trio.sleep(job.warm)
        seconds_left = await trio.to_thread.run_sync(_wait_for_begin, job)
        await trio.sleep(seconds_left)
        calls, cpu = line.calls, time.process_time()
        await trio.sleep(job.seconds)
        calls, cpu = line.calls - calls, time.process_time() - cpu
        left = job.contacts - line.calls
        engine.close()
        await engine.finished
    if ledger is not None:
        ledger.close()
    return Window(calls, cpu, left)


def _wait_for_begin(job: Job) -> float:
    """Say that all is ready, and wait until it is said when counting begins; in how many seconds."""
    Path(job.folder, f"{job.name}.ready").touch()
    begins = Path(job.folder, "begins")
    while not begins.exists():
        time.sleep(0.02)
    return max(0.0, float(begins.read_text()) - time.time())


async def _read(engine: Engine, last: str) -> None:
    """Wait until the last contact is known: reading takes most of the loop while it lasts."""
    while True:
        await trio.sleep(0.2)
        with suppress(UnknownName):
            await engine.why(CAMPAIGN, last)
            return


def _line(job: Job, system: ActorSystem, config: Config) -> Line:
    if job.way is not Way.SCRIPT:
        return InstantLine(system)
    settings = config.settings(simulated=True)
    limits = {f"connection:{one.name}": one.max_concurrent for one in settings.connections}
    limits |= {f"tenant:{one.name}": one.max_concurrent for one in settings.tenants}
    return ScriptLine(Redis(port=job.port), limits, system.call_later, system.clock.time, job.distance)


def _read_clocks() -> Reading:
    return Reading(time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME), time.time())
