"""Take a campaign's contacts over from an earlier life, before anybody is dialed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from actors.campaign.book import Standing
from actors.messages import Arrived, AttemptEnded, Decision, Doubt, Index, Kind, Profile
from runtime.calls import E164, Outcome
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.journal.recovered import CampaignState, ContactState

if TYPE_CHECKING:
    from actors.campaign.actor import CampaignActor

ROWS_A_TURN = 500


class EarlierLife(msgspec.Struct, frozen=True):
    """What is known of a campaign: its state, its rows in order, its calls in doubt.

    `loaded` is called when the last row has been taken over.
    """

    state: CampaignState
    rows: Iterator[FedRow]
    doubts: Mapping[int, Doubt]
    canceled: bool
    loaded: Callable[[], None]


class TakingOver:
    """How far a campaign's contacts have been taken over.

    A crash leaves it at a row, which is then taken over again: all that is
    done for a row can be done twice, and the row is counted in one step.
    """

    def __init__(self, life: EarlierLife) -> None:
        self.life = life
        self.rows: list[FedRow] | None = None
        """The rows of this turn, once they are read."""
        self.taken = 0
        """How many of this turn's rows have been taken over."""
        self.contacts = 0
        """How many contacts have been, in all turns."""
        self.first = Index(0)
        self.fresh: list[Profile] = []
        """The contacts from `first` on that nobody has called yet, not yet told to the pool."""


def load_rows(campaign: CampaignActor, taking: TakingOver) -> bool:
    """Take over the next rows; False when there are no more."""
    if taking.rows is None:
        taking.rows, taking.taken = list(islice(taking.life.rows, ROWS_A_TURN)), 0
    rows = taking.rows
    while taking.taken < len(rows):
        row = rows[taking.taken]
        if campaign.sharing is not None:
            campaign.sharing.load(campaign, row, taking)
        elif isinstance(row, RejectedContact):
            campaign.rejected += 1
        else:
            _load(campaign, row, taking)
        taking.taken += 1
    _tell_fresh(campaign, taking)
    taking.rows = None
    return len(rows) == ROWS_A_TURN


def _load(campaign: CampaignActor, row: NewContact, taking: TakingOver) -> None:
    life, index = taking.life, Index(taking.contacts)
    if len(campaign.book) == index:
        campaign.book.add(row)
    state = life.state.contacts.get(index)
    if life.state.swept and (state is None or (state.result is None and state.call is None)):
        state = _swept(state or ContactState())
    if state is None:
        if index != taking.first + len(taking.fresh):
            _tell_fresh(campaign, taking)
            taking.first = index
        profile = campaign.book.profile(index)
        taking.fresh.append(profile)
        ended = False
    else:
        ended = _take_over(campaign, index, state, life)
    # From here to the end of the turn's step nothing is called, so that it happens as a whole.
    campaign.unfinished += not ended
    taking.contacts += 1


def _tell_fresh(campaign: CampaignActor, taking: TakingOver) -> None:
    if taking.fresh:
        campaign.pool.tell(Arrived(campaign.name, taking.first, taking.fresh))
        taking.first, taking.fresh = Index(taking.first + len(taking.fresh)), []


def _swept(state: ContactState) -> ContactState:
    return msgspec.structs.replace(state, result="reached" if state.reached else "canceled")


def _take_over(campaign: CampaignActor, index: Index, state: ContactState, life: EarlierLife) -> bool:
    """Put a contact back to where it stood; True if that was its end."""
    campaign.book.restore(index, state.attempts, state.carrier_failures, state.sticky, reached=state.reached)
    if state.result is not None:
        campaign.book.set_standing(index, Standing[state.result.upper()])
        return True
    doubt = life.doubts.get(index)
    if doubt is not None:
        campaign.take_up(index, doubt, state.excluded)
        return False
    go_on_with(campaign, index, state)
    return False


def go_on_with(campaign: CampaignActor, index: Index, state: ContactState) -> None:
    """Let an open contact wait for its next attempt, if it has one."""
    limit = campaign.settings
    if state.attempts >= limit.max_attempts or state.carrier_failures >= limit.max_carrier_failures:
        campaign.finish(index, Standing.REACHED if state.reached else Standing.EXHAUSTED)
        return
    campaign.wait_again(_ended(index, state), state.excluded)


def _ended(index: Index, state: ContactState) -> AttemptEnded:
    """Say again what followed from the contact's last attempt."""
    return AttemptEnded(
        index,
        counted=True,
        answered=state.reached,
        sticky=state.sticky,
        decision=Decision.ELSEWHERE if state.elsewhere else Decision.RETRY,
        due=state.due,
        kind=Kind(state.kind),
        result=state.otherwise,
        number=state.excluded[-1] if state.excluded else E164(""),
        tier=state.tier or "",
        outcome=Outcome.UNKNOWN,
        disposition=None,
    )
