"""Virtual time: when it jumps, when it doesn't, and that every run is the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import trio
import trio.testing

from runtime import ActorSystem, EngineActor, OutsideRequest, VirtualClock, handles
from tests.runtime.kernel.scribes import Do, Note, Scribe

ROOT = Path(__file__).parents[3]


async def test_an_hour_takes_no_time() -> None:
    clock = VirtualClock()
    with trio.fail_after(30):
        async with ActorSystem(clock=clock) as system:
            system.call_later(3600 * 24 * 365, lambda: None)
            await system.until_idle()

    assert clock.monotonic() == 3600 * 24 * 365


async def test_time_stands_still_while_a_message_is_queued() -> None:
    clock = VirtualClock()
    times: list[float] = []
    async with ActorSystem(clock=clock) as system:
        ref = system.start(Scribe, [])

        def again(scribe: Scribe) -> None:
            times.append(clock.monotonic())
            if len(times) < 3000:
                scribe.actor_ref.tell(Do(again))

        system.call_later(1, lambda: None)
        ref.tell(Do(again))
        await system.until_idle()

    assert set(times) == {0.0}
    assert clock.monotonic() == 1.0


async def test_time_stands_still_while_an_outside_request_is_held() -> None:
    clock = VirtualClock()
    fired: list[str] = []
    async with ActorSystem(clock=clock) as system:
        with system.outside_request() as request:
            system.call_later(1, fired.append, "timer")
            for _ in range(20):
                await trio.lowlevel.checkpoint()
            assert fired == []
            assert system.statistics().outside_requests == 1
        request.release()
        await system.until_idle()

    assert fired == ["timer"]


async def test_time_goes_on_only_after_the_last_request_is_released() -> None:
    clock = VirtualClock()
    async with ActorSystem(clock=clock) as system:
        first, second = system.outside_request(), system.outside_request()
        system.call_later(1, lambda: None)
        first.release()
        first.release()
        for _ in range(20):
            await trio.lowlevel.checkpoint()
        assert clock.monotonic() == 0.0
        second.release()
        await system.until_idle()

    assert clock.monotonic() == 1.0


async def test_messages_are_still_handled_while_time_is_held() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, log)
        with system.outside_request():
            assert await ref.ask(Note("handled"), block=False) == 1


async def test_who_awaits_an_answer_goes_on_at_its_instant() -> None:
    clock = VirtualClock()
    async with ActorSystem(clock=clock) as system:
        ref = system.start(Scribe, [])
        for instant in range(1, 20):
            system.call_later(instant, lambda: None)
        future = ref.ask(Do(lambda scribe: clock.monotonic()), block=False)

        assert await future == clock.monotonic() == 0.0


async def test_a_call_from_another_thread_is_made_before_time_jumps() -> None:
    clock = VirtualClock()
    times: list[float] = []
    async with ActorSystem(clock=clock) as system:
        system.call_soon_threadsafe(lambda: times.append(clock.monotonic()))
        system.call_later(1, lambda: None)
        await system.until_idle()

    assert times == [0.0]


async def test_until_idle_returns_at_once_where_nothing_is_to_do() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        with trio.fail_after(30):
            await system.until_idle()
            await system.until_idle()


async def test_the_system_tells_once_each_time_it_becomes_idle() -> None:
    clock = VirtualClock()
    told: list[float] = []
    async with ActorSystem(clock=clock) as system:
        system.on_idle(lambda: told.append(clock.monotonic()))
        ref = system.start(Scribe, [])
        ref.tell(Note("work"))
        system.call_later(5, lambda: None)
        await system.until_idle()
        await system.until_idle()
        assert told == [5.0]
        ref.tell(Note("more work"))
        await system.until_idle()

        assert told == [5.0, 5.0]


async def test_who_is_told_of_idleness_may_end_it() -> None:
    clock = VirtualClock()
    fired: list[str] = []
    async with ActorSystem(clock=clock) as system:

        def more() -> None:
            if clock.monotonic() < 3:
                system.call_later(1, fired.append, "more")

        system.on_idle(more)
        system.call_later(1, fired.append, "first")
        await system.until_idle()

    assert fired == ["first", "more", "more"]


async def test_until_idle_waits_for_what_was_begun_on_idle() -> None:
    order: list[str] = []

    async def answer(request: OutsideRequest) -> None:
        await trio.testing.wait_all_tasks_blocked()
        order.append("answered")
        request.release()

    def ask_outside() -> None:
        if not order:
            order.append("asked")
            system.spawn(answer, system.outside_request())

    async with ActorSystem(clock=VirtualClock()) as system:
        system.on_idle(ask_outside)
        system.call_later(1, lambda: None)
        await system.until_idle()
        order.append("idle")

    assert order == ["asked", "answered", "idle"]


async def test_an_outside_request_keeps_the_system_from_being_idle() -> None:
    told: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        system.on_idle(lambda: told.append("idle"))
        request = system.outside_request()
        for _ in range(20):
            await trio.lowlevel.checkpoint()
        assert told == []
        request.release()
        await system.until_idle()

    assert told == ["idle"]


class Gossip(EngineActor):
    """Tells what it hears to others, now and later, until it has heard enough."""

    registered = False

    def __init__(self, number: int, draw: random.Random, journal: list[str]) -> None:
        super().__init__()
        self.number = number
        self.draw = draw
        self.journal = journal
        self.others: list[EngineActor] = []

    @handles(Note)
    def hear(self, message: Note) -> None:
        self.journal.append(f"{self.now} {self.number} {message.text}")
        if len(self.journal) < 2000:
            self.draw.choice(self.others).actor_ref.tell(Note(f"{self.number}"))
            timers = [self.after(self.draw.choice([0.5, 1, 2]), Note("later")) for _ in range(2)]
            self.draw.choice(timers).cancel()


async def gossip(seed: int) -> list[str]:
    journal: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        draw = random.Random(seed)
        for number in range(20):
            system.start(Gossip, number, draw, journal)
        actors = [each for each in system.living.values() if isinstance(each, Gossip)]
        for actor in actors:
            actor.others = list(actors)
            actor.actor_ref.tell(Note("begin"))
        # Tasks that come and go, and whose turns trio shuffles, must not be seen in the journal.
        for _ in range(5):
            system.spawn(trio.sleep, 0)
        await system.until_idle()
    return journal


async def test_equal_seeds_live_through_the_same() -> None:
    first, second = await gossip(1), await gossip(1)

    assert len(first) >= 2000
    assert first == second
    assert first != await gossip(2)


def test_equal_seeds_live_through_the_same_in_other_processes() -> None:
    script = (
        "import trio, hashlib; from tests.runtime.kernel.test_virtual_time import gossip;"
        "print(hashlib.sha256('\\n'.join(trio.run(gossip, 1)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1
