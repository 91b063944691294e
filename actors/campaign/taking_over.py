"""Take a campaign's contacts over from an earlier life, before anybody is dialed."""

from __future__ import annotations

from itertools import islice

from msgspec.structs import replace

from actors.campaign.activation import take_up
from actors.campaign.book import Standing, standing_of
from actors.campaign.earlier_life import EarlierLife, TakingOver
from actors.campaign.finishing import finish
from actors.campaign.following import wait, wait_elsewhere
from actors.campaign.progress import Campaign
from actors.campaign.sharing import Sharing
from actors.messages import Arrived, AttemptEnded, Decision, Index, Kind, Load
from runtime.calls import E164, Outcome
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.journal.entries import Intent
from runtime.journal.recovered import ContactState

ROWS_A_TURN = 500


def load(campaign: Campaign, message: Load) -> None:
    """Take over the next contacts, then let others have their turn; with the last, all else."""
    taking = campaign.taking_over
    if taking is None:
        return
    earlier = taking.life
    campaign.canceled = campaign.calls.canceled = earlier.canceled
    more = _load_rows(campaign, taking)
    campaign.feed.arrived = len(campaign.book)
    if more:
        campaign.actor_ref.tell(message)
        return
    campaign.feed.promised = len(campaign.book)
    campaign.began_at = earlier.state.begun_at
    campaign.calls.placed += earlier.state.placed
    campaign.taking_over = None
    earlier.loaded()


def go_on_with(campaign: Campaign, index: Index, state: ContactState) -> None:
    """Let an open contact wait for its next attempt, if it has one."""
    limit = campaign.settings
    if state.attempts >= limit.max_attempts or state.carrier_failures >= limit.max_carrier_failures:
        finish(campaign, index, Standing.REACHED if state.reached else Standing.EXHAUSTED)
        return
    wait_again(campaign, _ended(index, state), state.excluded)


def wait_again(campaign: Campaign, ended: AttemptEnded, excluded: tuple[E164, ...]) -> None:
    """Let a contact of an earlier life wait for what it waited for."""
    if campaign.canceled:
        finish(campaign, ended.contact, Standing.CANCELED)
    elif ended.decision is Decision.ELSEWHERE:
        wait_elsewhere(campaign, ended, excluded)
    else:
        due = campaign.clock.time() if ended.due is None else ended.due
        wait(campaign, ended.contact, ended.kind, due)


def restore(campaign: Campaign, index: Index, state: ContactState) -> None:
    """Write into the book what was known of a contact's attempts."""
    attempts, failures = state.attempts, state.carrier_failures
    campaign.book.restore(index, attempts, failures, state.sticky, reached=state.reached)


def _load_rows(campaign: Campaign, taking: TakingOver) -> bool:
    """Take over the next rows; False when there are no more."""
    if taking.rows is None:
        taking.rows, taking.taken = list(islice(taking.life.rows, ROWS_A_TURN)), 0
    rows = taking.rows
    while taking.taken < len(rows):
        row = rows[taking.taken]
        if campaign.sharing is not None:
            _load_shared(campaign, campaign.sharing, row, taking)
        elif isinstance(row, RejectedContact):
            campaign.rejected += 1
        else:
            _load(campaign, row, taking)
        taking.taken += 1
    _tell_fresh(campaign, taking)
    taking.rows = None
    return len(rows) == ROWS_A_TURN


def _load(campaign: Campaign, row: NewContact, taking: TakingOver) -> None:
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


def _load_shared(campaign: Campaign, sharing: Sharing, row: FedRow, taking: TakingOver) -> None:
    """Take over a row of which whoever holds its partition knows how far it has come.

    Only its call in doubt is taken up here.
    """
    if isinstance(row, RejectedContact):
        sharing.reject(row)
        return
    life, index = taking.life, Index(taking.contacts)
    if len(campaign.book) == index:
        sharing.add(row)
    doubt = life.doubts.get(index)
    if doubt is not None:
        state = _as_intended(life.state.contacts[index], doubt.intent)
        restore(campaign, index, state)
        sharing.doubts.own[index] = doubt.intent.call
        take_up(campaign, index, replace(doubt, asks=True), state.excluded)
    taking.contacts += 1


def _as_intended(state: ContactState, intent: Intent) -> ContactState:
    """Give a contact's state when its call was intended: other daemons may have made its earlier attempts."""
    earlier = intent.grant.attempt - 1 - state.carrier_failures
    return replace(state, attempts=max(state.attempts, earlier), sticky=state.sticky or intent.sticky)


def _tell_fresh(campaign: Campaign, taking: TakingOver) -> None:
    if taking.fresh:
        campaign.pool.tell(Arrived(campaign.name, taking.first, taking.fresh))
        taking.first, taking.fresh = Index(taking.first + len(taking.fresh)), []


def _swept(state: ContactState) -> ContactState:
    return replace(state, result="reached" if state.reached else "canceled")


def _take_over(campaign: Campaign, index: Index, state: ContactState, life: EarlierLife) -> bool:
    """Put a contact back to where it stood; True if that was its end."""
    restore(campaign, index, state)
    if state.result is not None:
        campaign.book.set_standing(index, standing_of(state.result))
        return True
    doubt = life.doubts.get(index)
    if doubt is not None:
        if state.elsewhere:
            campaign.elsewhere[index] = state.excluded, _ended(index, state)
        take_up(campaign, index, doubt, state.excluded)
        return False
    go_on_with(campaign, index, state)
    return False


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
