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
    sharing.midway = {
        index: kept for index, kept in sharing.midway.items() if sharing.partition(index) not in partitions
    }
    for partition, contacts in partitions.items():
        sharing.here.add(partition)
        sharing.going.discard(partition)
        sharing.open[partition] = 0
        for number in sharing.members[partition]:
            index = Index(number)
            kept = contacts.get((campaign.name, campaign.book.contact(index)), _FRESH)
            if _present(campaign, sharing, index, kept):
                fresh.append(index)
    _gather(campaign, sorted(fresh))
    sharing.account(partitions)
    sharing.ask_about_doubts()


def present_again(campaign: Campaign, sharing: Sharing, index: Index, kept: Kept) -> None:
    """Put a contact that counts as open here to where it stands by what is kept of it."""
    partition = sharing.partition(index)
    sharing.open[partition] -= 1
    campaign.unfinished -= 1
    campaign.book.set_standing(index, Standing.AWAY)
    if _present(campaign, sharing, index, kept):
        _gather(campaign, [index])
    if not sharing.open[partition]:
        sharing.account((partition,))


def _gather(campaign: Campaign, fresh: list[Index]) -> None:
    if fresh:
        waiting = [(index, campaign.book.profile(index)) for index in fresh]
        campaign.pool.tell(Gathered(campaign.name, waiting))


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
        sharing.midway[index] = kept
        book.set_standing(index, Standing.ACTIVE)
        return False
    book.set_standing(index, Standing.WAITING)
    if kept.intent is not None:
        sharing.doubts.elsewhere[index] = kept.intent.call
        doubt = Doubt(kept.intent, _lasts(kept.intent), elsewhere=True, asks=True)
        take_up(campaign, index, doubt, state.excluded)
        return False
    if kept == _FRESH and not campaign.canceled:
        return True
    go_on_with(campaign, index, state)
    return False


def _lasts(intent: Intent) -> float:
    """Say how long another daemon's call may last yet: as long as any, for its clock isn't ours."""
    return intent.over_by - intent.at
