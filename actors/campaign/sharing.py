"""One campaign's contacts where several daemons deal them out among themselves.

Every daemon reads the whole file, so a contact's index is in each the same;
it dials those whose partitions it holds. The others stand `away`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from pykka import ActorRef

from actors.campaign.book import Standing, standing_of
from actors.campaign.earlier_life import TakingOver, go_on_with
from actors.messages import Doubt, HangUpCall, Index
from actors.partitions.messages import (
    Accounted,
    Contacts,
    Counts,
    Drop,
    Gathered,
    Left,
    Ready,
)
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.journal.entries import Intent
from runtime.journal.recovered import ContactState
from runtime.journal.redis.kept import Kept
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of

if TYPE_CHECKING:
    from actors.campaign.actor import CampaignActor

_OPEN = (Standing.WAITING, Standing.ACTIVE)
_FRESH = Kept()


class Sharing:
    """Which of a campaign's contacts are here, and how many of them are open."""

    def __init__(self, partitions: ActorRef[Any]) -> None:
        self.partitions = partitions
        self.here: set[int] = set()
        self.going: set[int] = set()
        self.members = [array("I") for _ in range(PARTITIONS)]
        self.rejected: dict[int, list[RejectedContact]] = {}
        """The rows that whoever finishes a partition first tells of: by row."""
        self.open = [0] * PARTITIONS
        self.doubts: set[Index] = set()
        """Contacts that another daemon's call may be up with."""
        self.dropping = [0] * PARTITIONS
        """How many times the pool has yet to say that nobody of a partition waits."""
        self.told = Counts()
        """What became of contacts here."""
        self.total: Counts | None = None
        """What became of all, once every daemon has finished."""
        self.read = False
        self._partition_of = bytearray()

    def add(self, campaign: CampaignActor, row: NewContact) -> None:
        """Take a contact into the book; somebody else's until its partition comes."""
        partition = partition_of(row.to)
        index = campaign.book.add(row)
        campaign.book.set_standing(index, Standing.AWAY)
        del self._partition_of[index:]
        self._partition_of.append(partition)
        self.members[partition].append(index)

    def take_in(self, campaign: CampaignActor, row: FedRow) -> None:
        """Take in a row of the file."""
        if isinstance(row, RejectedContact):
            self.reject(row)
        else:
            self.add(campaign, row)

    def reject(self, row: RejectedContact) -> None:
        """Keep a row that can't be dialed until its partition is finished."""
        rows = self.rejected.setdefault(row.row % PARTITIONS, [])
        if not rows or rows[-1].row < row.row:
            rows.append(row)

    def load(self, campaign: CampaignActor, row: FedRow, taking: TakingOver) -> None:
        """Take in a row that an earlier life had read; only its calls in doubt are taken up.

        How far the others have come whoever holds their partitions knows.
        """
        if isinstance(row, RejectedContact):
            self.reject(row)
            return
        life, index = taking.life, Index(taking.contacts)
        if len(campaign.book) == index:
            self.add(campaign, row)
        doubt = life.doubts.get(index)
        if doubt is not None:
            state = life.state.contacts[index]
            self._restore(campaign, index, state)
            campaign.take_up(index, doubt, state.excluded)
        taking.contacts += 1

    def partition(self, index: Index) -> int:
        """Give a contact's partition."""
        return self._partition_of[index]

    def holds(self, index: Index) -> bool:
        """Tell whether a contact whose attempt is over stays here."""
        self.doubts.discard(index)
        return self._partition_of[index] in self.here

    def all_read(self, campaign: CampaignActor) -> None:
        """Let partitions come: every contact is known."""
        if not self.read:
            self.read = True
            self.partitions.tell(Ready(campaign.name, campaign.digest()))

    # Coming

    def gain(self, campaign: CampaignActor, partitions: dict[int, Contacts]) -> None:
        """Dial the contacts of these partitions from now on."""
        fresh: list[Index] = []
        for partition, contacts in partitions.items():
            self.here.add(partition)
            self.going.discard(partition)
            self.open[partition] = 0
            for number in self.members[partition]:
                index = Index(number)
                kept = contacts.get((campaign.name, campaign.book.contact(index)), _FRESH)
                if self._present(campaign, index, kept):
                    fresh.append(index)
        if fresh:
            fresh.sort()
            waiting = [(index, campaign.book.profile(index)) for index in fresh]
            campaign.pool.tell(Gathered(campaign.name, waiting))
        self.account(campaign, partitions)

    @staticmethod
    def _restore(campaign: CampaignActor, index: Index, state: ContactState) -> None:
        attempts, failures = state.attempts, state.carrier_failures
        campaign.book.restore(index, attempts, failures, state.sticky, reached=state.reached)

    def _present(self, campaign: CampaignActor, index: Index, kept: Kept) -> bool:
        """Put a contact to where it stands; True for one that was never called."""
        state, book = kept.state, campaign.book
        self._restore(campaign, index, state)
        if state.result is not None:
            book.set_standing(index, standing_of(state.result))
            return False
        self.open[self.partition(index)] += 1
        campaign.unfinished += 1
        if index in campaign.live:
            book.set_standing(index, Standing.ACTIVE)
            return False
        book.set_standing(index, Standing.WAITING)
        if kept.intent is not None:
            self.doubts.add(index)
            campaign.take_up(index, Doubt(kept.intent, _lasts(kept.intent), elsewhere=True), state.excluded)
            return False
        if kept == _FRESH and not campaign.canceled:
            return True
        go_on_with(campaign, index, state)
        return False

    # Going

    def give_up(self, campaign: CampaignActor, partitions: frozenset[int]) -> None:
        """Begin nothing more on these; they have gone when their calls are over."""
        self.going |= partitions & self.here
        self.lose(campaign, partitions)

    def lose(self, campaign: CampaignActor, partitions: frozenset[int]) -> None:
        """Let everybody of these go who isn't in a call."""
        self.here -= partitions
        book, gone = campaign.book, set[int]()
        for partition in partitions:
            campaign.unfinished -= self.open[partition]
            self.open[partition] = 0
            for index in self.members[partition]:
                if book.standing(Index(index)) is Standing.WAITING:
                    book.set_standing(Index(index), Standing.AWAY)
                    campaign.forget_elsewhere(Index(index))
                    gone.add(index)
        for index in [index for index in self.doubts if self.partition(index) in partitions]:
            self.doubts.discard(index)
            contact = campaign.live.pop(index, None)
            if contact is not None:
                contact.tell(HangUpCall("moved"))
                book.set_standing(index, Standing.AWAY)
        gone.update(index for index in campaign.live if self.partition(index) in partitions)
        self._drop(campaign, frozenset(gone), partitions)

    def dropped(self, campaign: CampaignActor, partitions: frozenset[int]) -> None:
        """Say that partitions have gone in which no call is in progress."""
        for partition in partitions:
            self.dropping[partition] -= 1
        self._leave(campaign, partitions & self.going)

    def let_go(self, campaign: CampaignActor, index: Index) -> None:
        """Note that a contact's attempt is over whose partition isn't here any more."""
        campaign.book.set_standing(index, Standing.AWAY)
        campaign.forget_elsewhere(index)
        self.doubts.discard(index)
        self._leave(campaign, frozenset((self.partition(index),)) & self.going)

    def _drop(self, campaign: CampaignActor, gone: frozenset[int], partitions: frozenset[int]) -> None:
        for partition in partitions:
            self.dropping[partition] += 1
        campaign.pool.tell(Drop(campaign.name, gone, partitions, campaign.actor_ref))

    def _leave(self, campaign: CampaignActor, partitions: frozenset[int]) -> None:
        busy = {self.partition(index) for index in campaign.live}
        gone = frozenset(one for one in partitions - busy if not self.dropping[one])
        if gone:
            self.going -= gone
            self.partitions.tell(Left(campaign.name, gone))

    # The end

    def finished(self, campaign: CampaignActor, index: Index, standing: Standing) -> None:
        """Count a contact that is finished here; with the last of its partition say so."""
        self.doubts.discard(index)
        name = standing.name.lower()
        count = getattr(self.told, name) + 1
        attempts = self.told.attempts + campaign.book.calls(index)
        self.told = msgspec.structs.replace(self.told, **{name: count, "attempts": attempts})
        partition = self.partition(index)
        if partition in self.here:
            self.open[partition] -= 1
            if not self.open[partition]:
                self.account(campaign, (partition,))

    def rejections(self, partitions: Iterable[int]) -> list[RejectedContact]:
        """Give the rows to tell of with these partitions, and count them as told."""
        rows = [row for partition in sorted(partitions) for row in self.rejected.get(partition, ())]
        self.told = msgspec.structs.replace(self.told, rejected=self.told.rejected + len(rows))
        return rows

    def account(self, campaign: CampaignActor, partitions: Iterable[int]) -> None:
        """Say which of these partitions are finished, and what became of their contacts."""
        counts = {
            partition: self._count(campaign, partition)
            for partition in partitions
            if partition in self.here and not self.open[partition]
        }
        if counts:
            self.partitions.tell(Accounted(campaign.name, counts))

    def _count(self, campaign: CampaignActor, partition: int) -> Counts:
        book, members = campaign.book, self.members[partition]
        standings = [book.standing(Index(index)) for index in members]
        return Counts(
            attempts=sum(book.calls(Index(index)) for index in members),
            reached=standings.count(Standing.REACHED),
            exhausted=standings.count(Standing.EXHAUSTED),
            canceled=standings.count(Standing.CANCELED),
            stalled=standings.count(Standing.STALLED),
            rejected=len(self.rejected.get(partition, ())),
        )


def _lasts(intent: Intent) -> float:
    """Say how long another daemon's call may last yet: as long as any, for its clock isn't ours."""
    return intent.over_by - intent.at
