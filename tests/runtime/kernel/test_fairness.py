"""A flood of messages, and many actors: nobody starves, nothing grows faster than the work."""

from __future__ import annotations

import gc
import time

import trio

from runtime import ActorSystem, RealClock, VirtualClock
from tests.runtime.kernel.scribes import Do, Note, Scribe

A_THOUSAND = 1000


async def longest_wait(system: ActorSystem, turns: int) -> int:
    """Return the most messages handled between two turns of a task that only waits for turns."""
    longest, before = 0, system.statistics().messages_handled
    for _ in range(turns):
        await trio.lowlevel.checkpoint()
        now = system.statistics().messages_handled
        longest, before = max(longest, now - before), now
    return longest


async def test_a_flood_of_messages_starves_no_task() -> None:
    def again(scribe: Scribe) -> None:
        scribe.actor_ref.tell(Do(again))

    async with ActorSystem(clock=RealClock()) as system:
        ref = system.start(Scribe, [])
        for _ in range(100):
            ref.tell(Do(again))

        assert 0 < await longest_wait(system, 60) <= A_THOUSAND
        ref.tell(Do(lambda scribe: scribe.stop()))


async def test_a_flood_of_timers_in_virtual_time_starves_no_task() -> None:
    def again() -> None:
        system.call_later(1, again)

    async with ActorSystem(clock=VirtualClock()) as system:
        again()

        assert 0 < await longest_wait(system, 60) <= A_THOUSAND


async def seconds_for_short_lives(count: int) -> float:
    """Start, tell and stop `count` actors that are all alive at once."""
    done = Do(lambda scribe: scribe.stop())
    async with ActorSystem(clock=VirtualClock()) as system:
        before = time.process_time()
        for _ in range(count):
            system.start(Scribe, []).tell(done)
        await system.until_idle()
        seconds = time.process_time() - before

        assert system.statistics().actors_alive == 0
        assert system.statistics().messages_handled == 2 * count
    return seconds


async def test_a_hundred_thousand_short_lives_cost_ten_times_ten_thousand() -> None:
    gc.collect()
    gc.disable()
    try:
        few = min([await seconds_for_short_lives(10_000) for _ in range(3)])
        many = min([await seconds_for_short_lives(100_000) for _ in range(2)])
    finally:
        gc.enable()

    # Linear is 10; anything that walks through the living would be near 100.
    assert many / few < 30


async def test_a_message_costs_the_same_however_many_wait() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, log)
        note = Note("")

        async def seconds(count: int) -> float:
            before = time.process_time()
            for _ in range(count):
                ref.tell(note)
            await system.until_idle()
            return time.process_time() - before

        gc.collect()
        gc.disable()
        try:
            few = min([await seconds(20_000) for _ in range(3)])
            many = min([await seconds(200_000) for _ in range(3)])
        finally:
            gc.enable()

    assert len(log) == 660_000
    # Linear is 10; anything that walks through what waits would be near 100.
    assert many / few < 40
