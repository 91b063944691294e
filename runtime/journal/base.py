"""What a journal promises, and the messages that it is spoken to in.

A journal's writer is an actor. It gets a `Record` with an entry and answers
when the entry would survive a crash; nobody acts on an entry before that.
Records become durable in the order in which they were sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import msgspec
from pykka import ActorRef

from runtime.calls import CallId
from runtime.contacts import FedRow
from runtime.journal.entries import AnyEntry, Ended
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem


class Record(msgspec.Struct, frozen=True, gc=False):
    """Write an entry; when it is durable tell `ref`.

    `ref` is told `then`, or what it gives for the entry's position where it can
    be called, or without one `Durable` of the entry's call. An `Intent` that
    can't be written is answered by `Failed`. Any other entry is kept and tried
    again until it is durable, however long that takes.
    """

    entry: AnyEntry
    ref: ActorRef[Any] | None
    then: Any = None


class Durable(msgspec.Struct, frozen=True, gc=False):
    """The last entry about this call would survive a crash.

    `seq` is its position; None where the journal doesn't outlive its process.
    """

    call: CallId
    seq: int | None = None


class Failed(msgspec.Struct, frozen=True, gc=False):
    """The call's intent is certainly not written, and never will be.

    As long as nobody can tell whether it was written it gets no answer.
    """

    call: CallId


class JournalAway(msgspec.Struct, frozen=True, gc=False):
    """The journal can't be written: stop dialing."""

    reason: str


class JournalBack(msgspec.Struct, frozen=True, gc=False):
    """The journal has written, synced and read back a probe: dial on."""

    reason: str


Condition: TypeAlias = JournalAway | JournalBack


class OutcomeRow(msgspec.Struct, frozen=True, gc=False):
    """An ended call and its position in the journal."""

    position: int
    ended: Ended


class Journal(Protocol):
    """Where an engine's state survives.

    An engine calls `recover`, `start`, then `rows` of each campaign, all on
    its loop; `outcomes` at any time; `close` at last.
    """

    keeps: bool
    """Whether anything outlives the process; if not, only calls are recorded."""

    def recover(self) -> Recovered | None:
        """Return the state that is kept; None where the journal is new."""
        ...

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        """Start the writer; `tell` is called on the loop as the journal goes away and comes back."""
        ...

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows that the campaign had taken when the journal was opened."""
        ...

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        """Return the next ended calls after a position, in their order."""
        ...

    def close(self) -> None:
        """Let go of what the journal holds; the writer has stopped."""
        ...


@runtime_checkable
class LocalJournal(Journal, Protocol):
    """A journal that outlives its process, and can be read on from any position."""

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        """Yield the entries after a position with theirs, as they are now."""
        ...
