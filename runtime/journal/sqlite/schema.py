"""The tables of a journal file, and how an older file's become today's.

A batch holds the entries that one transaction has made durable: JSON,
compressed. `sum` is a checksum over the batch and the sum before it, so that
no batch can be missing, cut or altered without being noticed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct

from runtime.errors import JournalError

APPLICATION_ID = 0x54726B6C
"""What tells a journal from any other SQLite file: "Trkl"."""

SUM_BYTES = 16
FIRST_SUM = bytes(SUM_BYTES)

MIGRATIONS: Sequence[tuple[str, ...]] = (
    (
        "CREATE TABLE batches ("
        " last INTEGER PRIMARY KEY,"
        " first INTEGER NOT NULL,"
        " at REAL NOT NULL,"
        " boot TEXT,"
        " booted REAL,"
        " rows INTEGER NOT NULL,"
        " sum BLOB NOT NULL,"
        " body BLOB NOT NULL)",
        "CREATE INDEX batches_with_rows ON batches (last) WHERE rows",
    ),
)
"""The statements that lead from each version of the schema to the next."""

_HEAD = Struct("<qqd?d?")


class Batch:
    """A row of the table."""

    __slots__ = ("at", "body", "boot", "booted", "first", "last", "rows", "sum")

    def __init__(
        self,
        last: int,
        first: int,
        at: float,
        boot: str | None,
        booted: float | None,
        rows: int,
        sum: bytes,
        body: bytes,
    ) -> None:
        self.last = last
        self.first = first
        self.at = at
        self.boot = boot
        self.booted = booted
        self.rows = rows
        self.sum = sum
        self.body = body

    def sum_after(self, before: bytes) -> bytes:
        """Work out what the sum must be after that of the batch before."""
        booted = self.booted
        head = _HEAD.pack(self.first, self.last, self.at, booted is not None, booted or 0.0, bool(self.rows))
        digest = blake2b(before + head, digest_size=SUM_BYTES)
        digest.update((self.boot or "").encode())
        digest.update(self.body)
        return digest.digest()


def migrate(
    connection: sqlite3.Connection, path: str, migrations: Sequence[tuple[str, ...]] = MIGRATIONS
) -> None:
    """Bring a file's schema up to date, each step in a transaction of its own.

    Raises JournalError for a file that is no journal, or a newer version's.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (tables or version):
        raise JournalError(path, "this is no journal of Trunkline")
    if version > len(migrations):
        raise JournalError(
            path,
            f"a newer version of Trunkline wrote it (schema {version}; {len(migrations)} is known here)",
        )
    for number in range(version, len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in migrations[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
