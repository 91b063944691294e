"""Give a contact an actor of its own, for as long as an attempt lasts."""

from __future__ import annotations

from actors.campaign.book import Standing
from actors.campaign.progress import Campaign
from actors.contact.actor import ContactActor
from actors.messages import Activate, Doubt, Index, Start
from runtime.calls import E164, CallId

# A member as a name of its own: Python 3.11 searches for an enum's member at every use.
_ACTIVE = Standing.ACTIVE


def start(campaign: Campaign, order: Start) -> None:
    """Let a contact that a number is held for be called."""
    index = order.contact
    campaign.started += 1
    call = CallId(f"{campaign.run}-{campaign.name}-{campaign.started}")
    pending = campaign.elsewhere.get(index)
    _activate(campaign, index, call, () if pending is None else pending[0], None)
    campaign.activated = order


def take_up(campaign: Campaign, index: Index, doubt: Doubt, excluded: tuple[E164, ...]) -> None:
    """Wait for the end of a call that an earlier life, or another daemon, has placed."""
    if index not in campaign.live:
        _activate(campaign, index, doubt.intent.call, excluded, doubt)


def _activate(
    campaign: Campaign, index: Index, call: CallId, excluded: tuple[E164, ...], doubt: Doubt | None
) -> None:
    campaign.book.set_standing(index, _ACTIVE)
    activate = Activate(call, index, campaign.book.record(index, excluded), campaign.actor_ref, doubt)
    campaign.live[index] = campaign.system.start(ContactActor, activate, campaign.around)
