"""The end of a contact: nobody calls it any more, and its line says so."""

from __future__ import annotations

from actors.campaign.book import Standing, result_of
from actors.campaign.completion import finish_if_done
from actors.campaign.progress import Campaign
from actors.messages import FinishContact, Index
from runtime.journal.base import Record
from runtime.journal.entries import Finished
from runtime.observe.events import ContactFinished

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_WAITING, _REACHED = Standing.WAITING, Standing.REACHED
_OPEN = (_WAITING, Standing.ACTIVE)


def finish(campaign: Campaign, index: Index, standing: Standing) -> None:
    """Finish a contact for another reason than its call's end; where a journal is kept, durably."""
    if not campaign.keeps:
        finish_contact(campaign, index, standing)
        return
    to = None
    if campaign.sharing is not None:
        campaign.sharing.finishing.add(index)
        to = campaign.book.phone(index)
    result = result_of(_with_answers(campaign, index, standing))
    entry = Finished(campaign.name, index, campaign.book.contact(index), result, to)
    campaign.journal.tell(Record(entry, campaign.actor_ref, FinishContact(index, result)))


def finish_contact(campaign: Campaign, index: Index, standing: Standing) -> None:
    """Finish a contact, if it isn't, and say so."""
    if campaign.book.standing(index) not in _OPEN:
        return
    standing = _with_answers(campaign, index, standing)
    line = _finished_line(campaign, index, standing)
    # Told in one step with the change: a crash never finds the one without the other.
    campaign.book.set_standing(index, standing)
    campaign.unfinished -= 1
    if line is not None:
        campaign.observer.emit(line)
    if campaign.sharing is not None:
        campaign.sharing.finished(index, standing)
    campaign.elsewhere.pop(index, None)
    campaign.feed.answer_added(campaign.unfinished)
    if not campaign.unfinished:
        finish_if_done(campaign)


def finish_waiting(campaign: Campaign, standing: Standing) -> None:
    """Finish everybody who is in no attempt."""
    for index in range(len(campaign.book)):
        if campaign.book.standing(Index(index)) is _WAITING:
            finish_contact(campaign, Index(index), standing)


def finish_moved(campaign: Campaign, index: Index, standing: Standing) -> None:
    """Say that a contact's last call is over that has moved; whoever has it by now only reads so."""
    assert campaign.sharing is not None
    line = _finished_line(campaign, index, standing)
    if line is not None:
        campaign.observer.emit(line)
    campaign.sharing.finished(index, standing)


def may_end_canceled(campaign: Campaign) -> bool:
    """Tell whether who is in no call ends now; else the sweep will, when it is durable."""
    return campaign.canceled and (campaign.swept or campaign.stalled or not campaign.keeps)


def _with_answers(campaign: Campaign, index: Index, standing: Standing) -> Standing:
    """Say how a contact ends that would end so: whoever answered once is reached."""
    return _REACHED if standing is not _REACHED and campaign.book.reached(index) else standing


def _finished_line(campaign: Campaign, index: Index, standing: Standing) -> ContactFinished | None:
    if campaign.observer.spares(ContactFinished):
        return None
    return ContactFinished(
        campaign.book.contact(index),
        result_of(standing),
        campaign.book.calls(index),
        tenant=campaign.settings.tenant,
        campaign=campaign.name,
    )
