"""Measure what the kernel costs beside the actors' own work.

    python -m bench.kernel [--json] [--messages N]

Virtual time, one process, CPU seconds; each way in short turns, of which the
best counts. `threading` is the same tell and handle on pykka's ThreadingActor.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pykka
import trio

from runtime import ActorSystem, EngineActor, TrioActor, VirtualClock, handles

TURNS = 8


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


async def measure(count: int) -> dict[str, int]:
    """Return nanoseconds a piece for each way, the best of its turns."""
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
            "EngineActor: tell and handle": lambda: tell(counter),
            "EngineActor: tell and handle, one at a time": echo_back_and_forth,
            "EngineActor: start, tell, handle, stop": live_briefly,
            "timer: arm and fire": arm_and_fire,
            "timer: arm and cancel": arm_and_cancel,
            "TrioActor: tell and handle": lambda: tell(plain),
            "ThreadingActor: tell and handle": tell_thread,
        }
        best = {}
        for name, way in ways.items():
            seconds = []
            for _ in range(TURNS):
                before = time.process_time()
                await way()
                seconds.append(time.process_time() - before)
            best[name] = round(min(seconds) / count * 1e9)
        await trio.to_thread.run_sync(threaded.stop)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what the kernel costs.")
    parser.add_argument("--messages", type=int, default=10_000, help="how many each turn handles")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    best = trio.run(measure, options.messages)
    if options.json:
        print(json.dumps(best))
        return
    for name, nanoseconds in best.items():
        print(f"{name:<46}{nanoseconds:>8,} ns")


if __name__ == "__main__":
    main()
