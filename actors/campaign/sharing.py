"""Which of a campaign's contacts are here, where several daemons deal them out among themselves.

Every daemon reads the whole file, so a contact's index is in each the same;
it dials those whose partitions it holds. The others stand `away`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from pykka import ActorRef

from actors.campaign.book import ContactBook, Standing, result_of
from actors.campaign.doubts import Doubts
from actors.messages import Index
from actors.partitions.messages import Accounted, Counts, LookUp, Ready
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.journal.redis.kept import Kept
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of


class Sharing:
    """The partitions that are here, how many of their contacts are open, and what became of the others.

    `digest` is that of the rows that were read.
    """

    def __init__(
        self, partitions: ActorRef[Any], campaign: str, book: ContactBook, digest: Callable[[], str | None]
    ) -> None:
        self.partitions = partitions
        self.here: set[int] = set()
        self.going: set[int] = set()
        self.members = [array("I") for _ in range(PARTITIONS)]
        self.rejected: dict[int, list[RejectedContact]] = {}
        """The rows that whoever finishes a partition first tells of: by row."""
        self.open = [0] * PARTITIONS
        self.doubts = Doubts()
        self.midway: dict[Index, Kept] = {}
        """What was kept of contacts that were in an attempt when their partition came."""
        self.finishing: set[Index] = set()
        """Contacts whose end is being written down: their partitions stay until it is told."""
        self.dropping = [0] * PARTITIONS
        """How many times the pool has yet to say that nobody of a partition waits."""
        self.told = Counts()
        """What became of contacts here."""
        self.total: Counts | None = None
        """What became of all, once every daemon has finished."""
        self.read = False
        self._campaign = campaign
        self._book = book
        self._digest = digest
        self._partition_of = bytearray()

    def add(self, row: NewContact) -> None:
        """Take a contact into the book; somebody else's until its partition comes."""
        partition = partition_of(row.to)
        index = self._book.add(row)
        self._book.set_standing(index, Standing.AWAY)
        del self._partition_of[index:]
        self._partition_of.append(partition)
        self.members[partition].append(index)

    def take_in(self, row: FedRow) -> None:
        """Take in a row of the file."""
        if isinstance(row, RejectedContact):
            self.reject(row)
        else:
            self.add(row)

    def reject(self, row: RejectedContact) -> None:
        """Keep a row that can't be dialed until its partition is finished."""
        rows = self.rejected.setdefault(row.row % PARTITIONS, [])
        if not rows or rows[-1].row < row.row:
            rows.append(row)

    def partition(self, index: Index) -> int:
        """Give a contact's partition."""
        return self._partition_of[index]

    def holds(self, index: Index) -> bool:
        """Tell whether a contact whose attempt is over stays here."""
        self.doubts.forget(index)
        return self._partition_of[index] in self.here

    def is_settled(self, index: Index) -> bool:
        """Tell whether another daemon had finished a contact while its attempt went on here."""
        self.midway.pop(index, None)
        return self._book.standing(index) is not Standing.ACTIVE

    def ask_about_doubts(self) -> None:
        """Ask what is kept of all contacts whose calls are in doubt: another daemon may have told the end."""
        asked = self.doubts.to_ask()
        if asked and not self.doubts.asking:
            self.doubts.asking = True
            contacts = [(index, self.partition(index), self._book.contact(index)) for index in asked]
            self.partitions.tell(LookUp(self._campaign, contacts))

    def all_read(self) -> None:
        """Let partitions come: every contact is known."""
        if not self.read:
            self.read = True
            self.partitions.tell(Ready(self._campaign, self._digest()))

    def finished(self, index: Index, standing: Standing) -> None:
        """Count a contact that is finished here; with the last of its partition say so."""
        name = result_of(standing)
        count = getattr(self.told, name) + 1
        attempts = self.told.attempts + self._book.calls(index)
        self.told = msgspec.structs.replace(self.told, **{name: count, "attempts": attempts})
        partition = self.partition(index)
        if partition in self.here:
            self.open[partition] -= 1
            if not self.open[partition]:
                self.account((partition,))

    def rejections(self, partitions: Iterable[int]) -> list[RejectedContact]:
        """Give the rows to tell of with these partitions, and count them as told."""
        rows = [row for partition in sorted(partitions) for row in self.rejected.get(partition, ())]
        self.told = msgspec.structs.replace(self.told, rejected=self.told.rejected + len(rows))
        return rows

    def account(self, partitions: Iterable[int]) -> None:
        """Say which of these partitions are finished, and what became of their contacts."""
        counts = {
            partition: self._count(partition)
            for partition in partitions
            if partition in self.here and not self.open[partition]
        }
        if counts:
            self.partitions.tell(Accounted(self._campaign, counts))

    def _count(self, partition: int) -> Counts:
        book, members = self._book, self.members[partition]
        standings = [book.standing(Index(index)) for index in members]
        return Counts(
            attempts=sum(book.calls(Index(index)) for index in members),
            reached=standings.count(Standing.REACHED),
            exhausted=standings.count(Standing.EXHAUSTED),
            canceled=standings.count(Standing.CANCELED),
            stalled=standings.count(Standing.STALLED),
            rejected=len(self.rejected.get(partition, ())),
        )
