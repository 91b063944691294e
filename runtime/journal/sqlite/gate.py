"""The journal's address on the loop: it gathers what is recorded in a turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pykka import ActorRef

from runtime.journal.base import Record
from runtime.kernel import EngineActor, handles


class Write(msgspec.Struct, frozen=True, gc=False):
    """Write these records, in their order."""

    records: list[Record]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """Tell `ref` this."""

    ref: ActorRef[Any]
    message: Any


class Answers(msgspec.Struct, frozen=True, gc=False):
    """What is to be told now that so many records have been dealt with."""

    answers: Sequence[Answer]
    records: int


class Flush(msgspec.Struct, frozen=True, gc=False):
    """Hand on what has been gathered."""


_FLUSH = Flush()


class RecordGate(EngineActor):
    """Hand records to the writer's thread, many at once, and its answers back.

    Crossing to another thread costs more than a message does: a turn of the
    loop crosses once. While a record is under way the system isn't idle, and
    virtual time waits.
    """

    def __init__(self, writer: ActorRef[Any]) -> None:
        super().__init__()
        self._writer = writer
        self._gathered: list[Record] = []
        self._under_way = 0
        self._hold: Any = None

    @handles(Record)
    def record(self, message: Record) -> None:
        """Gather a record; those that come in the same turn go with it."""
        gathered = self._gathered
        if not gathered:
            self._actor_ref.tell(_FLUSH)
        gathered.append(message)

    @handles(Flush)
    def flush(self, message: Flush) -> None:
        """Hand on what has been gathered."""
        records, self._gathered = self._gathered, []
        self._under_way += len(records)
        if self._hold is None:
            self._hold = self.system.outside_request()
        self._writer.tell(Write(records))

    @handles(Answers)
    def answer(self, message: Answers) -> None:
        """Tell everybody what has become of their records."""
        for answer in message.answers:
            answer.ref.tell(answer.message)
        self._under_way -= message.records
        if not self._under_way and self._hold is not None:
            self._hold.release()
            self._hold = None

    def on_stop(self) -> None:
        if self._gathered:
            self._writer.tell(Write(self._gathered))
        if self._hold is not None:
            self._hold.release()
