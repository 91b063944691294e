"""Futures in trio: awaited, never waited for."""

from __future__ import annotations

import threading
from typing import Any

import pykka
import pytest
import trio
import trio.testing

from runtime import ActorSystem, TrioActor, TrioFuture, VirtualClock
from runtime.errors import WouldDeadlock
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Note, Scribe


class Asker(TrioActor):
    """Asks another actor and waits, as pykka's actors may on threads."""

    def on_receive(self, message: Any) -> Any:
        return message.ask(Note("blocking"))


async def test_a_future_is_awaited_until_it_is_set() -> None:
    future: TrioFuture[str] = TrioFuture()
    read: list[str] = []

    async def reader() -> None:
        read.append(await future)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(reader)
        nursery.start_soon(reader)
        await trio.testing.wait_all_tasks_blocked()
        assert read == []
        future.set("value")

    assert read == ["value", "value"]


async def test_a_future_is_awaited_until_another_thread_sets_it() -> None:
    future: TrioFuture[str] = TrioFuture()
    threading.Timer(0.02, future.set, args=["from a thread"]).start()

    with trio.fail_after(PATIENCE):
        assert await future == "from a thread"


async def test_awaiting_raises_the_exception_that_was_set() -> None:
    future: TrioFuture[str] = TrioFuture()
    future.set_exception((KeyError, KeyError("set"), None))

    with pytest.raises(KeyError, match="set"):
        await future


async def test_awaiting_can_be_cancelled() -> None:
    future: TrioFuture[str] = TrioFuture()
    with trio.move_on_after(0.01) as scope:
        await future

    assert scope.cancelled_caught
    assert future._callbacks == []
    future.set("nobody minds")


async def test_a_cancelled_reader_holds_no_time() -> None:
    clock = VirtualClock()
    async with ActorSystem(clock=clock) as system:
        future: TrioFuture[str] = TrioFuture()
        mapped = future.map(str.upper)
        for _ in range(3):
            with trio.move_on_after(0.001):
                await mapped
        future.set("late")
        system.call_later(1, lambda: None)
        with trio.fail_after(PATIENCE):
            await system.until_idle()

        assert system.statistics().outside_requests == 0


async def test_derived_futures_are_awaited_without_a_thread() -> None:
    first: TrioFuture[Any] = TrioFuture()
    second: TrioFuture[Any] = TrioFuture()
    total: pykka.Future[int] = first.reduce(lambda x, y: x + y)
    derived = total.map(str).join(first.filter(lambda number: number > 1), second)
    read: list[Any] = []
    threads = threading.active_count()

    async def reader() -> None:
        read.append(await derived)

    async with ActorSystem(), trio.open_nursery() as nursery:
        nursery.start_soon(reader)
        await trio.testing.wait_all_tasks_blocked()
        assert threading.active_count() == threads
        second.set("second")
        first.set([1, 2, 3])

    assert read == [["6", [2, 3], "second"]]


async def test_a_future_with_a_hook_of_ones_own_is_awaited_in_a_thread() -> None:
    async with ActorSystem() as system:
        ref = system.start(Scribe, [])
        future: TrioFuture[Any] = TrioFuture()
        future.set_get_hook(lambda _timeout: ref.ask(Note("from the hook")))

        with trio.fail_after(PATIENCE):
            assert await future == 1
            assert await future.map(str) == "1"


async def test_a_hook_of_ones_own_has_a_concurrent_twin() -> None:
    future: TrioFuture[str] = TrioFuture()
    future.set_get_hook(lambda _timeout: threading.current_thread().name)

    assert future.as_concurrent().result(PATIENCE) == "TrioFuture.as_concurrent"


def test_a_concurrent_twin_has_the_value_or_the_exception() -> None:
    good: TrioFuture[int] = TrioFuture()
    bad: TrioFuture[int] = TrioFuture()
    twins = good.as_concurrent(), bad.as_concurrent(), good.as_concurrent()
    twins[2].cancel()
    good.set(1)
    bad.set_exception((KeyError, KeyError("bad"), None))

    assert twins[0].result(0) == 1
    with pytest.raises(KeyError, match="bad"):
        twins[1].result(0)
    assert twins[2].cancelled()
    assert good.get() == 1


async def test_get_on_the_loops_thread_raises_instead_of_hanging() -> None:
    async with ActorSystem() as system:
        future = system.start(Scribe, []).ask(Note(""), block=False)

        with pytest.raises(WouldDeadlock, match="`await` the future"):
            future.get()
        with pytest.raises(WouldDeadlock):
            future.map(str).get(timeout=5)
        with pytest.raises(pykka.Timeout):
            future.get(timeout=0)
        assert await future == 1
        assert future.get() == 1


async def test_an_actor_that_waits_for_another_is_told_of_the_deadlock() -> None:
    async with ActorSystem() as system:
        asker, scribe = system.start(Asker), system.start(Scribe, [])

        with pytest.raises(WouldDeadlock):
            await asker.ask(scribe, block=False)


async def test_stopping_all_from_the_loop_is_a_deadlock_too() -> None:
    async with ActorSystem() as system:
        system.start(Asker)

        with pytest.raises(WouldDeadlock):
            pykka.ActorRegistry.stop_all()


async def test_a_hook_that_another_thread_sits_in_does_not_stop_the_loop() -> None:
    async with ActorSystem() as system:
        ref = system.start(Scribe, [])
        go_on = threading.Event()
        future: TrioFuture[Any] = TrioFuture()
        in_the_hook = threading.Event()

        def hook(_timeout: float | None) -> Any:
            in_the_hook.set()
            go_on.wait(PATIENCE)
            return ref.ask(Note(""))

        future.set_get_hook(hook)
        twin = future.as_concurrent()
        assert in_the_hook.wait(PATIENCE)

        with pytest.raises(WouldDeadlock):
            future.get()
        go_on.set()
        await trio.to_thread.run_sync(twin.result)
        assert future.get() == 1


async def test_without_a_system_in_the_loop_get_may_wait() -> None:
    with ActorSystem.in_thread() as system:
        assert system.start(Scribe, []).ask(Do(lambda _scribe: "elsewhere")) == "elsewhere"


def test_a_thread_that_waits_is_woken_by_a_hook() -> None:
    future: TrioFuture[str] = TrioFuture()
    threading.Timer(0.02, future.set_get_hook, args=[lambda _timeout: "hooked"]).start()

    assert future.get(timeout=PATIENCE) == "hooked"
