"""However an engine is left: dialing stops, calls in progress end, then the reason goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from runtime.calls import CallEvent, CallProgress, CallRequest, Outcome
from runtime.carriers import Report
from runtime.kernel import ActorSystem
from runtime.observe.events import Event
from tests.trunkline.engine.test_boundaries import exchange
from trunkline.config import Config
from trunkline.engine import Engine


class Slow:
    """A carrier whose calls last a moment; counts those that are up."""

    def __init__(self, system: ActorSystem) -> None:
        self._system = system
        self.up = 0
        self.placed = trio.Event()

    def place(self, request: CallRequest, report: Report) -> None:
        self.up += 1
        self.placed.set()
        self._system.call_later(0.3, self._end, request, report)

    def hang_up(self, call: Any) -> None:
        raise AssertionError("calls in progress are left alone")

    def _end(self, request: CallRequest, report: Report) -> None:
        self.up -= 1
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.ANSWERED, None, 0.1, 0.2))


class Dialing:
    """An engine in real time, with calls up."""

    def __init__(self, folder: Path, system: ActorSystem) -> None:
        config = Config.from_dict(exchange(folder), folder=folder)
        self.line = Slow(system)
        self.log: list[Event] = []
        self.engine = Engine(
            config,
            seed=1,
            system=system,
            simulated=True,
            lines={"east": self.line, "west": self.line},
            sinks=(lambda _time, event: self.log.append(event),),
        )

    def check_drained(self) -> None:
        """Every call that was placed has ended by itself, and the log's last word says so."""
        names = [event.event for event in self.log]
        assert names.count("dispatch.granted") == names.count("call.ended") == 2
        assert self.line.up == 0
        assert names[-1] == "engine.stopped"


async def left_by(dialing: Dialing, leave: Callable[[], Awaitable[object]]) -> None:
    """Leave the engine in this way once a call is up."""
    async with dialing.engine:
        await dialing.line.placed.wait()
        await leave()


async def test_cancelled_from_outside_it_drains_and_lets_the_cancellation_go_on(tmp_path: Path) -> None:
    async with ActorSystem() as system:
        dialing = Dialing(tmp_path, system)

        async def cancelled() -> None:
            scope.cancel()
            await trio.sleep_forever()

        with trio.CancelScope() as scope:
            await left_by(dialing, cancelled)
    assert scope.cancelled_caught
    dialing.check_drained()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("of the program")], ids=repr)
async def test_an_exception_of_the_program_waits_for_calls_in_progress(
    tmp_path: Path, error: BaseException
) -> None:
    async def raising() -> None:
        raise error

    async with ActorSystem() as system:
        dialing = Dialing(tmp_path, system)
        with pytest.raises(type(error)) as raised:
            await left_by(dialing, raising)
    assert raised.value is error
    dialing.check_drained()


async def test_an_interrupt_while_it_drains_is_raised_when_the_drain_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupts = [KeyboardInterrupt()]
    async with ActorSystem() as system:
        dialing = Dialing(tmp_path, system)
        finished = dialing.engine.finished

        class Interrupted:
            """Raises in the wait once, as trio does with a signal that comes in a checkpoint."""

            def __await__(self) -> Any:
                if interrupts:
                    raise interrupts.pop()
                return finished.__await__()

        async def leave() -> None:
            monkeypatch.setattr(dialing.engine, "finished", Interrupted())

        with pytest.raises(KeyboardInterrupt):
            await left_by(dialing, leave)
    dialing.check_drained()


async def test_a_system_that_has_failed_is_left_at_once(tmp_path: Path) -> None:
    system = ActorSystem()

    async def fail() -> None:
        system.call_later(0.0, _exit)
        await trio.sleep_forever()

    async def run() -> None:
        async with system:
            await left_by(Dialing(tmp_path, system), fail)

    with pytest.raises(SystemExit):
        await run()


def _exit() -> None:
    raise SystemExit(3)
