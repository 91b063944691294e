"""A carrier in a process of its own: its calls stay up whatever becomes of the engine.

    python -m tests.kill.exchange SOCKET LIMITS SEED

It speaks JSON lines over a Unix socket and counts, for each connection,
tenant, number, contact and phone, how many calls are up. What it has seen is
written to standard output when it is told to stop.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from random import Random
from typing import Any

Message = dict[str, Any]


class Exchange:
    """The calls that are up, and what was wrong about them."""

    def __init__(self, limits: dict[str, int], seed: str) -> None:
        self.limits = limits
        self.seed = seed
        self.up: dict[str, Message] = {}
        self.in_use: Counter[str] = Counter()
        self.peaks: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self.calls: list[str] = []
        self.wrong: list[str] = []
        self.survived = 0
        self._over: dict[str, asyncio.TimerHandle] = {}
        self._ends: dict[str, Message] = {}
        self._listeners: set[asyncio.StreamWriter] = set()

    # Calls

    def place(self, message: Message) -> None:
        call = message["call"]
        if call in self.up or call in self._ends:
            self.wrong.append(f"{call} was placed twice")
            return
        self.up[call] = message
        self.calls.append(call)
        self.tried[message["contact"]] += 1
        for key in _keys(message):
            self.in_use[key] += 1
            self.peaks[key] = max(self.peaks[key], self.in_use[key])
            limit = 1 if key.startswith(("contact", "phone")) else self.limits.get(key, 1_000_000)
            if self.in_use[key] > limit:
                self.wrong.append(f"{self.in_use[key]} calls of {key}, allowed are {limit}")
        draw = Random(f"{self.seed}:{call}")
        answered = draw.random() < 0.4
        ring = draw.uniform(0.02, 0.3)
        self._later(call, ring, self._answer if answered else self._end, "no_answer")
        self.tell({"call": call, "progress": "ringing"})

    def _answer(self, call: str, _outcome: str) -> None:
        self.tell({"call": call, "progress": "answered"})
        draw = Random(f"{self.seed}:{call}:talk")
        self._later(call, draw.choice((0.05, 0.2, 0.5, 2.5)), self._end, "answered")

    def hang_up(self, call: str) -> None:
        if call in self.up:
            self._later(call, 0.01, self._end, "canceled")

    def _end(self, call: str, outcome: str) -> None:
        message = self.up.pop(call)
        for key in _keys(message):
            self.in_use[key] -= 1
        self._ends[call] = {"call": call, "progress": "ended", "outcome": outcome}
        self.tell(self._ends[call])

    def adopt(self, call: str) -> None:
        """Say of a call of an earlier life that it is over; of one that is up, later."""
        if call in self.up:
            self.survived += 1
        else:
            gone = {"call": call, "progress": "ended", "outcome": "unknown"}
            self.tell(self._ends.get(call, gone))

    def _later(self, call: str, seconds: float, do: Any, outcome: str) -> None:
        if call in self._over:
            self._over[call].cancel()
        self._over[call] = asyncio.get_running_loop().call_later(seconds, do, call, outcome)

    # The line

    def tell(self, message: Message) -> None:
        for listener in self._listeners:
            listener.write(json.dumps(message).encode() + b"\n")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listeners.add(writer)
        try:
            while line := await reader.readline():
                message = json.loads(line)
                match message.pop("do"):
                    case "place":
                        self.place(message)
                    case "hang_up":
                        self.hang_up(message["call"])
                    case "adopt":
                        self.adopt(message["call"])
        except (ConnectionError, ValueError):
            pass  # the engine was killed; half a line may be left
        finally:
            self._listeners.discard(writer)

    def report(self) -> Message:
        return {
            "calls": self.calls,
            "tried": dict(self.tried),
            "peaks": dict(self.peaks),
            "wrong": self.wrong,
            "up": sorted(self.up),
            "survived": self.survived,
        }


def _keys(message: Message) -> list[str]:
    return [
        f"connection {message['connection']}",
        f"tenant {message['tenant']}",
        f"number {message['number']}",
        f"contact {message['contact']}",
        f"phone {message['to']}",
    ]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(socket: str, limits: str, seed: str) -> None:
    exchange = Exchange(json.loads(limits), seed)
    server = await asyncio.start_unix_server(exchange.serve, socket)
    async with server:
        say("ready")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    say(json.dumps(exchange.report()))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
