"""One attempt: what it begins with, what ends it, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from actors.messages.vocabulary import Answer, Index, Kind, Message, Profile, Ref
from runtime.calls import E164, CallId, Outcome
from runtime.journal.entries import Intent


class ContactRecord(Message, frozen=True, gc=False):
    """What a contact brings to its next attempt."""

    contact: str
    to: E164
    profile: Profile
    attempts: int
    carrier_failures: int
    sticky: E164 | None
    reached: bool
    excluded: tuple[E164, ...]
    extra: Mapping[str, str]


class Doubt(Message, frozen=True, gc=False):
    """A call whose end nobody has seen, of an earlier life; over in `seconds_left`.

    One of another daemon (`elsewhere`) takes no slot here. Where daemons
    share their contacts (`asks`) another one may have said how it ended.
    """

    intent: Intent
    seconds_left: float
    elsewhere: bool = False
    asks: bool = False


class DoubtOver(Message, frozen=True, gc=False):
    """A call in doubt must be over: answer `EndDoubt` if nobody else has said so, else `DropDoubt`."""

    contact: Index


class EndDoubt(Message, frozen=True, gc=False):
    """Nobody has said how the call ended: that it is over is all that is known."""


class DropDoubt(Message, frozen=True, gc=False):
    """The call is none of this contact's any more: it has another end, or was never placed."""


class Activate(Message, frozen=True, gc=False):
    """Make the attempt that a number is held for."""

    call: CallId
    contact: Index
    record: ContactRecord
    ref: Ref
    """The campaign."""
    doubt: Doubt | None = None


class Withdrawn(Message, frozen=True, gc=False):
    """The attempt was not placed; the contact waits again."""

    contact: Index
    sticky_lost: bool
    given_up: bool = False
    """It crashed too often to be tried again."""


class Decision(str, Enum):
    """What follows an attempt."""

    RETRY = "retry"
    ELSEWHERE = "elsewhere"
    FINISH = "finish"


class AttemptEnded(Message, frozen=True, gc=False):
    """An attempt is over, and what follows.

    `due` and `kind` stand with RETRY (and with ELSEWHERE as what to do where
    there is no other number), `result` with FINISH (likewise).
    """

    contact: Index
    counted: bool
    answered: bool
    sticky: E164 | None
    decision: Decision
    due: float | None
    kind: Kind
    result: str | None
    number: E164
    tier: str
    outcome: Outcome
    disposition: str | None


class SetDisposition(Message, frozen=True, gc=False):
    """Say what an answered call came to, while it lasts; answers whether it was taken."""

    disposition: str
    done: Answer = None


class HangUpCall(Message, frozen=True, gc=False):
    """Hang the contact's call up: `by` goes into the log as its cause."""

    by: str


class RingOver(Message, frozen=True, gc=False):
    """A call has rung as long as it may."""


class CallOver(Message, frozen=True, gc=False):
    """A call has lasted as long as it may."""


class GraceOver(Message, frozen=True, gc=False):
    """The carrier has not confirmed a hang-up in time."""
