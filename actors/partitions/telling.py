"""Decide when this daemon has carried out what all are told: pure.

Changes by operators (flags, pauses, caps) stand in a book, whose version
rises. A daemon tells the version up to which it has carried them out; one
that is behind begins no new partition before it has caught up.

What Redis has lost is in the book again only when every live daemon has said
what it has carried out. So with each generation of the ledger nothing counts
as confirmed until the book was read in it, by which it is said again.
"""

from __future__ import annotations

from collections.abc import Iterable

from runtime.journal.entries import Change
from runtime.journal.redis.book import Book, Recorded
from runtime.ledger.statement import Row

NOTHING_TO_SAY = 1
"""Told by a daemon that knows of no change, so the book lacks none of its. No change has this version."""


class Telling:
    """How far this daemon has come."""

    def __init__(self) -> None:
        self.known: dict[str, Recorded] = {}
        """The last change of each thing that it has carried out, or is carrying out."""
        self.confirmed = 0
        """Up to here everything is in force here; 0 before the book was read in this generation."""
        self._told = 0
        self._generation = 0
        self._reading: int | None = None
        """In which generation the book was asked for, until all that it told is in force."""
        self._pending = 0
        self._version = 0

    @property
    def is_behind(self) -> bool:
        """Tell whether something is not in force here that others may count on."""
        return not self.confirmed or self.confirmed < self._told

    @property
    def stated(self) -> int:
        """Give what the ledger is to be told; 0 while the book may lack what is known here."""
        return self.confirmed or (0 if self.known else NOTHING_TO_SAY)

    def heard(self, told: int, generation: int) -> None:
        """Hear of the book's version in the ledger's generation."""
        if generation != self._generation:
            self._generation = generation
            self.confirmed = 0
        self._told = told

    def asks(self) -> bool:
        """Tell whether the book is to be read now."""
        if self._reading is not None or (self.confirmed and self.confirmed == self._told):
            return False
        self._reading = self._generation
        return True

    def read(self, book: Book) -> list[Change]:
        """Take what was read; returns what is to be carried out."""
        news = [
            one.change
            for subject, one in book.changes.items()
            if subject not in self.known or self.known[subject].id != one.id
        ]
        self.known = dict(book.changes)
        self._pending, self._version = len(news), book.version
        if not news:
            self._confirm()
        return news

    def carried_out(self) -> bool:
        """Note that a change is in force; True if all that was read is."""
        self._pending -= 1
        if self._pending:
            return False
        self._confirm()
        return True

    def _confirm(self) -> None:
        if self._reading == self._generation:  # else the book was lost since
            self.confirmed = self._version
            self._told = max(self._told, self._version)
        self._reading = None


def may_know_more(others: Iterable[Row]) -> bool:
    """Tell whether a live daemon has carried out changes that the book may have lost."""
    return any(row.remaining is None and not row.told for row in others)
