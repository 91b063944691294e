"""A base exception of an actor: it ends its system in order, and is raised."""

from __future__ import annotations

import signal
from typing import Any

import pykka
import pytest
import trio
import trio.testing

from runtime import ActorSystem, TrioActor, VirtualClock
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Mourner, Scribe, raiser


@pytest.mark.parametrize("failure", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
async def test_a_base_exception_of_an_engine_actor_ends_its_system_in_order(failure: BaseException) -> None:
    log: list[str] = []

    async def live() -> None:
        async with ActorSystem(clock=VirtualClock()) as system:
            system.start(Mourner, log, "journal")
            system.start(Mourner, log, "other")
            system.start(Mourner, log, "failing").tell(raiser(failure))
            await trio.sleep_forever()

    with pytest.raises(type(failure)) as caught:
        await live()

    assert caught.value is failure
    assert log == ["failing stopped", "other stopped", "journal stopped"]


async def test_it_touches_no_actor_of_others() -> None:
    bystander = pykka.ThreadingActor.start()
    try:
        async with ActorSystem() as outer:
            neighbour = outer.start(Scribe, [])

            async def live() -> None:
                async with ActorSystem() as inner:
                    inner.start(Scribe, []).tell(raiser(SystemExit()))
                    await trio.sleep_forever()

            with pytest.raises(SystemExit):
                await live()

            assert bystander.is_alive()
            assert neighbour.is_alive()
    finally:
        bystander.stop()


async def test_who_asked_for_it_is_not_left_waiting() -> None:
    answers: list[pykka.Future[Any]] = []

    async def live() -> None:
        async with ActorSystem() as system:
            answers.append(system.start(Scribe, []).ask(raiser(SystemExit()), block=False))
            await trio.sleep_forever()

    with pytest.raises(SystemExit):
        await live()

    with pytest.raises(pykka.ActorDeadError):
        answers[0].get(timeout=0)


async def test_a_second_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Worse(Scribe):
        def on_stop(self) -> None:
            raise SystemExit("worse")

    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Worse, [])
            system.start(Scribe, []).tell(raiser(SystemExit("bad")))
            await trio.sleep_forever()

    with pytest.raises(SystemExit, match="bad"):
        await live()

    assert "Another failure while the ActorSystem ends" in caplog.text


async def test_a_failure_keeps_what_the_body_raised_as_its_context() -> None:
    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Scribe, []).tell(raiser(SystemExit()))
            raise ValueError("meanwhile")

    with pytest.raises(SystemExit) as caught:
        await live()

    assert isinstance(caught.value.__context__, ValueError)


def test_an_interrupt_never_breaks_a_handler() -> None:
    # What a shell starts in the background ignores it, and trio leaves that as it is.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    log: list[str] = []

    def interrupted(scribe: Scribe) -> None:
        scribe.log.append("before")
        signal.raise_signal(signal.SIGINT)
        scribe.log.append("after")

    async def main() -> None:
        async with ActorSystem() as system:
            system.start(Mourner, log, "a").tell(Do(interrupted))
            await trio.sleep_forever()

    try:
        with pytest.raises(KeyboardInterrupt):
            trio.run(main)
    finally:
        signal.signal(signal.SIGINT, before)

    assert log == ["before", "after", "a stopped"]


async def test_a_base_exception_of_a_plain_trio_actor_stops_all_actors() -> None:
    class Plain(TrioActor):
        def on_receive(self, message: Any) -> None:
            raise message

    other = pykka.ThreadingActor.start()
    async with ActorSystem() as system:
        neighbour = system.start(Plain)
        ref = system.start(Plain)
        ref.tell(SystemExit())
        await trio.to_thread.run_sync(other.actor_stopped.wait, PATIENCE)
        await system.until_idle()

        assert [each.is_alive() for each in (ref, neighbour, other)] == [False, False, False]


async def test_a_base_exception_in_on_start_of_a_plain_trio_actor_does_too() -> None:
    class Plain(TrioActor):
        def on_start(self) -> None:
            raise SystemExit

    class Bystander(TrioActor):
        pass

    async with ActorSystem() as system:
        neighbour, ref = system.start(Bystander), system.start(Plain)
        await system.until_idle()

        assert [each.is_alive() for each in (ref, neighbour)] == [False, False]
