"""The pool's grant: a number for a contact, until it comes back."""

from __future__ import annotations

from actors.messages.vocabulary import Index, Message, Reason, Ref
from runtime.calls import E164, CallId, Outcome


class Start(Message, frozen=True, gc=False):
    """A number is drawn and held for the contact: activate it."""

    contact: Index


class RequestNumber(Message, frozen=True, gc=False):
    """Ask for the number that is held for the contact."""

    campaign: str
    contact: Index
    call: CallId
    ref: Ref


class Offer(Message, frozen=True, gc=False):
    """The pool's grant: a number, and why it was drawn.

    `more` says that the pool has further contacts for this connection,
    `sticky_lost` that a sticky number didn't stand, and why; `since` is when
    the contact was due, or for its first attempt when it could first be called.
    """

    call: CallId
    number: E164
    connection: str
    tier: str
    spilled: str | None
    probe: bool
    weight: float
    share: float | None
    candidates: int
    number_in_use: int
    number_limit: int | None
    more: bool
    more_tenant: bool
    counts_placed: bool
    sticky_lost: str | None
    since: float


class NoOffer(Message, frozen=True, gc=False):
    """What was held has been taken back; the contact waits again."""

    call: CallId


class Placed(Message, frozen=True, gc=False):
    """The call has passed the gate."""

    call: CallId


class Return(Message, frozen=True, gc=False):
    """Give the pool its grant back: the call was not placed.

    `by` is who refused, or None for a void; `reserved` whether the
    connection was asked, so that a ticket for it is used up.
    """

    call: CallId
    by: str | None
    reason: Reason
    reserved: bool
    reserved_tenant: bool
    sticky_lost: bool = False


class Release(Message, frozen=True, gc=False):
    """The call is over; its lease ends.

    To a connection `fault` says whether it was the carrier's and `rang`
    whether the callee was reached; None where nothing was placed. `cause`
    is the carrier's word, `ring_delay` the seconds from the intent to the ring.
    """

    call: CallId
    outcome: Outcome | None = None
    fault: bool | None = None
    rang: bool = False
    cause: str | None = None
    ring_delay: float | None = None
