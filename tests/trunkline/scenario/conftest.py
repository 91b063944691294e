"""Play a configuration in virtual time and keep what was logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import trio

from runtime.observe.events import Event
from trunkline.config import Config
from trunkline.engine import RunResult
from trunkline.lives import simulation

COUNTED = {"answered", "no_answer", "busy", "voicemail", "rejected"}


class Played(NamedTuple):
    """A run: its result, and its events with seconds from the start."""

    result: RunResult
    log: list[tuple[float, Any]]

    def of(self, *names: str) -> list[tuple[float, Any]]:
        """Give the events of these names."""
        return [(at, event) for at, event in self.log if event.event in names]

    def answer_rate(self, start: float, end: float, **wanted: str) -> float:
        """Give the answered share of the counted calls that ended between two times."""
        ends = [
            event
            for at, event in self.of("call.ended")
            if start <= at < end
            and event.outcome in COUNTED
            and all(getattr(event, key) == value for key, value in wanted.items())
        ]
        return len([event for event in ends if event.outcome == "answered"]) / len(ends)

    def share(self, start: float, end: float, number: str) -> float:
        """Give the share of the calls between two times that a number made."""
        grants = [event for at, event in self.of("dispatch.granted") if start <= at < end]
        return len([event for event in grants if event.number == number]) / len(grants)

    def peak(self, start: float, end: float, connection: str | None = None) -> int:
        """Give the most calls in progress between two times."""
        up = most = 0
        for at, event in self.of("dispatch.granted", "call.ended"):
            if connection in (None, event.connection):
                up += 1 if event.event == "dispatch.granted" else -1
                most = max(most, up) if start <= at < end else most
        return most


Play = Callable[..., Played]


@pytest.fixture
def play() -> Play:
    def run(config: Config, seed: int = 1) -> Played:
        log: list[tuple[float, Event]] = []
        began = config.run.start.timestamp()

        async def main() -> RunResult:
            sinks = (lambda time, event: log.append((time - began, event)),)
            async with simulation(config, seed, sinks) as engine:
                return await engine.finished

        return Played(trio.run(main), log)

    return run
