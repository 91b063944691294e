"""An engine actor that writes down what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from runtime import EngineActor, handles


class Note(msgspec.Struct, frozen=True, gc=False):
    """To be written down."""

    text: str


class Do(msgspec.Struct, frozen=True, gc=False):
    """Something to be done inside the actor."""

    action: Callable[[Any], object]


class Scribe(EngineActor):
    """Writes notes into a list that it is given."""

    registered = False

    def __init__(self, log: list[str], name: str = "") -> None:
        super().__init__()
        self.log = log
        self.name = name

    @handles(Note)
    def write(self, message: Note) -> int:
        self.log.append(f"{self.name}{message.text}")
        return len(self.log)

    @handles(Do)
    def do(self, message: Do) -> object:
        return message.action(self)


class Mourner(Scribe):
    """Writes down its end."""

    def on_stop(self) -> None:
        self.log.append(f"{self.name} stopped")


def raiser(exception: BaseException) -> Do:
    """Give the order to raise it."""

    def action(_scribe: Scribe) -> None:
        raise exception

    return Do(action)
