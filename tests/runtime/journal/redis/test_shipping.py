"""What is written to Redis after it has lost something, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from msgspec.structs import replace
from pykka import ActorRef

from runtime.calls import E164, CallId
from runtime.journal.base import Durable, Record
from runtime.journal.entries import AnyEntry, Ended, Intent
from runtime.journal.redis.kept import field_of
from runtime.journal.redis.orders import Name, Ship, Take, Written
from runtime.journal.redis.shipping import Shipping
from runtime.journal.redis.states import States
from runtime.journal.sqlite.gate import Answer
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of
from tests.runtime.journal.histories import NUMBERS, grant
from tests.runtime.journal.redis.daemons import end_of
from tests.runtime.journal.redis.virtual import MemoryLink, SharedMemory

NOBODY = cast(ActorRef[Any], object())


def intent_of(index: int) -> Intent:
    call, to = CallId(f"call{index}"), E164(f"+1415555200{index}")
    return Intent(call, index, to, 1000.0, 1010.0, 1100.0, grant(call, "spring", index, 1, NUMBERS[0]))


def end(intent: Intent) -> Ended:
    return replace(end_of(intent), index=intent.index)


class Journal:
    """A local journal and its way to Redis, without a thread."""

    def __init__(self) -> None:
        self.link = MemoryLink(SharedMemory())
        self.entries: list[AnyEntry] = []
        self.answers: list[Answer] = []
        self.shipping = Shipping(
            self.link,
            States(()),
            self._after,
            0,
            ("acme",),
            3.0,
            60.0,
            lambda: 0.0,
            self.answers.extend,
            lambda condition: None,
            lambda unit: None,
        )
        self.shipping.take_in(Name("run"))
        self.shipping.take_in(Take("acme", tuple(range(PARTITIONS)), lambda taken: None))

    def _after(self, position: int) -> Iterator[tuple[int, AnyEntry]]:
        return ((at, entry) for at, entry in enumerate(self.entries, 1) if at > position)

    def write(self, entry: AnyEntry) -> Written:
        """Write an entry locally."""
        self.entries.append(entry)
        return Written(Record(entry, NOBODY), len(self.entries))

    def ship(self, *written: Written) -> None:
        """Write to Redis what was written locally."""
        self.shipping.take_in(Ship(list(written)))
        self.shipping.go_on()

    def in_doubt(self, intent: Intent) -> str:
        """Name the call that Redis has in doubt of a contact."""
        field = field_of("spring", intent.grant.contact)
        (kept,) = self.link.look_up("acme", [(partition_of(intent.to), field)])
        return "" if kept is None else kept.call


def test_no_intent_is_taken_for_written_because_a_later_end_is_said_again() -> None:
    journal = Journal()
    first, second, third = map(intent_of, range(3))
    journal.ship(journal.write(first))
    older = journal.link.memory.copy()
    journal.ship(journal.write(second))
    journal.link.memory = older
    intended, ended = journal.write(third), journal.write(end(second))

    journal.ship(intended)

    assert journal.in_doubt(third) == third.call
    assert [answer.message for answer in journal.answers if answer.message.call == third.call] == [
        Durable(third.call, intended.seq)
    ]
    journal.ship(ended)
    assert journal.in_doubt(second) == ""
