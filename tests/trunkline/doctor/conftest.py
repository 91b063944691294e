"""Campaigns with a known ailment, dialed in virtual time with a log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from bench.ailments.campaigns import Ailment, configure
from bench.ailments.catalogue import AILMENTS
from runtime.observe.events import Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from trunkline.engine import Engine

Events = list[tuple[float, Event]]


class Dialed:
    """A run's events, and the log that it wrote."""

    def __init__(self, events: Events, log: Path) -> None:
        self.events = events
        self.log = log

    def of(self, *kinds: type[Event]) -> list[Any]:
        """List the events of these kinds."""
        return [event for _, event in self.events if isinstance(event, kinds)]


Dial = Callable[[Ailment], Dialed]


def ailment(name: str) -> Ailment:
    """Find one of the catalogue."""
    return next(one for one in AILMENTS if one.name == name)


@pytest.fixture
def dial(tmp_path: Path) -> Dial:
    def run(one: Ailment) -> Dialed:
        config = configure(one, tmp_path, 1)
        events: Events = []
        log = EventLog(LogFile.open(tmp_path / "run.log", buffered=True, append=False))

        async def engine() -> None:
            sinks = (log, lambda time, event: events.append((time, event)))
            async with Engine(config, virtual=True, seed=1, sinks=sinks) as running:
                await running.finished

        trio.run(engine)
        log.close()
        return Dialed(events, tmp_path / "run.log")

    return run
