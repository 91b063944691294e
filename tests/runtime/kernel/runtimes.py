"""The two runtimes that keep pykka's contract, as a record of their parts."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import pykka

from runtime import ActorSystem, TrioActor, TrioFuture


@dataclass(frozen=True)
class Runtime:
    """What a test of the contract needs of a runtime."""

    name: str
    actor: type[pykka.Actor]
    future: type[pykka.Future[Any]]

    def running(self) -> AbstractContextManager[object]:
        """Have whatever must run before actors can."""
        return ActorSystem.in_thread() if self.actor is TrioActor else nullcontext()


RUNTIMES = [
    Runtime("threads", pykka.ThreadingActor, pykka.ThreadingFuture),
    Runtime("trio", TrioActor, TrioFuture),
]

PATIENCE = 60.0
"""Seconds to wait for what happens in another thread; only a failing test waits as long."""


class Diary:
    """What an actor lived through, written in one thread and read in another."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._changed = threading.Condition()

    def write(self, entry: str) -> None:
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()

    def until(self, entry: str) -> list[str]:
        """Wait for an entry and return all that stand by then."""
        with self._changed:
            assert self._changed.wait_for(lambda: entry in self._entries, PATIENCE), self._entries
            return list(self._entries)

    def __contains__(self, entry: str) -> bool:
        with self._changed:
            return entry in self._entries


class Witness(pykka.Actor):
    """Writes its life into a diary; to be mixed with a runtime's actor."""

    def __init__(self, diary: Diary, greeting: str = "") -> None:
        super().__init__()
        self.diary = diary
        self.greeting = greeting

    def on_start(self) -> None:
        known = pykka.ActorRegistry.get_by_urn(self.actor_urn) is not None
        self.diary.write("start, registered" if known else "start, unknown")

    def on_stop(self) -> None:
        self.diary.write("stop")

    def on_failure(self, exception_type: Any, exception_value: Any, traceback: Any) -> None:
        self.diary.write(f"failure: {exception_value!r}")

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        if callable(message):
            return message(self)
        self.diary.write(f"got {message}")
        return f"{message} indeed"


def witness(runtime: Runtime, **hooks: Any) -> Any:
    """Make a Witness of a runtime; `hooks` replace its methods."""
    return type("Witnessing", (Witness, runtime.actor), hooks)
