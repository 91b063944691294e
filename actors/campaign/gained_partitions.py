"""Partitions that are gained: their contacts are dialed here, wherever they were before."""

from __future__ import annotations

from actors.campaign.activation import take_up
from actors.campaign.book import Standing, standing_of
from actors.campaign.progress import Campaign
from actors.campaign.sharing import Sharing
from actors.campaign.taking_over import go_on_with, restore
from actors.messages import Doubt, Index
from actors.partitions.messages import Contacts, Gathered
from runtime.journal.entries import Intent
from runtime.journal.redis.kept import Kept

_FRESH = Kept()


def gain(campaign: Campaign, sharing: Sharing, partitions: dict[int, Contacts]) -> None:
    """Dial the contacts of these partitions from now on."""
    fresh: list[Index] = []
    for partition, contacts in partitions.items():
        sharing.here.add(partition)
        sharing.going.discard(partition)
        sharing.open[partition] = 0
        for number in sharing.members[partition]:
            index = Index(number)
            kept = contacts.get((campaign.name, campaign.book.contact(index)), _FRESH)
            if _present(campaign, sharing, index, kept):
                fresh.append(index)
    if fresh:
        fresh.sort()
        waiting = [(index, campaign.book.profile(index)) for index in fresh]
        campaign.pool.tell(Gathered(campaign.name, waiting))
    sharing.account(partitions)


def _present(campaign: Campaign, sharing: Sharing, index: Index, kept: Kept) -> bool:
    """Put a contact to where it stands; True for one that was never called."""
    state, book = kept.state, campaign.book
    restore(campaign, index, state)
    if state.result is not None:
        book.set_standing(index, standing_of(state.result))
        return False
    sharing.open[sharing.partition(index)] += 1
    campaign.unfinished += 1
    if index in campaign.live:
        book.set_standing(index, Standing.ACTIVE)
        return False
    book.set_standing(index, Standing.WAITING)
    if kept.intent is not None:
        sharing.doubts.add(index)
        take_up(campaign, index, Doubt(kept.intent, _lasts(kept.intent), elsewhere=True), state.excluded)
        return False
    if kept == _FRESH and not campaign.canceled:
        return True
    go_on_with(campaign, index, state)
    return False


def _lasts(intent: Intent) -> float:
    """Say how long another daemon's call may last yet: as long as any, for its clock isn't ours."""
    return intent.over_by - intent.at
