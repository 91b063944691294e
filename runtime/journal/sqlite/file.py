"""A journal file: opened and checked, appended to by batches, read by pages."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from runtime.errors import JournalDamaged, JournalError
from runtime.journal.entries import AnyEntry, Rows, decode_entries, encode_entries
from runtime.journal.sqlite.boot import boot_id, since_boot
from runtime.journal.sqlite.schema import APPLICATION_ID, FIRST_SUM, Batch, migrate

PAGE = 64
"""How many batches one short read transaction takes."""

COLUMNS = "last, first, at, boot, booted, rows, sum, body"


class JournalFile:
    """The one writer's connection; `last` and `sum` are of the last durable batch.

    Used by one thread at a time. Nothing here catches sqlite3.Error: whoever
    writes must find out what became of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last = 0
        self.sum = FIRST_SUM
        self._boot = boot_id()
        self._unsure: Batch | None = None
        self._connection = self._open()
        migrate(self._connection, str(path))

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=10.0, isolation_level=None, check_same_thread=False, cached_statements=16
        )
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
            if (mode, synchronous) != ("wal", 2):
                raise JournalError(
                    str(self.path), f"SQLite gives journal_mode {mode} and synchronous {synchronous}"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def batches(self, after: int = 0) -> Iterator[Batch]:
        """Yield the batches after a position, in short read transactions."""
        return read_batches(self._connection, self.path, after)

    def append(self, entries: Sequence[AnyEntry]) -> int:
        """Write a batch in one transaction; returns the position of its last entry.

        After any exception only `settle` says what became of it.
        """
        holds_rows = any(type(entry) is Rows for entry in entries)
        batch = Batch(
            self.last + len(entries),
            self.last + 1,
            time.time(),
            self._boot,
            since_boot(),
            int(holds_rows),
            b"",
            zlib.compress(encode_entries(entries), 1),
        )
        batch.sum = batch.sum_after(self.sum)
        self._unsure = batch
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute(
            f"INSERT INTO batches ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch.last,
                batch.first,
                batch.at,
                batch.boot,
                batch.booted,
                batch.rows,
                batch.sum,
                batch.body,
            ),
        )
        execute("COMMIT")
        self._written(batch)
        return batch.last

    def settle(self) -> bool:
        """Open the file anew and read back what became of the last batch.

        Returns whether it is there. What is there after a failed sync may be
        in the memory of the system only: it is copied into the file and
        synced again. Raises sqlite3.Error as long as nobody can tell.
        """
        with suppress(sqlite3.Error):
            self._connection.close()
        self._connection = self._open()
        batch = self._unsure
        row = self._connection.execute("SELECT last, sum FROM batches ORDER BY last DESC LIMIT 1").fetchone()
        last, digest = (0, FIRST_SUM) if row is None else row
        if (last, digest) == (self.last, self.sum):
            self._unsure = None
            return False
        if batch is None or (last, digest) != (batch.last, batch.sum):
            raise JournalDamaged(str(self.path), "it isn't the journal any more that was written")
        self.checkpoint()
        self._written(batch)
        return True

    def _written(self, batch: Batch) -> None:
        self.last, self.sum = batch.last, batch.sum
        self._unsure = None

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the file, sync it, and empty the log."""
        (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("a reader holds the journal")

    def read_back(self) -> None:
        """Check over a connection of its own that the last batch can be read."""
        connection = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
        try:
            row = connection.execute("SELECT sum FROM batches WHERE last = ?", (self.last,)).fetchone()
        finally:
            connection.close()
        if self.last and (row is None or row[0] != self.sum):
            raise sqlite3.OperationalError("what was written can't be read back")

    def cut(self, after: int) -> None:
        """Delete the batches after a position."""
        self._connection.execute("DELETE FROM batches WHERE last > ?", (after,))

    def close(self) -> None:
        """Close the connection; SQLite empties its write-ahead log."""
        with suppress(sqlite3.Error):
            self._connection.close()


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a journal only to read; JournalError where there is none."""
    try:
        is_there = path.exists()
    except OSError as error:
        raise JournalError(str(path), f"it can't be read: {error.strerror}") from error
    if not is_there:
        raise JournalError(str(path), "there is no such journal")
    where = f"{path.absolute().as_uri()}?mode=ro"
    connection = _connect_to_read(where)
    try:
        connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.OperationalError:
        # A place that can only be read: SQLite can't make its shared memory there, so nobody is writing.
        connection.close()
        connection = _open_apart(path, where)
    except sqlite3.DatabaseError:
        pass
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application == APPLICATION_ID:
            return connection
        reason = "this is no journal of Trunkline"
    except sqlite3.DatabaseError as error:
        reason = f"it can't be read: {error}"
    connection.close()
    raise JournalError(str(path), reason)


def _open_apart(path: Path, where: str) -> sqlite3.Connection:
    """Open a journal that nobody writes; one with a write-ahead log as a copy, which it alone knows."""
    log = Path(f"{path}-wal")
    if not log.exists() or not log.stat().st_size:
        return _connect_to_read(f"{where}&immutable=1")
    with TemporaryDirectory(prefix="trunkline-journal-") as folder:
        copy = Path(folder, "copy")
        try:
            shutil.copyfile(path, copy)
            shutil.copyfile(log, f"{copy}-wal")
        except OSError as error:
            raise JournalError(str(path), f"it can't be read: {error.strerror}") from error
        connection = _connect_to_read(f"{copy.as_uri()}?mode=ro")
        with suppress(sqlite3.DatabaseError):  # whoever reads next is told
            connection.execute("PRAGMA application_id").fetchone()
        return connection


def _connect_to_read(where: str) -> sqlite3.Connection:
    return sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)


def read_batches(
    connection: sqlite3.Connection,
    path: Path,
    after: int = 0,
    until: int | None = None,
    *,
    with_rows: bool = False,
) -> Iterator[Batch]:
    """Yield batches after a position, at most up to `until`, by pages.

    Raises JournalDamaged for what SQLite can't read.
    """
    where = "last > ? AND last <= ?" + (" AND rows" if with_rows else "")
    limit = PAGE if not with_rows else 8
    while True:
        try:
            page = connection.execute(
                f"SELECT {COLUMNS} FROM batches WHERE {where} ORDER BY last LIMIT {limit}",
                (after, (1 << 62) if until is None else until),
            ).fetchall()
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(str(path), f"it can't be read: {error}") from error
        for row in page:
            yield Batch(*row)
        if len(page) < limit:
            return
        after = page[-1][0]


def entries_of(batch: Batch, path: Path) -> list[AnyEntry]:
    """Read a batch's entries; JournalDamaged where it holds none."""
    try:
        entries = decode_entries(zlib.decompress(batch.body))
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JournalDamaged(
            str(path), f"the batch after {batch.first - 1} can't be read: {error}"
        ) from error
    if len(entries) != batch.last - batch.first + 1:
        raise JournalDamaged(str(path), f"the batch after {batch.first - 1} is not whole")
    return entries


class Chain:
    """Follow the checksums from the first batch on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.last = 0
        self.sum = FIRST_SUM

    def check(self, batch: Batch) -> None:
        """Take in the next batch; JournalDamaged where it isn't the next, or was altered."""
        if batch.first != self.last + 1 or batch.last < batch.first:
            raise JournalDamaged(
                str(self._path), f"after entry {self.last} comes entry {batch.first}: entries are missing"
            )
        try:
            expected = batch.sum_after(self.sum)
        except (struct.error, TypeError, AttributeError):
            expected = b""
        if expected != batch.sum:
            raise JournalDamaged(str(self._path), f"the entries after {self.last} were altered")
        self.last, self.sum = batch.last, batch.sum
