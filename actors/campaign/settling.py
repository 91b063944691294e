"""Calls in doubt whose end another daemon may have told, and attempts that came to nothing."""

from __future__ import annotations

from actors.campaign.book import Standing
from actors.campaign.doubts import Verdict
from actors.campaign.finishing import finish_contact, finish_moved
from actors.campaign.gained_partitions import present_again
from actors.campaign.lost_partitions import leave, let_go
from actors.campaign.progress import Campaign
from actors.campaign.sharing import Sharing
from actors.messages import DropDoubt, EndDoubt, Index, Withdrawn
from runtime.journal.redis.kept import Kept


def follow_kept(campaign: Campaign, sharing: Sharing, kept: list[tuple[Index, Kept | None]]) -> None:
    """End the calls in doubt that are over, and those of which another daemon has told the end."""
    sharing.doubts.asking = False
    for index, one in kept:
        match sharing.doubts.verdict(index, one):
            case Verdict.OPEN:
                pass
            case Verdict.OVER:
                sharing.doubts.forget(index)
                campaign.live[index].tell(EndDoubt())
            case Verdict.SETTLED:
                _settle(campaign, sharing, index, one or Kept())


def resume(campaign: Campaign, sharing: Sharing, message: Withdrawn) -> bool:
    """Let a contact go on whose attempt came to nothing; False where it isn't here, or the pool has it.

    The pool has let it go where its partition was gone meanwhile.
    """
    index = message.contact
    kept = sharing.midway.get(index)
    if kept is None or message.given_up or not sharing.holds(index):
        return False
    if not sharing.is_settled(index):
        own = kept.intent is not None and kept.intent.call.startswith(f"{campaign.run}-{campaign.name}-")
        present_again(campaign, sharing, index, Kept(kept.state) if own else kept)
    return True


def finish_written(campaign: Campaign, sharing: Sharing, index: Index, standing: Standing) -> None:
    """Say that a contact is finished, now that it is durable, also where its partition goes meanwhile.

    Whoever gets it reads so, and tells it no more.
    """
    sharing.finishing.discard(index)
    if campaign.book.standing(index) is Standing.AWAY:
        finish_moved(campaign, index, standing)
        leave(campaign, sharing, frozenset((sharing.partition(index),)))
    else:
        finish_contact(campaign, index, standing)


def _settle(campaign: Campaign, sharing: Sharing, index: Index, kept: Kept) -> None:
    """Drop a call; its contact goes on from what is kept of it, if it is here."""
    campaign.live.pop(index).tell(DropDoubt())
    if not let_go(campaign, index) and not sharing.is_settled(index):
        present_again(campaign, sharing, index, kept)
