"""A system: what it starts, where, and what it counts."""

from __future__ import annotations

import pykka
import pytest
import trio
import trio.testing

from runtime import ActorSystem, RealClock, TrioActor, VirtualClock
from runtime.errors import KernelError, NoActorSystem
from tests.runtime.kernel.scribes import Do, Note, Scribe


async def test_starting_needs_a_running_system() -> None:
    system = ActorSystem()
    with pytest.raises(
        NoActorSystem, match="can't start Scribe: this ActorSystem has not been entered; enter"
    ):
        system.start(Scribe, [])
    async with system:
        pass
    with pytest.raises(NoActorSystem, match="can't start Scribe: this ActorSystem is closed; make a new one"):
        system.start(Scribe, [])
    with pytest.raises(NoActorSystem, match="can't call into it: this ActorSystem is closed"):
        system.call_soon_threadsafe(print)
    with pytest.raises(NoActorSystem, match="can't spawn a task: this ActorSystem is closed"):
        system.spawn(trio.sleep, 0)
    with pytest.raises(NoActorSystem, match="can't wait for it: this ActorSystem is closed"):
        await system.until_idle()


async def test_a_system_is_entered_once() -> None:
    async with ActorSystem() as system:
        with pytest.raises(KernelError, match="this ActorSystem is running: make a new one"):
            await system.__aenter__()


async def test_cls_start_finds_the_system_of_its_context() -> None:
    log: list[str] = []

    def start_another(scribe: Scribe) -> None:
        Scribe.start(scribe.log, "child").tell(Note(" born"))

    async with ActorSystem() as outer:
        async with ActorSystem() as inner:
            await Scribe.start(log).ask(Do(start_another), block=False)
            await inner.until_idle()
            assert inner.statistics().actors_started == 2
        Scribe.start(log)
        assert outer.statistics().actors_started == 1

    assert log == ["child born"]


async def test_cls_start_without_a_system_says_how_to_mend_it() -> None:
    with pytest.raises(NoActorSystem, match=r"inside `async with ActorSystem\(\) as system:`"):
        Scribe.start([])


async def test_only_trio_actors_are_started() -> None:
    async with ActorSystem() as system:
        with pytest.raises(TypeError, match=r"start it with `ThreadingActor.start\(…\)`"):
            system.start(pykka.ThreadingActor)  # type: ignore[type-var]  # what is tested


async def test_a_constructor_that_raises_starts_nothing() -> None:
    class Unborn(TrioActor):
        def __init__(self) -> None:
            super().__init__()
            raise ValueError("not to be")

    async with ActorSystem() as system:
        with pytest.raises(ValueError, match="not to be"):
            system.start(Unborn)

        assert system.statistics().actors_alive == 0
        assert pykka.ActorRegistry.get_all() == []


async def test_statistics_count_what_was_done() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, [])
        for _ in range(3):
            ref.tell(Note(""))
        assert system.statistics().messages_queued == 3
        system.call_later(1, lambda: None)
        system.call_later(1, lambda: None, background=True)
        assert system.statistics().timers_pending == 2
        await system.until_idle()
        done = system.statistics()

    assert (done.messages_handled, done.messages_queued, done.messages_dropped) == (5, 0, 0)
    assert (done.actors_started, done.actors_alive) == (1, 1)
    assert (done.timers_fired, done.timers_pending, done.outside_requests) == (2, 0, 0)
    assert done.turns >= 1


async def test_the_clock_is_real_unless_given() -> None:
    assert isinstance(ActorSystem().clock, RealClock)
