"""When an attempt has crashed: lose no slot and no contact."""

from __future__ import annotations

from typing import Any

from actors.answers import answer
from actors.contact.doubt import drop_doubt, end_doubt, leave_doubt
from actors.contact.ending import finish_end, write_end
from actors.contact.gate import leave, void
from actors.contact.progress import Attempt
from actors.contact.step import Step
from actors.contact.surroundings import HANGUP_GRACE_SECONDS, PLACE_WITHIN_SECONDS
from actors.messages import (
    CallOver,
    DropDoubt,
    EndDoubt,
    GraceOver,
    HangUp,
    NoOffer,
    Offer,
    Placed,
    Reason,
    Release,
    Reported,
    Return,
    SetDisposition,
    Voided,
)
from runtime.calls import CallProgress, Outcome
from runtime.journal.base import Durable, Failed, Record
from runtime.journal.entries import NotPlaced
from runtime.kernel.mailbox import Start as Begun

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_HANGING_UP = Step.HANGING_UP
_UNKNOWN = Outcome.UNKNOWN


def retreat_from(attempt: Attempt, message: Any) -> None:
    """Go back from wherever the attempt is; any part of the message may have been done."""
    if isinstance(message, SetDisposition):
        answer(message.done, False)
    match attempt.step:
        case Step.ASKING:
            if isinstance(message, NoOffer):
                leave(attempt)
            elif isinstance(message, Offer):
                give_back(attempt)
            elif isinstance(message, Begun):
                attempt.on_start()
        case Step.RESERVING:
            give_back(attempt)
        case Step.INTENDING:
            if not isinstance(message, Failed):
                entry = NotPlaced(attempt.call, Reason.CRASHED.value, attempt.clock.time())
                attempt.around.journal.tell(Record(entry, None))
            give_back(attempt)
        case Step.AT_THE_GATE:
            if isinstance(message, Voided):
                void(attempt, message.reason)
            elif isinstance(message, Placed):
                attempt.begin_call()
                see_out(attempt)
        case Step.VOIDING:
            if isinstance(message, Durable):
                if attempt.doubt is None:
                    give_back(attempt)
                else:
                    leave_doubt(attempt)
        case Step.ENDING:
            if isinstance(message, Durable):
                finish_end(attempt, message.seq)
        case Step.IN_DOUBT if isinstance(message, CallOver | GraceOver):
            end_doubt(attempt)
        case Step.IN_DOUBT if isinstance(message, DropDoubt):
            drop_doubt(attempt)
        case Step.OVER:
            pass
        case _:
            if _is_over(message):
                write_crashed_end(attempt)
            else:
                see_out(attempt)


def give_back(attempt: Attempt) -> None:
    """Return all that is held or was asked for; the contact waits for a while.

    What was not granted is returned as well: an answer may be on its way.
    """
    settings, around = attempt.around.settings, attempt.around
    again = around.supervisor.contact_crashed(settings.name, attempt.record.contact)
    if attempt.connection is not None:
        attempt.connection.tell(Release(attempt.call))
        around.tenant.tell(Release(attempt.call))
    around.pool.tell(
        Return(
            attempt.call,
            None,
            Reason.CRASHED if again else Reason.GIVEN_UP,
            reserved=attempt.reserve is not None,
            reserved_tenant=attempt.connection_grant is not None,
            sticky_lost=attempt.sticky_lost,
        )
    )
    leave(attempt, given_up=not again)


def write_crashed_end(attempt: Attempt) -> None:
    """Write down that the call is over; nobody knows what it came to."""
    try:
        write_end(attempt, Outcome.UNKNOWN, None, None, None, "crashed")
    except Exception:  # the rule of what follows: this contact has no further attempt
        write_end(attempt, Outcome.UNKNOWN, None, None, None, "crashed", final=True)


def see_out(attempt: Attempt) -> None:
    """Hang up and keep every slot until the call is over for certain."""
    assert attempt.connection is not None
    settings = attempt.around.settings
    attempt.step = _HANGING_UP
    attempt.hung_up = (_UNKNOWN, "crashed")
    attempt.connection.tell(HangUp(attempt.call))
    over_by = (
        attempt.intended_at + PLACE_WITHIN_SECONDS + settings.max_ring_seconds + settings.max_call_seconds
    )
    attempt.set_timer(max(0.0, over_by + HANGUP_GRACE_SECONDS - attempt.clock.time()), GraceOver())


def _is_over(message: Any) -> bool:
    """Tell whether the call has ended by this message, or may be taken as ended."""
    if isinstance(message, Reported):
        return message.event.progress is CallProgress.ENDED
    return isinstance(message, GraceOver | EndDoubt)
