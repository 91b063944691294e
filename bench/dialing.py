"""Dial a campaign of a given size in virtual time, for a bench to measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import trio

from bench.audience import caller_ids
from bench.turns import Stopwatch
from runtime.carriers import Line
from runtime.kernel import ActorSystem, VirtualClock
from runtime.observe.observer import Sink
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.garbage import rare_collections

CAMPAIGN = "spring"
READ_BY = 0.5
OFFERS_FROM = "2026-01-05T00:00:01Z"
"""A virtual second after the start: all contacts have been read by then."""


class Size(msgspec.Struct, frozen=True):
    """How large a campaign is: what may grow, and the calls at once that stay."""

    contacts: int
    numbers: int = 50
    connections: int = 8
    at_once: int = 100

    @property
    def a_connection(self) -> int:
        """Give a connection's limit; all together carry a fifth more than `at_once`."""
        return max(1, -(-self.at_once * 6 // (5 * self.connections)))


class Dialed(msgspec.Struct, frozen=True):
    """What a run did: contacts by row and calls placed, messages handled."""

    contacts: int
    calls: int
    messages: int


def configure(folder: Path, size: Size, **campaign: Any) -> Config:
    """Make the configuration; `contacts.csv` of the folder is the audience.

    The tenant's cap binds: more calls would fit on the connections. What is
    given besides are options of the campaign; `doctor` is the run's.
    """
    names = [f"trunk{index}" for index in range(size.connections)]
    ids = caller_ids(size.numbers)
    return Config.from_dict(
        {
            "run": {"doctor": campaign.pop("doctor", True)},
            "tenants": [{"name": "acme", "max_concurrent": size.at_once}],
            "connections": [{"name": name, "max_concurrent": size.a_connection} for name in names],
            "numbers": [
                # Each country on every connection, so that none of them runs full alone.
                {"number": number, "connection": names[(index // 6 + index) % len(names)]}
                for index, number in enumerate(ids)
            ],
            "campaigns": [
                {
                    "name": CAMPAIGN,
                    "primary": ids[0],
                    "pool": ids,
                    "contacts": "contacts.csv",
                    **campaign,
                }
            ],
        },
        folder=folder,
    )


def dial(
    config: Config,
    stopwatch: Stopwatch,
    *,
    seed: int = 1,
    line: Callable[[ActorSystem], Line] | None = None,
    sinks: tuple[Sink, ...] = (),
    reading: bool = True,
) -> Dialed:
    """Dial to the end; what is timed is all of it, or with `reading` False what follows.

    `line` makes the carrier of every connection; the simulated one else.
    """

    async def run() -> Dialed:
        system = ActorSystem(clock=VirtualClock(config.run.start))
        handled = [0]

        def begin() -> None:
            handled[0] = system.statistics().messages_handled
            stopwatch.begin()

        async with system:
            lines: Mapping[str, Line] = {}
            if line is not None:
                shared = line(system)
                lines = {row.connection: shared for row in config.carriers}
            engine = Engine(config, seed=seed, system=system, virtual=True, lines=lines, sinks=sinks)
            if reading:
                begin()
            await engine.start()
            if not reading:
                system.call_soon_threadsafe(system.call_later, READ_BY, begin)
            result = await engine.finished
            stopwatch.end()
        campaign = result.campaigns[CAMPAIGN]
        assert result.reason == "finished", result
        assert campaign.rejected == 0, "every person can be called"
        messages = system.statistics().messages_handled - handled[0]
        return Dialed(campaign.rows, campaign.attempts, messages)

    with rare_collections():
        return trio.run(run)
