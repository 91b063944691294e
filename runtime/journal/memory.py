"""The journal of runs that nothing outlives: it keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pykka import ActorRef

from runtime.contacts import FedRow
from runtime.journal.base import Condition, Durable, OutcomeRow, Record
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem, EngineActor, handles


class MemoryWriter(EngineActor):
    """Answer as if all were written, and keep nothing: nobody reads it in this process's life."""

    @handles(Record)
    def record(self, message: Record) -> None:
        """Answer at once."""
        ref = message.ref
        if ref is not None:
            then = message.then
            ref.tell(Durable(message.entry.call) if then is None else then)  # type: ignore[union-attr]  # without `then` it is of a call


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
