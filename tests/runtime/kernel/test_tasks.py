"""Tasks beside the actors: they end with the system, and fail alone."""

from __future__ import annotations

import logging

import pykka
import pytest
import trio
import trio.testing

from runtime import ActorSystem
from tests.runtime.kernel.scribes import Mourner, Note, Scribe


async def test_a_spawned_task_runs_beside_the_actors_and_ends_with_the_system() -> None:
    log: list[str] = []

    async def carrier(ref: pykka.ActorRef[Scribe]) -> None:
        ref.tell(Note("placed"))
        try:
            await trio.sleep_forever()
        finally:
            ref.tell(Note("hung up"))

    async with ActorSystem() as system:
        system.spawn(carrier, system.start(Mourner, log))
        await system.until_idle()
        await trio.testing.wait_all_tasks_blocked()

    assert log == ["placed", "hung up", " stopped"]


async def test_a_task_that_fails_is_logged_and_ends_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("in a task")

    async def fail_in_a_nursery() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail)
            nursery.start_soon(trio.sleep_forever)

    async with ActorSystem() as system:
        system.spawn(fail, name="the failing one")
        system.spawn(fail_in_a_nursery)
        await trio.testing.wait_all_tasks_blocked()

        assert system.running
        assert await system.start(Scribe, []).ask(Note("alive"), block=False) == 1
    failures = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert sorted(failures) == [
        f"Unhandled exception in task {fail_in_a_nursery.__qualname__}:",
        "Unhandled exception in task the failing one:",
    ]


async def test_a_task_that_fails_while_it_is_cancelled_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail_at_the_end() -> None:
        async def child() -> None:
            try:
                await trio.sleep_forever()
            finally:
                raise RuntimeError("at the end")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            nursery.start_soon(trio.sleep_forever)

    async with ActorSystem() as system:
        system.spawn(fail_at_the_end)
        await trio.testing.wait_all_tasks_blocked()

    assert "at the end" in caplog.text


@pytest.mark.parametrize("grouped", [False, True])
async def test_a_base_exception_of_a_task_ends_the_system(grouped: bool) -> None:
    log: list[str] = []

    async def leave() -> None:
        raise SystemExit

    async def leave_in_a_nursery() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(leave)
            nursery.start_soon(trio.sleep_forever)

    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Mourner, log, "a")
            system.spawn(leave_in_a_nursery if grouped else leave)
            await trio.sleep_forever()

    with pytest.raises((SystemExit, BaseExceptionGroup)):
        await live()

    assert log == ["a stopped"]


async def test_a_task_starts_actors_in_its_system() -> None:
    async def start() -> None:
        Scribe.start([])

    async with ActorSystem() as system:
        system.spawn(start)
        await trio.testing.wait_all_tasks_blocked()

        assert system.statistics().actors_alive == 1
