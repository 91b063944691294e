"""An end before the last call: canceled by the application, or given up by the engine."""

from __future__ import annotations

from collections.abc import Iterator

from actors.campaign.book import Standing
from actors.campaign.completion import finish_if_done
from actors.campaign.finishing import finish_waiting
from actors.campaign.progress import Campaign
from actors.messages import Stall, Sweep
from runtime.journal.base import Record
from runtime.journal.entries import Swept
from runtime.observe.events import CampaignStalled


def cancel(campaign: Campaign) -> None:
    """Finish everybody who waits; where a journal is kept, once it knows."""
    campaign.canceled = campaign.calls.canceled = True
    campaign.feed.open = False
    if campaign.keeps:
        campaign.journal.tell(Record(Swept(campaign.name), campaign.actor_ref, Sweep()))
    else:
        sweep(campaign)


def sweep(campaign: Campaign) -> None:
    """Finish everybody who waits as canceled."""
    feed = campaign.feed
    campaign.swept = True
    finish_waiting(campaign, Standing.CANCELED)
    if feed.reading is None and not isinstance(feed.source, Iterator):
        feed.source = None  # nobody waits for a pipe that may be silent for hours
    finish_if_done(campaign)


def stall(campaign: Campaign, message: Stall) -> None:
    """Finish everybody as stalled: nothing can change by itself any more."""
    if campaign.done:
        return
    campaign.observer.emit(
        CampaignStalled(
            tenant=campaign.settings.tenant,
            campaign=campaign.name,
            by="engine",
            reason=message.reason,
            contacts=campaign.unfinished,
        )
    )
    campaign.canceled = True
    campaign.stalled = True
    campaign.feed.open = False
    finish_waiting(campaign, Standing.STALLED)
    finish_if_done(campaign)
