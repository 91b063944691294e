"""Measure what the kernel costs beside the actors' own work.

    python -m bench.kernel [--messages N] [--rounds N] [--json] [--quick]

Virtual time, one process, CPU seconds; each way in short turns, of which the
median counts. Beside ours, the same tell and handle on pykka's ThreadingActor.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Any

import msgspec
import pykka
import trio

from bench.figures import Figures, Ratio, parser, present
from runtime import ActorSystem, EngineActor, TrioActor, VirtualClock, handles

TOLD = "EngineActor: tell and handle"
LIFE = "EngineActor: start, tell, handle, stop"
PLAIN = "TrioActor: tell and handle"
THREADED = "ThreadingActor: tell and handle"


class Add(msgspec.Struct, frozen=True, gc=False):
    """A message with next to nothing to do."""

    number: int


class Counter(EngineActor):
    """Adds up."""

    registered = False

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    @handles(Add)
    def add(self, message: Add) -> None:
        self.total += message.number


class Brief(EngineActor):
    """Lives for one message."""

    registered = False

    @handles(Add)
    def add(self, _message: Add) -> None:
        self.stop()


class Echo(EngineActor):
    """Sends to its other self until the number is used up."""

    registered = False
    other: pykka.ActorRef[Any]

    @handles(Add)
    def add(self, message: Add) -> None:
        if message.number:
            self.other.tell(Add(message.number - 1))


class Plain(TrioActor):
    """pykka's contract on trio."""

    def on_receive(self, message: Any) -> None:
        pass


class Threaded(pykka.ThreadingActor):
    """pykka's contract on a thread."""

    def on_receive(self, message: Any) -> None:
        pass


async def costs(count: int, rounds: int) -> dict[str, float]:
    """Return seconds a piece for each way, the median of its turns."""
    note = Add(1)
    async with ActorSystem(clock=VirtualClock()) as system:
        counter, plain, threaded = system.start(Counter), system.start(Plain), Threaded.start()
        echoes = system.start(Echo), system.start(Echo)
        for echo in system.living.values():
            if isinstance(echo, Echo):
                echo.other = echoes[0] if echo.actor_ref is echoes[1] else echoes[1]

        async def tell(ref: pykka.ActorRef[Any]) -> None:
            for _ in range(count):
                ref.tell(note)
            await system.until_idle()

        async def tell_thread() -> None:
            for _ in range(count):
                threaded.tell(note)
            await trio.to_thread.run_sync(threaded.ask, note)

        async def echo_back_and_forth() -> None:
            echoes[0].tell(Add(count))
            await system.until_idle()

        async def live_briefly() -> None:
            for number in range(count):
                system.start(Brief).tell(note)
                if number % 100 == 99:
                    await system.until_idle()

        async def arm_and_fire() -> None:
            for number in range(count):
                system.call_later(number % 100, len, "")
            await system.until_idle()

        async def arm_and_cancel() -> None:
            for number in range(count):
                system.call_later(number % 100, len, "").cancel()

        ways: dict[str, Callable[[], Awaitable[None]]] = {
            TOLD: lambda: tell(counter),
            "EngineActor: tell and handle, one at a time": echo_back_and_forth,
            LIFE: live_briefly,
            "timer: arm and fire": arm_and_fire,
            "timer: arm and cancel": arm_and_cancel,
            PLAIN: lambda: tell(plain),
            THREADED: tell_thread,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                before = time.process_time()
                await way()
                taken[name].append((time.process_time() - before) / count)
        await trio.to_thread.run_sync(threaded.stop)
    return {name: median(seconds) for name, seconds in taken.items()}


def measure(options: argparse.Namespace) -> Figures:
    count, rounds = (100, 1) if options.quick else (options.messages, options.rounds)
    seconds = trio.run(costs, count, rounds)
    return Figures(
        bench="kernel",
        settings={"messages": count, "rounds": rounds},
        rows=[{"way": name, "ns": round(each * 1e9)} for name, each in seconds.items()],
        ratios=[
            Ratio("ThreadingActor / EngineActor, tell and handle", seconds[THREADED] / seconds[TOLD]),
            Ratio("ThreadingActor / TrioActor, tell and handle", seconds[THREADED] / seconds[PLAIN]),
            Ratio("an actor's life / a message", seconds[LIFE] / seconds[TOLD]),
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("kernel", "What the kernel costs beside the actors' own work.", seeded=False)
    options.add_argument("--messages", type=int, default=10_000, help="how many each turn handles")
    options.add_argument("--rounds", type=int, default=9, help="turns of each way (default: 9)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
