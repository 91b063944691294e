"""A journal in a file, as an engine takes it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from pykka import ActorRef

from runtime.calls import CallId
from runtime.contacts import FedRow
from runtime.errors import JournalDamaged, JournalError
from runtime.journal.base import Condition, OutcomeRow
from runtime.journal.entries import AnyEntry, Ended, Intent, Rows
from runtime.journal.fold import Fold
from runtime.journal.recovered import Recovered
from runtime.journal.sqlite.boot import boot_id, since_boot
from runtime.journal.sqlite.file import Chain, JournalFile, entries_of, open_to_read, read_batches
from runtime.journal.sqlite.gate import Answers, RecordGate
from runtime.journal.sqlite.owner import Owner, witnessed
from runtime.journal.sqlite.space import Space
from runtime.journal.sqlite.writer import SqliteWriter, Tally
from runtime.kernel import ActorSystem

SIDE_FILES = ("-wal", "-shm", "-owner", "-ballast")


class SqliteJournal:
    """Own a journal file from here to `close`.

    Every entry is read and checked. Raises JournalInUse where another process
    owns it, JournalDamaged where entries are missing or were altered
    (`accept_loss` cuts them off and goes on), JournalError where it can't be
    opened or written.
    """

    keeps = True
    writer_class: ClassVar[type[SqliteWriter]] = SqliteWriter

    def __init__(self, path: str | os.PathLike[str], *, accept_loss: bool = False) -> None:
        self.path = Path(path)
        self._writer: ActorRef[Any] | None = None
        self._reader: sqlite3.Connection | None = None
        self._tally = Tally()
        self._booted: dict[CallId, float] = {}
        self._owner = Owner(self.path)
        try:
            self._recovered = self._open(accept_loss=accept_loss)
        except BaseException:
            self._owner.close()
            raise

    def _open(self, *, accept_loss: bool) -> Recovered | None:
        gone = not self.path.exists()
        if gone and self._owner.seen[0] and not accept_loss:
            raise JournalDamaged(
                str(self.path), "the journal is gone, but not what stood beside it; --fresh begins a new one"
            )
        try:
            self._file = JournalFile(self.path)
            self._space = Space(self.path)
            return self._read(accept_loss=accept_loss)
        except sqlite3.OperationalError as error:
            raise JournalError(str(self.path), f"it can't be used: {error}") from error
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(str(self.path), f"it can't be read: {error}") from error
        except OSError as error:
            raise JournalError(str(self.path), f"it can't be used: {error.strerror}") from error

    def _read(self, *, accept_loss: bool) -> Recovered | None:
        fold, chain = Fold(), Chain(self.path)
        position, digest = self._owner.seen
        boot = boot_id()
        try:
            for batch in self._file.batches():
                chain.check(batch)
                if batch.last == position and batch.sum.hex() != digest:
                    raise JournalDamaged(str(self.path), f"the entries up to {position} are others now")
                for entry in entries_of(batch, self.path):
                    fold.add(entry)
                    if type(entry) is Intent and batch.booted is not None and batch.boot == boot:
                        self._booted[entry.call] = batch.booted
                if len(self._booted) > 2 * len(fold.in_doubt) + 1000:
                    self._booted = {call: at for call, at in self._booted.items() if call in fold.in_doubt}
            if chain.last < position:
                raise JournalDamaged(
                    str(self.path),
                    f"it ends with entry {chain.last}, and had {position}: its end was cut off",
                )
        except JournalDamaged:
            if not accept_loss:
                raise
            self._file.cut(chain.last)
        self._file.last, self._file.sum = chain.last, chain.sum
        self._owner.witness(chain.last, chain.sum.hex())
        recovered = fold.recovered()
        if recovered is None:
            return None
        return msgspec.structs.replace(recovered, seconds_left=self._seconds_left(recovered))

    def _seconds_left(self, recovered: Recovered) -> dict[CallId, float]:
        """Say how long calls may last yet whose machine was not booted since."""
        now = since_boot()
        if now is None:
            return {}
        left: dict[CallId, float] = {}
        for intent in recovered.in_doubt:
            booted = self._booted.get(intent.call)
            if booted is not None:
                left[intent.call] = max(0.0, intent.over_by - intent.at - (now - booted))
        return left

    # The protocol

    def recover(self) -> Recovered | None:
        """Return the state that was read when the journal was opened."""
        return self._recovered

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        """Start the writer's thread, and its address on the loop."""
        gate: list[ActorRef[Any]] = []

        def answer(answers: Answers) -> None:
            gate[0].tell(answers)

        def condition(said: Condition) -> None:
            system.call_soon_threadsafe(tell, said)

        self._writer = self.writer_class.start(
            self._file, self._owner, self._space, self._tally, answer, condition
        )
        gate.append(system.start(RecordGate, self._writer))
        return gate[0]

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows that the campaign had taken when the journal was opened."""
        until = 0 if self._recovered is None else self._recovered.position
        connection = open_to_read(self.path)
        try:
            for batch in read_batches(connection, self.path, until=until, with_rows=True):
                for entry in entries_of(batch, self.path):
                    if type(entry) is Rows and entry.campaign == campaign:
                        yield from entry.rows
        finally:
            connection.close()

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        """Yield the entries after a position with theirs, as they are now."""
        connection = open_to_read(self.path)
        try:
            yield from numbered_entries(connection, self.path, after)
        finally:
            connection.close()

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        """Return the next ended calls after a position."""
        if self._reader is None:
            self._reader = open_to_read(self.path)
        return outcomes_of(self._reader, self.path, after, limit)

    @property
    def group_size(self) -> float:
        """Give how many records a commit had on average."""
        return self._tally.records / max(1, self._tally.batches)

    def close(self) -> None:
        """Stop the writer when it has written what it was sent, and let the file go."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._file.close()
        self._space.drop()
        self._owner.close()


def outcomes_of(connection: sqlite3.Connection, path: Path, after: int, limit: int) -> list[OutcomeRow]:
    """Read the next ended calls after a position, in their order."""
    found: list[OutcomeRow] = []
    for seq, entry in numbered_entries(connection, path, after):
        if type(entry) is Ended:
            found.append(OutcomeRow(seq, entry))
            if len(found) >= limit:
                break
    return found


def numbered_entries(
    connection: sqlite3.Connection, path: Path, after: int = 0
) -> Iterator[tuple[int, AnyEntry]]:
    """Yield the entries after a position with theirs."""
    for batch in read_batches(connection, path, after):
        for seq, entry in enumerate(entries_of(batch, path), start=batch.first):
            if seq > after:
                yield seq, entry


def verify(path: Path) -> tuple[int, int, Recovered | None]:
    """Check a whole journal; returns its batches, its entries and the state after them.

    Raises JournalDamaged where entries are missing or were altered.
    """
    fold, chain, count = Fold(), Chain(path), 0
    connection = open_to_read(path)
    position, digest = witnessed(path)
    try:
        for batch in read_batches(connection, path):
            chain.check(batch)
            if batch.last == position and batch.sum.hex() != digest:
                raise JournalDamaged(str(path), f"the entries up to {position} are others now")
            count += 1
            for entry in entries_of(batch, path):
                fold.add(entry)
    finally:
        connection.close()
    if chain.last < position:
        raise JournalDamaged(str(path), _cut(chain.last, position))
    return count, chain.last, fold.recovered()


def set_aside(path: Path, name: str) -> Path | None:
    """Put a journal aside under a new name, its log emptied into it first.

    Returns where it is now; None where there was none. Raises JournalInUse.
    """
    owner = Owner(path)
    try:
        if not path.exists():
            for suffix in SIDE_FILES:
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            return None
        with suppress(sqlite3.Error):
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        target = Path(f"{path}.{name}")
        path.rename(target)
        wal = Path(f"{path}-wal")
        if wal.exists():
            wal.rename(f"{target}-wal")
        for suffix in SIDE_FILES:
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        return target
    finally:
        owner.close()


def _cut(last: int, position: int) -> str:
    return f"it ends with entry {last}, and had {position}: its end was cut off"
