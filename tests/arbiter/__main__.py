"""A carrier in a process of its own, with an arbiter in it: calls stay up whatever becomes of the engines.

    python -m tests.arbiter SOCKET TERMS

TERMS is the JSON of `Terms`. Engines speak JSON lines over a Unix socket. A
line on standard input is answered with the report so far; its end ends all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from tests.arbiter.arbiter import Arbiter, Limits, Request

Message = dict[str, Any]
HANG_UP_SECONDS = 0.01
GRACE_SECONDS = 1.0
"""After the longest time that a call may take, the carrier ends it by itself."""


class Terms(msgspec.Struct, frozen=True):
    """What the arbiter judges by, and what becomes of its calls; pairs are from, to in seconds."""

    limits: Limits
    seed: int
    answer_rate: float = 0.4
    ring: tuple[float, float] = (0.02, 0.3)
    talk: tuple[float, float] = (0.05, 0.5)
    long_rate: float = 0.0
    """So many of the answered calls talk for `long` instead."""
    long: tuple[float, float] = (8.0, 19.0)
    tells: bool = True
    """Whether it says of calls of an earlier life what became of them."""


class Exchange:
    """Calls that ring, are answered and end, as a call's own draw has it."""

    def __init__(self, terms: Terms) -> None:
        self.arbiter = Arbiter(terms.limits)
        self._terms = terms
        self._writers: dict[str, asyncio.StreamWriter] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._said_last: dict[str, Message] = {}

    def place(self, writer: asyncio.StreamWriter, request: Request) -> None:
        call = request.call
        refused = self.arbiter.place(request, time.time())
        if refused is not None:
            outcome = "canceled" if refused == "not_after" else "rejected"
            self._tell(writer, {"call": call, "progress": "ended", "outcome": outcome, "cause": refused})
            return
        self._writers[call] = writer
        draw = Random(f"{self._terms.seed}:{call}")
        answered = draw.random() < self._terms.answer_rate
        ring = draw.uniform(*self._terms.ring)
        if ring > request.max_ring_seconds + GRACE_SECONDS:
            answered, ring = False, request.max_ring_seconds + GRACE_SECONDS
        self._say(call, {"call": call, "progress": "ringing"})
        if answered:
            lasts = self._terms.long if draw.random() < self._terms.long_rate else self._terms.talk
            talk = min(draw.uniform(*lasts), request.max_call_seconds + GRACE_SECONDS)
            self._later(call, ring, lambda: self._answer(call, talk))
        else:
            self._later(call, ring, lambda: self._end(call, "no_answer"))

    def hang_up(self, call: str) -> None:
        if call in self.arbiter.up:
            self._later(call, HANG_UP_SECONDS, lambda: self._end(call, "canceled"))

    def adopt(self, writer: asyncio.StreamWriter, call: str) -> None:
        """Tell of an earlier life's call from here on; of one that is over, that it is."""
        if not self._terms.tells:
            self._tell(writer, {"call": call, "progress": "unknown"})
        elif call in self.arbiter.up:
            self._writers[call] = writer
            self._tell(writer, self._said_last[call])
        else:
            self._tell(writer, {"call": call, "progress": "ended", "outcome": "unknown"})

    def forget(self, writer: asyncio.StreamWriter) -> None:
        for call in [call for call, other in self._writers.items() if other is writer]:
            del self._writers[call]

    def _answer(self, call: str, talk: float) -> None:
        self._say(call, {"call": call, "progress": "answered"})
        self._later(call, talk, lambda: self._end(call, "answered"))

    def _end(self, call: str, outcome: str) -> None:
        del self._timers[call]
        self.arbiter.end(call, time.time())
        self._say(call, {"call": call, "progress": "ended", "outcome": outcome})
        self._writers.pop(call, None)
        del self._said_last[call]

    def _later(self, call: str, seconds: float, do: Callable[[], None]) -> None:
        if call in self._timers:
            self._timers[call].cancel()
        self._timers[call] = asyncio.get_running_loop().call_later(seconds, do)

    def _say(self, call: str, message: Message) -> None:
        self._said_last[call] = message
        if call in self._writers:
            self._tell(self._writers[call], message)

    def _tell(self, writer: asyncio.StreamWriter, message: Message) -> None:
        writer.write(json.dumps(message).encode() + b"\n")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                message = json.loads(line)
                match message.pop("do"):
                    case "place":
                        self.place(writer, Request(**message))
                    case "hang_up":
                        self.hang_up(message["call"])
                    case "adopt":
                        self.adopt(writer, message["call"])
        except (ConnectionError, ValueError):
            pass  # the engine was killed; half a line may be left
        finally:
            self.forget(writer)
            writer.close()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(socket: str, terms: str) -> None:
    exchange = Exchange(msgspec.json.decode(terms, type=Terms))
    server = await asyncio.start_unix_server(exchange.serve, socket)
    loop = asyncio.get_running_loop()
    say("ready")
    while await loop.run_in_executor(None, sys.stdin.readline):
        say(json.dumps(exchange.arbiter.report()))
    server.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
