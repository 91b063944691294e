"""How soon a freed slot is used again, in real time."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from statistics import quantiles

import msgspec
import trio

from bench.audience import write_contacts
from bench.dialing import Size, configure
from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers import Report
from runtime.kernel import ActorSystem
from trunkline.engine import Engine

CALL_SECONDS = 0.5
"""A call's mean: with a hundred at once two hundred slots a second come free."""


class Reaction(msgspec.Struct, frozen=True):
    """Seconds from a freed slot to the next Place, over so many of them."""

    places: int
    at_once: int
    p50: float
    p99: float


class BriefCalls:
    """A carrier whose calls last a random while; notes when they end and begin."""

    def __init__(self, system: ActorSystem, seed: int) -> None:
        self._system = system
        self._random = Random(seed)
        self.ended: list[float] = []
        self.placed: list[float] = []

    def place(self, request: CallRequest, report: Report) -> None:
        self.placed.append(time.perf_counter())
        seconds = self._random.expovariate(1 / CALL_SECONDS)
        self._system.call_later(seconds, self._end, request.call, report)

    def hang_up(self, call: CallId) -> None:
        """Do nothing: the call ends by itself soon enough."""

    def _end(self, call: CallId, report: Report) -> None:
        self.ended.append(time.perf_counter())
        report(CallEvent(call, CallProgress.ENDED, Outcome.ANSWERED, None, 0.0, 0.0))


def react(folder: Path, seed: int, seconds: float) -> Reaction:
    """Dial for so many seconds; every slot is taken, so each end frees one for the next.

    The nth end lets the Place that comes n after the first hundred happen.
    """
    size = Size(contacts=int(seconds * 100 / CALL_SECONDS) + 100)
    write_contacts(folder / "contacts.csv", size.contacts)
    config = configure(folder, size, max_attempts=1)

    async def run() -> BriefCalls:
        system = ActorSystem()
        line = BriefCalls(system, seed)
        async with system:
            lines = {row.connection: line for row in config.carriers}
            engine = Engine(config, seed=seed, system=system, simulated=True, lines=lines)
            await engine.start()
            await engine.finished
        return line

    line = trio.run(run)
    waits = [placed - ended for ended, placed in zip(line.ended, line.placed[size.at_once :], strict=False)]
    hundredths = quantiles(waits, n=100)
    return Reaction(len(waits), size.at_once, hundredths[49], hundredths[98])
