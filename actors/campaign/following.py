"""What a contact does when an attempt is over: it waits again, or is finished."""

from __future__ import annotations

from actors.campaign.book import Standing, standing_of
from actors.campaign.finishing import finish, finish_contact, finish_moved, may_end_canceled
from actors.campaign.lost_partitions import let_go
from actors.campaign.progress import Campaign
from actors.messages import AttemptEnded, Decision, Index, Kind, Waiting, Withdrawn
from runtime.calls import E164

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_WAITING, _ACTIVE = Standing.WAITING, Standing.ACTIVE
_ELSEWHERE, _FINISH = Decision.ELSEWHERE, Decision.FINISH


def follow_withdrawn(campaign: Campaign, message: Withdrawn) -> None:
    """Let a contact whose call was not placed stand where it waits: in the pool."""
    index = message.contact
    if let_go(campaign, index):
        return
    if may_end_canceled(campaign):
        finish_contact(campaign, index, Standing.CANCELED)
    elif message.given_up:
        finish(campaign, index, Standing.EXHAUSTED)
    elif campaign.book.standing(index) is _ACTIVE:
        campaign.book.set_standing(index, _WAITING)


def follow_end(campaign: Campaign, ended: AttemptEnded) -> None:
    """Do what the end of a call says that follows it."""
    index = ended.contact
    if let_go(campaign, index):
        if ended.decision is _FINISH and ended.result is not None:
            finish_moved(campaign, index, standing_of(ended.result))
    elif campaign.sharing is not None and campaign.sharing.is_settled(index):
        pass
    elif campaign.canceled:
        _follow_canceled(campaign, ended)
    elif campaign.sharing is not None and ended.decision is not _FINISH and _is_used_up(campaign, index):
        finish(campaign, index, Standing.EXHAUSTED)  # others' attempts have come to light during this one
    elif ended.decision is _ELSEWHERE:
        pending = campaign.elsewhere.get(index)
        tried = () if pending is None else pending[0]
        wait_elsewhere(campaign, ended, tried if ended.number in tried else (*tried, ended.number))
    else:
        _go_on(campaign, ended)
        campaign.elsewhere.pop(index, None)


def follow_no_other(campaign: Campaign, index: Index) -> None:
    """Do what there is to do where no other number is left to try."""
    pending = campaign.elsewhere.get(index)
    if pending is None or campaign.canceled or campaign.book.standing(index) not in (_WAITING, _ACTIVE):
        return
    ended = pending[1]
    if ended.due is None and ended.result is not None:
        finish(campaign, index, standing_of(ended.result))
    else:
        _go_on(campaign, ended)
    campaign.elsewhere.pop(index, None)


def wait_elsewhere(campaign: Campaign, ended: AttemptEnded, excluded: tuple[E164, ...]) -> None:
    """Let a contact wait for a number that isn't among those it was tried from."""
    campaign.elsewhere[ended.contact] = (excluded, ended)
    wait(campaign, ended.contact, Kind.RETRY, campaign.clock.time(), excluded, ended.tier)


def wait(
    campaign: Campaign,
    index: Index,
    kind: Kind,
    due: float,
    excluded: tuple[E164, ...] = (),
    tier: str | None = None,
) -> None:
    """Let a contact wait in the pool until it is due."""
    book = campaign.book
    profile, sticky = book.profile(index), book.sticky(index)
    book.set_standing(index, _WAITING)
    campaign.pool.tell(Waiting(campaign.name, index, profile, kind, due, sticky, excluded, tier))


def _is_used_up(campaign: Campaign, index: Index) -> bool:
    attempts, failures = campaign.book.attempts(index), campaign.book.failures(index)
    settings = campaign.settings
    return attempts >= settings.max_attempts or failures >= settings.max_carrier_failures


def _follow_canceled(campaign: Campaign, ended: AttemptEnded) -> None:
    index = ended.contact
    # An end that was written before the cancellation stands as it was written.
    written = ended.result if campaign.keeps and ended.decision is _FINISH else None
    if written is not None:
        finish_contact(campaign, index, standing_of(written))
    elif may_end_canceled(campaign):
        finish_contact(campaign, index, Standing.CANCELED)
    else:
        campaign.book.set_standing(index, _WAITING)


def _go_on(campaign: Campaign, ended: AttemptEnded) -> None:
    if ended.due is not None:
        wait(campaign, ended.contact, ended.kind, ended.due)
    else:
        assert ended.result is not None
        finish_contact(campaign, ended.contact, standing_of(ended.result))
