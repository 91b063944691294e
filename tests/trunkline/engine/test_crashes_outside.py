"""An observer, a log or a carrier that raises: named in the log, and no actor of ours crashes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import trio

from runtime.calls import CallEvent, CallProgress, Outcome
from runtime.kernel import ActorSystem, VirtualClock
from runtime.observe.events import ActorCrashed, Event
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.observe.renderers import JsonRenderer
from tests.trunkline.engine.crashing import (
    Fault,
)
from tests.trunkline.engine.stepping import what_is_held
from tests.trunkline.engine.test_boundaries import exchange
from trunkline.config import Config
from trunkline.engine import Engine, RunResult


def failing_once(named: str) -> Callable[[float, Event], None]:
    def sink(_time: float, event: Event) -> None:
        if event.event == named:
            raise Fault("observer")

    return sink


def test_an_observer_that_raises_is_named_in_the_log_and_dialing_goes_on(tmp_path: Path) -> None:
    log: list[Event] = []

    async def run() -> RunResult:
        config = Config.from_dict(exchange(tmp_path), folder=tmp_path)
        sinks = (failing_once("dispatch.granted"), lambda _time, event: log.append(event))
        async with Engine(config, seed=1, virtual=True, sinks=sinks) as engine:
            return await engine.finished

    assert trio.run(run).reason == "finished"
    (crash,) = [event for event in log if isinstance(event, ActorCrashed)]
    assert (crash.actor, crash.message, crash.error) == (
        "observer failing_once.<locals>.sink",
        "dispatch.granted",
        "Fault('observer')",
    )
    assert len([event for event in log if event.event == "dispatch.granted"]) > 1


def test_a_processor_of_the_log_that_raises_stops_dialing_and_says_why(tmp_path: Path) -> None:
    def render(_logger: Any, _name: str, fields: Any) -> Any:
        if fields["event"] == "call.ended":
            raise Fault("processor")
        return JsonRenderer()(_logger, _name, fields)

    log = EventLog(LogFile.open(tmp_path / "log.jsonl", buffered=False, append=False), renderer=render)

    async def run() -> tuple[RunResult, list[str]]:
        config = Config.from_dict(exchange(tmp_path), folder=tmp_path)
        async with Engine(config, seed=1, virtual=True, sinks=(log,)) as engine:
            result = await engine.finished
            await engine.system.until_idle()
            return result, what_is_held(engine)

    result, left = trio.run(run)
    log.close()

    assert result.reason == "failed"
    assert result.failure is not None
    assert result.failure.endswith("a processor failed on call.ended: Fault('processor')")
    assert [one for one in left if not one.startswith("rows of")] == []
    assert b"engine.stopped" in (tmp_path / "log.jsonl").read_bytes().splitlines()[-1]


class Stubborn:
    """A carrier whose calls are up until they are hung up, which raises once."""

    def __init__(self, system: Any) -> None:
        self._system = system
        self._reports: dict[str, Any] = {}
        self.raised = 0

    def place(self, request: Any, report: Any) -> None:
        self._reports[request.call] = report

    def hang_up(self, call: Any) -> None:
        if not self.raised:
            self.raised += 1
            raise Fault("hang_up")
        ended = CallEvent(call, CallProgress.ENDED, Outcome.NO_ANSWER)
        self._system.call_later(0.1, self._reports[call], ended)


def test_a_carrier_that_raises_is_named_and_its_call_ends_after_the_grace(tmp_path: Path) -> None:
    log: list[Event] = []
    tables = exchange(tmp_path)

    async def run() -> tuple[RunResult, list[str]]:
        config = Config.from_dict(tables, folder=tmp_path)
        system = ActorSystem(clock=VirtualClock(config.run.start))
        lines = {name: Stubborn(system) for name in ("east", "west")}
        sinks = (lambda _time, event: log.append(event),)
        engine = Engine(config, seed=1, virtual=True, system=system, lines=lines, sinks=sinks)
        async with system, engine:
            result = await engine.finished
            await engine.system.until_idle()
            left = what_is_held(engine)
        return result, left

    result, left = trio.run(run)

    assert result.reason == "finished"
    assert left == []
    names = [event.actor for event in log if isinstance(event, ActorCrashed)]
    assert sorted(names) == ["carrier of east", "carrier of west"]
    assert len([event for event in log if event.event == "call.overdue"]) == 2
