"""A system in a thread: what other threads, and asyncio programs, do with it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pykka
import pytest
import trio

from runtime import ActorSystem, EngineActor, TrioActor, TrioFuture, VirtualClock, handles
from runtime.errors import KernelError, NoActorSystem
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Note, Scribe


class Adder(EngineActor):
    """Adds up what it is told, and by whom in what order."""

    registered = False

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int]] = []

    @handles(tuple)
    def add(self, message: tuple[int, int]) -> None:
        self.seen.append(message)

    @handles(str)
    def report(self, _message: str) -> list[tuple[int, int]]:
        return self.seen


def test_messages_of_many_threads_all_arrive_each_threads_in_order() -> None:
    with ActorSystem.in_thread() as system, ThreadPoolExecutor(8) as pool:
        adder = system.start(Adder)

        def tell(thread: int) -> None:
            for number in range(2000):
                adder.tell((thread, number))

        list(pool.map(tell, range(8)))
        seen: Any = adder.ask("report")

    assert len(seen) == 16_000
    for thread in range(8):
        assert [number for who, number in seen if who == thread] == list(range(2000))


def test_no_message_from_another_thread_is_slept_over() -> None:
    with ActorSystem.in_thread() as system:
        ref = system.start(Scribe, [])
        for number in range(1, 1000):
            assert ref.ask(Note(""), timeout=PATIENCE) == number


def test_actors_are_started_from_many_threads() -> None:
    log: list[str] = []
    with ActorSystem.in_thread() as system, ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda _: Scribe.start(log), range(200)))
        for ref in refs:
            ref.tell(Note("x"))
        assert system.statistics().actors_alive == 200

    assert len(log) == 200


def test_starting_while_the_system_ends_either_works_or_raises() -> None:
    class Counted(EngineActor):
        registered = False
        ends: list[object] = []  # noqa: RUF012  # of the class: its actors end unseen

        def on_stop(self) -> None:
            self.ends.append(self)

    begun = threading.Event()

    def start_until_refused(system: ActorSystem) -> int:
        count = 0
        while True:
            try:
                system.start(Counted)
            except NoActorSystem:
                return count
            count += 1
            begun.set()

    with ThreadPoolExecutor(1) as pool:
        with ActorSystem.in_thread() as system:
            counting = pool.submit(start_until_refused, system)
            assert begun.wait(PATIENCE)
        started = counting.result(PATIENCE)

    assert system.statistics().actors_alive == 0
    assert len(Counted.ends) == started


def test_actors_run_in_the_systems_thread() -> None:
    with ActorSystem.in_thread() as system:
        ref = system.start(Scribe, [])

        assert ref.ask(Do(lambda _scribe: threading.current_thread().name)) == "ActorSystem"


def test_a_task_is_spawned_and_a_call_made_from_any_thread() -> None:
    done = threading.Event()

    async def task(event: threading.Event) -> None:
        await trio.lowlevel.checkpoint()
        event.set()

    with ActorSystem.in_thread() as system:
        system.call_soon_threadsafe(system.spawn, task, done)

        assert done.wait(PATIENCE)


def test_an_outside_request_holds_time_from_any_thread() -> None:
    clock = VirtualClock()
    with ActorSystem.in_thread(clock=clock) as system:
        fired = threading.Event()
        with system.outside_request():
            system.call_soon_threadsafe(system.call_later, 3600, fired.set)
            assert not fired.wait(0.05)
            assert clock.monotonic() == 0.0

        assert fired.wait(PATIENCE)
        assert clock.monotonic() == 3600.0


def test_leaving_raises_what_ended_the_system() -> None:
    def leave(_scribe: Scribe) -> None:
        raise SystemExit(7)

    def live() -> None:
        with ActorSystem.in_thread() as system:
            ref = system.start(Scribe, [])
            ref.tell(Do(leave))
            assert ref.actor_stopped.wait(PATIENCE)

    with pytest.raises(SystemExit) as caught:
        live()

    assert caught.value.code == 7


def test_what_is_told_after_the_end_is_dropped_and_what_is_asked_refused() -> None:
    class Plain(TrioActor):
        pass

    with ActorSystem.in_thread() as system:
        ref, plain = system.start(Scribe, []), system.start(Plain)

    ref.tell(Note("to the dead"))
    assert system.statistics().messages_dropped == 1
    with pytest.raises(pykka.ActorDeadError):
        ref.ask(Note("to the dead"))
    with pytest.raises(pykka.ActorDeadError):
        plain.tell("to the dead")


def test_cls_start_needs_to_know_which_of_two_systems() -> None:
    with ActorSystem.in_thread():
        Scribe.start([])
        with ActorSystem.in_thread() as second:
            assert second.start(Scribe, []).is_alive()
            with pytest.raises(NoActorSystem, match=r"2 ActorSystems run in threads: say which"):
                Scribe.start([])
        Scribe.start([])
    with pytest.raises(NoActorSystem, match=r"no ActorSystem is running here"):
        Scribe.start([])


def test_a_thread_is_used_once_and_cannot_end_itself() -> None:
    thread = ActorSystem.in_thread()
    with thread as system:
        with pytest.raises(KernelError, match="in_thread\\(\\) once more"):
            thread.__enter__()
        with pytest.raises(KernelError, match="can't wait for its own end"):
            system.start(Scribe, []).ask(Do(lambda _scribe: thread.__exit__(None, None, None)))


def test_until_idle_belongs_to_the_loop() -> None:
    with (
        ActorSystem.in_thread() as system,
        pytest.raises(KernelError, match="belongs to the trio loop"),
    ):
        trio.run(system.until_idle)


def test_an_asyncio_program_tells_asks_and_awaits() -> None:
    async def main() -> list[Any]:
        with ActorSystem.in_thread() as system:
            ref = system.start(Scribe, [])
            ref.tell(Note("told"))
            awaited = await ref.ask(Note("asked"), block=False)
            answer = ref.ask(Note("wrapped"), block=False)
            assert isinstance(answer, TrioFuture)
            wrapped = await asyncio.wrap_future(answer.as_concurrent())
            stopped = await ref.stop(block=False)
            return [awaited, wrapped, stopped]

    assert asyncio.run(main()) == [2, 3, True]


def test_an_asyncio_program_goes_on_while_it_awaits() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def main() -> None:
        with ActorSystem.in_thread() as system:
            ref = system.start(Scribe, [])
            go_on = threading.Event()
            ticking = asyncio.ensure_future(tick())
            answer = ref.ask(Do(lambda _scribe: go_on.wait(PATIENCE)), block=False)
            asyncio.get_running_loop().call_later(0.05, go_on.set)
            assert await answer is True
            ticking.cancel()

    asyncio.run(main())

    assert ticks > 10
