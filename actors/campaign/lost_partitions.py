"""Partitions that are given up or lost: another daemon dials their contacts from now on."""

from __future__ import annotations

from actors.campaign.book import Standing
from actors.campaign.progress import Campaign
from actors.campaign.sharing import Sharing
from actors.messages import HangUpCall, Index
from actors.partitions.messages import Drop, Left


def give_up(campaign: Campaign, sharing: Sharing, partitions: frozenset[int]) -> None:
    """Begin nothing more on these; they have gone when their calls are over."""
    sharing.going |= partitions & sharing.here
    lose(campaign, sharing, partitions)


def lose(campaign: Campaign, sharing: Sharing, partitions: frozenset[int]) -> None:
    """Let everybody of these go who isn't in a call."""
    sharing.here -= partitions
    book, gone = campaign.book, set[int]()
    for partition in partitions:
        campaign.unfinished -= sharing.open[partition]
        sharing.open[partition] = 0
        for index in sharing.members[partition]:
            if book.standing(Index(index)) is Standing.WAITING:
                book.set_standing(Index(index), Standing.AWAY)
                campaign.elsewhere.pop(Index(index), None)
                gone.add(index)
    for index in [index for index in sharing.doubts.elsewhere if sharing.partition(index) in partitions]:
        sharing.doubts.forget(index)
        contact = campaign.live.pop(index, None)
        if contact is not None:
            contact.tell(HangUpCall("moved"))
            book.set_standing(index, Standing.AWAY)
    gone.update(index for index in campaign.live if sharing.partition(index) in partitions)
    for partition in partitions:
        sharing.dropping[partition] += 1
    campaign.pool.tell(Drop(campaign.name, frozenset(gone), partitions, campaign.actor_ref))


def dropped(campaign: Campaign, sharing: Sharing, partitions: frozenset[int]) -> None:
    """Say that partitions have gone in which no call is in progress."""
    for partition in partitions:
        sharing.dropping[partition] -= 1
    leave(campaign, sharing, partitions)


def let_go(campaign: Campaign, index: Index) -> bool:
    """Leave a contact whose attempt is over to the daemon that has it now; False where it is ours."""
    sharing = campaign.sharing
    if sharing is None or sharing.holds(index):
        return False
    campaign.book.set_standing(index, Standing.AWAY)
    campaign.elsewhere.pop(index, None)
    sharing.midway.pop(index, None)
    leave(campaign, sharing, frozenset((sharing.partition(index),)))
    return True


def leave(campaign: Campaign, sharing: Sharing, partitions: frozenset[int]) -> None:
    """Say which of these were given up and have gone: nobody there is in a call, waits or is finishing."""
    busy = {sharing.partition(index) for index in (*campaign.live, *sharing.finishing)}
    gone = frozenset(one for one in (partitions & sharing.going) - busy if not sharing.dropping[one])
    if gone:
        sharing.going -= gone
        sharing.partitions.tell(Left(campaign.name, gone))
