"""The journal's address on the loop: to the local journal first, then to Redis."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from pykka import ActorRef

from runtime.calls import CallId
from runtime.journal.base import Condition, Durable, Failed, JournalAway, Record
from runtime.journal.entries import Ended, Finished, Intent, NotPlaced, Started
from runtime.journal.redis.orders import Name, Ship, Written
from runtime.journal.sqlite.gate import Answer
from runtime.kernel import EngineActor, handles

ELSEWHERE = "partition_held_elsewhere"
"""Why an intent is void that Redis has not taken."""


class Answers(msgspec.Struct, frozen=True, gc=False):
    """Tell these: intents that are in Redis (`Durable`), or never will be (`Failed`)."""

    answers: list[Answer]


class Call(msgspec.Struct, frozen=True):
    """Do this on the loop, in the order in which it was said among the answers."""

    do: Callable[[], None]


class Flush(msgspec.Struct, frozen=True, gc=False):
    """Hand on what has been gathered."""


_FLUSH = Flush()


class SharedGate(EngineActor):
    """Have everything written locally, and what others must know to Redis.

    An intent is answered when both have it, an end when the local journal
    has it: Redis gets it as soon as it can be reached.
    """

    def __init__(self, local: ActorRef[Any], writer: ActorRef[Any]) -> None:
        super().__init__()
        self._local = local
        self._writer = writer
        self._intended: dict[CallId, Record] = {}
        self._after_intent: dict[CallId, list[Answer]] = {}
        """What is answered of calls whose intents Redis has yet to take."""
        self._gathered: list[Written] = []

    @handles(Record)
    def record(self, message: Record) -> None:
        """Have an entry written locally."""
        entry = message.entry
        kind = type(entry)
        if kind is Intent:
            self._intended[entry.call] = message  # type: ignore[union-attr]  # just looked at
        elif kind is not Ended and kind is not NotPlaced and kind is not Finished:
            if kind is Started:
                self._writer.tell(Name(entry.run))  # type: ignore[union-attr]  # just looked at
            self._local.tell(message)
            return
        self._local.tell(Record(entry, self._actor_ref, partial(Written, message)))

    @handles(Written)
    def written(self, message: Written) -> None:
        """Answer all but intents; gather what Redis is told."""
        record = message.record
        entry = record.entry
        if type(entry) is Intent:
            self._intended.pop(entry.call, None)
            self._after_intent[entry.call] = []
        elif record.ref is not None:
            self._answer_end(record, message.seq)
        if not self._gathered:
            self._actor_ref.tell(_FLUSH)
        self._gathered.append(message)

    def _answer_end(self, record: Record, seq: int) -> None:
        entry, then = record.entry, record.then
        answer = Durable(entry.call, seq) if then is None else then  # type: ignore[union-attr]  # without `then` it is of a call
        assert record.ref is not None
        earlier = None if isinstance(entry, Finished) else self._after_intent.get(entry.call)  # type: ignore[union-attr]  # all others are of a call
        if earlier is None:
            record.ref.tell(answer)
        else:
            earlier.append(Answer(record.ref, answer))

    @handles(Failed)
    def failed(self, message: Failed) -> None:
        """Pass on that an intent could not be written locally."""
        record = self._intended.pop(message.call, None)
        if record is not None and record.ref is not None:
            record.ref.tell(message)

    @handles(Flush)
    def flush(self, message: Flush) -> None:
        """Hand on what has been gathered."""
        gathered, self._gathered = self._gathered, []
        self._writer.tell(Ship(gathered))

    @handles(Answers)
    def answer(self, message: Answers) -> None:
        """Tell everybody what has become of their intents."""
        for answer in message.answers:
            call = answer.message.call
            if type(answer.message) is Failed:
                self._local.tell(Record(NotPlaced(call, ELSEWHERE, self.now), None))
            answer.ref.tell(answer.message)
            for later in self._after_intent.pop(call, ()):
                later.ref.tell(later.message)

    @handles(Call)
    def call(self, message: Call) -> None:
        """Do what the writer wants done on the loop."""
        message.do()

    def on_stop(self) -> None:
        if self._gathered:
            self._writer.tell(Ship(self._gathered))


class Conditions:
    """Two journals' conditions as one: back when both are."""

    def __init__(self, tell: Callable[[Condition], None]) -> None:
        self._tell = tell
        self._away: dict[str, str] = {}

    def of(self, which: str) -> Callable[[Condition], None]:
        """Give what is told of one of them, on the loop."""
        return partial(self._note, which)

    def _note(self, which: str, condition: Condition) -> None:
        if isinstance(condition, JournalAway):
            self._away[which] = condition.reason
            self._tell(condition)
        elif self._away.pop(which, None) is not None and not self._away:
            self._tell(condition)
