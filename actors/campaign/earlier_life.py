"""Take a campaign's contacts over from an earlier life, before anybody is dialed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from actors.campaign.book import Standing
from actors.messages import Arrived, AttemptEnded, Decision, Doubt, Index, Kind, Profile
from runtime.calls import E164, Outcome
from runtime.contacts import FedRow, RejectedContact
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


def load_rows(campaign: CampaignActor, life: EarlierLife) -> bool:
    """Take over the next rows; False when there are no more."""
    rows = list(islice(life.rows, ROWS_A_TURN))
    fresh: list[Profile] = []
    first = Index(0)
    for row in rows:
        if isinstance(row, RejectedContact):
            campaign.rejected += 1
            continue
        index = campaign.book.add(row)
        campaign.unfinished += 1
        state = life.state.contacts.get(index)
        if life.state.swept and (state is None or (state.result is None and state.call is None)):
            state = _swept(state or ContactState())
        if state is None:
            if fresh and index != first + len(fresh):
                campaign.pool.tell(Arrived(campaign.name, first, fresh))
                fresh = []
            if not fresh:
                first = index
            fresh.append(campaign.book.profile(index))
        else:
            _take_over(campaign, index, state, life)
    if fresh:
        campaign.pool.tell(Arrived(campaign.name, first, fresh))
    return len(rows) == ROWS_A_TURN


def _swept(state: ContactState) -> ContactState:
    return msgspec.structs.replace(state, result="reached" if state.reached else "canceled")


def _take_over(campaign: CampaignActor, index: Index, state: ContactState, life: EarlierLife) -> None:
    """Put a contact back to where it stood."""
    campaign.book.restore(index, state.attempts, state.carrier_failures, state.sticky, reached=state.reached)
    if state.result is not None:
        campaign.book.set_standing(index, Standing[state.result.upper()])
        campaign.unfinished -= 1
        return
    doubt = life.doubts.get(index)
    if doubt is not None:
        campaign.take_up(index, doubt, state.excluded)
        return
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
