"""Recognize the rows of a file that a journal has taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from runtime.errors import JournalContradicted
from trunkline.contacts.table import ContactsTable


class RowsDigest:
    """A digest of a file's records so far, and their count."""

    __slots__ = ("_hash", "count")

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)
        self.count = 0

    def add(self, record: Sequence[str]) -> None:
        """Take in the next record."""
        self.count += 1
        self._hash.update(("\x1f".join(record) + "\x1e").encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        """Return the digest in hex."""
        return self._hash.hexdigest()


def skip_taken(
    records: Iterator[tuple[int, list[str]]], digest: RowsDigest, count: int, taken: str | None, file: str
) -> None:
    """Pass over the rows that are taken; JournalContradicted where they are others now."""
    for _, record in islice(records, count):
        digest.add(record)
    if count and (digest.count < count or digest.hexdigest() != taken):
        raise JournalContradicted(
            [f"the first {count} rows of {file} are not those that were taken; new rows go to its end"]
        )


def check_taken(path: Path, encoding: str | None, count: int, taken: str | None) -> None:
    """Check that a file still begins with the rows that are taken.

    Raises ContactsError for a file that can't be read, JournalContradicted
    for one that has changed.
    """
    with path.open("rb") as stream:
        skip_taken(iter(ContactsTable(stream, str(path), encoding)), RowsDigest(), count, taken, str(path))
