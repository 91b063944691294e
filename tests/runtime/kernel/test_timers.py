"""Timers: when they fire, in which order, and what cancelling costs."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from runtime import ActorSystem, RealClock, Timer, VirtualClock
from runtime.errors import KernelError, NoActorSystem
from runtime.kernel.run_queue import Desk, Receiver
from runtime.kernel.timers import TimerHeap
from tests.runtime.kernel.scribes import Do, Note, Scribe


async def test_a_timer_fires_at_its_time() -> None:
    clock = VirtualClock()
    fired: list[float] = []
    async with ActorSystem(clock=clock) as system:
        system.call_later(90, lambda: fired.append(clock.monotonic()))
        system.call_later(0.5, lambda: fired.append(clock.monotonic()))
        await system.until_idle()

    assert fired == [0.5, 90.0]


async def test_timers_of_one_instant_fire_in_the_order_they_were_armed() -> None:
    fired: list[int] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        for number in range(50):
            system.call_later(1.0, fired.append, number)
        await system.until_idle()

    assert fired == list(range(50))


async def test_a_timer_of_the_past_is_due_at_once() -> None:
    clock = VirtualClock()
    fired: list[float] = []
    async with ActorSystem(clock=clock) as system:
        system.call_later(-5, lambda: fired.append(clock.monotonic()))
        await system.until_idle()

    assert fired == [0.0]


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf])
async def test_a_timer_needs_a_finite_number_of_seconds(seconds: float) -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        with pytest.raises(ValueError, match="finite number of seconds"):
            system.call_later(seconds, print)


async def test_a_cancelled_timer_does_not_fire_and_keeps_no_time_running() -> None:
    clock = VirtualClock()
    fired: list[str] = []
    async with ActorSystem(clock=clock) as system:
        timer = system.call_later(60, fired.append, "cancelled")
        system.call_later(1, fired.append, "not cancelled")
        timer.cancel()
        timer.cancel()
        await system.until_idle()

        assert repr(timer) == "<Timer over at 60.000000>"
        assert system.statistics().timers_pending == 0
    assert fired == ["not cancelled"]
    assert clock.monotonic() == 1.0


async def test_a_timer_can_be_cancelled_by_another_of_the_same_instant() -> None:
    fired: list[str] = []
    timers: list[Timer] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        system.call_later(1, lambda: timers[0].cancel())
        timers.append(system.call_later(1, fired.append, "second"))
        await system.until_idle()

        assert system.statistics().timers_pending == 0
    assert fired == []


async def test_cancelling_a_timer_that_has_fired_changes_nothing() -> None:
    fired: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        timer = system.call_later(1, fired.append, "fired")
        await system.until_idle()
        timer.cancel()
        system.call_later(1, fired.append, "fired again")
        await system.until_idle()

        assert system.statistics().timers_pending == 0
    assert fired == ["fired", "fired again"]


async def test_after_tells_the_actor_itself() -> None:
    log: list[str] = []
    clock = VirtualClock()
    async with ActorSystem(clock=clock) as system:
        system.start(Scribe, log).tell(Do(lambda scribe: scribe.after(2.5, Note("later"))))
        await system.until_idle()

    assert log == ["later"]
    assert clock.monotonic() == 2.5


async def test_an_actors_timers_end_with_it() -> None:
    log: list[str] = []
    clock = VirtualClock()
    async with ActorSystem(clock=clock) as system:
        ref = system.start(Scribe, log)
        ref.tell(Do(lambda scribe: (scribe.after(60, Note("never")), scribe.stop())))
        await system.until_idle()

        assert system.statistics().timers_pending == 0
    assert log == []
    assert clock.monotonic() == 0.0


async def test_background_timers_fire_on_the_way_but_keep_no_time_running() -> None:
    clock = VirtualClock()
    ticks: list[float] = []

    def tick() -> None:
        ticks.append(clock.monotonic())
        system.call_later(10, tick, background=True)

    async with ActorSystem(clock=clock) as system:
        system.call_later(10, tick, background=True)
        system.call_later(35, lambda: None)
        await system.until_idle()

    assert ticks == [10.0, 20.0, 30.0]
    assert clock.monotonic() == 35.0


async def test_an_exception_in_a_callback_is_logged_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fired: list[str] = []

    def fail() -> None:
        raise RuntimeError("in a callback")

    async with ActorSystem(clock=VirtualClock()) as system:
        system.call_later(1, fail)
        system.call_later(2, fired.append, "next")
        await system.until_idle()

    assert fired == ["next"]
    assert "in a callback" in caplog.text


async def test_real_timers_fire_in_real_time_and_wake_the_loop() -> None:
    clock = RealClock()
    fired = trio.Event()
    log: list[str] = []
    async with ActorSystem(clock=clock) as system:
        await system.until_idle()
        before = clock.monotonic()
        system.call_later(3600, log.append, "in an hour")
        system.call_later(0.02, fired.set)
        await fired.wait()

    assert clock.monotonic() - before >= 0.02
    assert log == []


async def test_timers_belong_to_the_loops_thread() -> None:
    async with ActorSystem() as system:
        with pytest.raises(KernelError, match=r"call_soon_threadsafe\(system.call_later"):
            await trio.to_thread.run_sync(system.call_later, 1, print)
    with pytest.raises(NoActorSystem, match="can't arm a timer: this ActorSystem is closed"):
        system.call_later(1, print)
    with pytest.raises(NoActorSystem, match="has not been entered"):
        ActorSystem().call_later(1, print)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), max_size=300))
def test_the_heap_fires_what_is_not_cancelled_in_order(
    timers: list[tuple[int, bool, bool]],
) -> None:
    heap, desk = TimerHeap(), Desk()
    queue: deque[tuple[Receiver, Any]] = deque()
    armed = [heap.arm(0.0, seconds, desk, None, background) for seconds, background, _ in timers]
    for timer, (_, _, cancelled) in zip(armed, timers, strict=True):
        if cancelled:
            timer.cancel()
    kept = [(timer, each) for timer, each in zip(armed, timers, strict=True) if not each[2]]

    assert heap.pending == len(kept)
    assert heap.foreground == sum(not background for _, (_, background, _) in kept)
    assert heap.next_deadline() == min((timer.deadline for timer, _ in kept), default=None)
    heap.fire(20.0, queue)

    assert [receiver for receiver, _ in queue] == [
        timer for timer, _ in sorted(kept, key=lambda pair: pair[0].deadline)
    ]
    assert (heap.pending, heap.foreground, len(heap)) == (0, 0, 0)


def test_cancelled_timers_take_no_more_room_than_pending_ones() -> None:
    heap, desk = TimerHeap(), Desk()
    for _ in range(100):
        heap.arm(0.0, 1e6, desk, None, False)
    longest = 0
    for number in range(20_000):
        heap.arm(0.0, float(number), desk, None, False).cancel()
        longest = max(longest, len(heap))

    assert longest <= 2 * 100 + 2


def test_the_next_timers_are_fired_together_and_cancelled_ones_passed_over() -> None:
    heap, desk = TimerHeap(), Desk()
    queue: deque[tuple[Receiver, Any]] = deque()
    first = heap.arm(0.0, 1.0, desk, None, False)
    together = [heap.arm(0.0, 2.0, desk, None, False) for _ in range(3)]
    heap.arm(0.0, 3.0, desk, None, False)
    first.cancel()

    deadline = heap.fire_next(queue)

    assert deadline == 2.0
    assert [receiver for receiver, _ in queue] == together
    assert heap.next_deadline() == 3.0
