"""A journal that keeps what is under way, for as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pykka import ActorRef

from runtime.calls import CallId
from runtime.contacts import FedRow
from runtime.journal.base import Condition, Durable, OutcomeRow, Record
from runtime.journal.entries import Ended, Intent, NotPlaced
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem, EngineActor, handles


class MemoryWriter(EngineActor):
    """Keep the intents whose calls are not over; forget them when they are."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: dict[CallId, Intent] = {}

    @handles(Record)
    def record(self, message: Record) -> None:
        """Take in an entry and answer at once."""
        entry = message.entry
        kind = type(entry)
        if kind is Intent:
            self.under_way[entry.call] = entry  # type: ignore[union-attr,assignment]  # just looked at
        elif kind is Ended or kind is NotPlaced:
            self.under_way.pop(entry.call, None)  # type: ignore[union-attr]  # just looked at
        ref = message.ref
        if ref is not None:
            then = message.then
            ref.tell(Durable(entry.call) if then is None else then)  # type: ignore[union-attr]  # without `then` it is of a call


class MemoryJournal:
    """The journal of virtual runs, and of applications that keep none."""

    keeps = False

    def recover(self) -> Recovered | None:
        """Return None: nothing is older than the process."""
        return None

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        """Start the writer; it never goes away."""
        return system.start(MemoryWriter)

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield nothing."""
        return iter(())

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        """Return nothing: what has ended is forgotten."""
        return ()

    def close(self) -> None:
        """Do nothing."""
