"""The end of a campaign: known when nobody is left, told once."""

from __future__ import annotations

import msgspec

from actors.campaign.book import Standing
from actors.campaign.progress import Campaign
from actors.messages import Conclude, Finished
from actors.partitions.messages import Counts
from runtime.journal.base import Record
from runtime.journal.entries import Done
from runtime.observe.events import CampaignFinished


def finish_if_done(campaign: Campaign) -> None:
    """End the campaign if everybody is finished and nobody else can come."""
    sharing, feed = campaign.sharing, campaign.feed
    all_known = feed.source is None and not feed.open and campaign.taking_over is None
    if sharing is not None and all_known:
        sharing.all_read()
        if sharing.total is None or campaign.live:
            return
    if campaign.done or campaign.unfinished or not all_known:
        return
    if campaign.began_at is None and not campaign.canceled:
        return
    if sharing is None and feed.promised > len(campaign.book):
        return  # rows that were added are not durable yet
    last_word = Conclude(_finished_line(campaign))
    campaign.done = True
    if campaign.keeps and not campaign.stalled:
        campaign.journal.tell(Record(Done(last_word.line), campaign.actor_ref, last_word))
    else:
        campaign.last_word = last_word
        conclude(campaign, last_word)


def conclude(campaign: Campaign, last_word: Conclude) -> None:
    """Say the campaign's last word, once."""
    if not campaign.concluded:
        campaign.observer.emit(last_word.line)
    campaign.concluded = True
    campaign.pool.tell(Finished(campaign.name))
    campaign.when_finished(last_word.line)
    campaign.last_word = None


def _finished_line(campaign: Campaign) -> CampaignFinished:
    now, sharing = campaign.clock.time(), campaign.sharing
    told = _counts(campaign) if sharing is None else sharing.told
    return CampaignFinished(
        tenant=campaign.settings.tenant,
        campaign=campaign.name,
        rows=told.rows,
        attempts=campaign.calls.placed,
        reached=told.reached,
        exhausted=told.exhausted,
        canceled=told.canceled,
        stalled=told.stalled,
        rejected=told.rejected,
        seconds=round(now - (now if campaign.began_at is None else campaign.began_at), 6),
        peak_in_use=campaign.calls.peak,
        fleet=None if sharing is None or sharing.total is None else _fleet(sharing.total),
    )


def _fleet(total: Counts) -> dict[str, int]:
    """Tell what became of everybody, whichever daemon had them."""
    return {"rows": total.rows, **msgspec.structs.asdict(total)}


def _counts(campaign: Campaign) -> Counts:
    count = campaign.book.count
    return Counts(
        reached=count(Standing.REACHED),
        exhausted=count(Standing.EXHAUSTED),
        canceled=count(Standing.CANCELED),
        stalled=count(Standing.STALLED),
        rejected=campaign.rejected,
    )
