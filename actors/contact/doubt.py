"""A call of an earlier life: every slot stays taken until it is over."""

from __future__ import annotations

from actors.contact.ending import write_end
from actors.contact.gate import tell_void, void
from actors.contact.progress import Attempt
from actors.contact.step import Step
from actors.contact.surroundings import HANGUP_GRACE_SECONDS
from actors.messages import (
    CallOver,
    Doubt,
    DoubtOver,
    GraceOver,
    HangUp,
    Hold,
    Offer,
    Reason,
    Release,
)
from actors.partitions.messages import Block
from runtime.calls import E164, Outcome

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_IN_DOUBT, _OVER = Step.IN_DOUBT, Step.OVER
_UNKNOWN = Outcome.UNKNOWN


def take_up(attempt: Attempt, doubt: Doubt) -> None:
    """Wait for the end of a call that nobody has seen: every slot stays taken, here or in the ledger."""
    intent, around = doubt.intent, attempt.around
    grant = intent.grant
    attempt.step = _IN_DOUBT
    attempt.intended_at = intent.at
    attempt.sticky_lost = attempt.record.sticky is not None and intent.sticky is None
    attempt.connection = around.connections[grant.connection]
    attempt.offer = Offer(
        attempt.call,
        E164(grant.number),
        grant.connection,
        grant.tier,
        grant.spilled,
        grant.probe,
        grant.weight,
        grant.share,
        grant.candidates,
        grant.number_in_use,
        grant.number_limit,
        more=False,
        more_tenant=False,
        counts_placed=False,
        sticky_lost=None,
        since=intent.at,
    )
    if doubt.elsewhere:
        attempt.timer = attempt.after(doubt.seconds_left, CallOver())
        around.tenant.tell(Block(attempt.call, attempt.record.to))
        return
    around.calls.begin()
    attempt.timer = attempt.after(max(0.0, doubt.seconds_left - HANGUP_GRACE_SECONDS), CallOver())
    hold = Hold(
        attempt.call,
        around.settings.tenant,
        around.settings.name,
        attempt.contact,
        E164(grant.number),
        attempt.record.to,
        attempt.record.profile,
        grant.tier,
        attempt.ref,
    )
    for ref in (attempt.connection, around.tenant, around.pool):
        ref.tell(hold)


def end_doubt(attempt: Attempt) -> None:
    """Hang up where the carrier still may; then take the call as over, or ask what others know of it."""
    assert attempt.connection is not None
    assert attempt.doubt is not None
    if attempt.hung_up is None and not attempt.is_elsewhere:
        attempt.hung_up = (_UNKNOWN, "in_doubt")
        attempt.connection.tell(HangUp(attempt.call))
        attempt.set_timer(HANGUP_GRACE_SECONDS, GraceOver())
    elif attempt.doubt.asks:
        attempt.around.campaign.tell(DoubtOver(attempt.contact))
    else:
        write_unseen_end(attempt)


def write_unseen_end(attempt: Attempt) -> None:
    """Write down that the call is over; nobody has seen how."""
    write_end(attempt, _UNKNOWN, None, None, None, "in_doubt")


def drop_doubt(attempt: Attempt) -> None:
    """Take back a call that was never placed: others had to know of it before, and do not.

    Another daemon's call is that one's to tell of.
    """
    if attempt.is_elsewhere:
        leave_doubt(attempt)
        return
    void(attempt, Reason.JOURNAL_AWAY)


def finish_drop(attempt: Attempt, seq: int | None) -> None:
    """Log that the call was none, and let go of what it has held."""
    tell_void(attempt, seq)
    leave_doubt(attempt)


def leave_doubt(attempt: Attempt) -> None:
    """Let go of the slots, not of the doubt: a later life takes the call up again."""
    assert attempt.connection is not None
    for ref in (attempt.connection, attempt.around.tenant, attempt.around.pool):
        ref.tell(Release(attempt.call))
    if not attempt.is_elsewhere:
        attempt.around.calls.end()
    attempt.step = _OVER
    attempt.stop()
