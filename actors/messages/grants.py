"""What a contact asks of a connection and its tenant, and the last gate."""

from __future__ import annotations

from actors.messages.vocabulary import Index, Message, Profile, Reason, Ref
from runtime.calls import E164, CallEvent, CallId, CallRequest
from runtime.observe.events import DispatchGranted


class Reserve(Message, frozen=True, gc=False):
    """Ask for a slot. `party` is the phone number, for the tenant only."""

    call: CallId
    pool: str
    campaign: str
    contact: Index
    number: E164
    party: E164
    probe: bool
    more: bool
    ref: Ref


class Hold(Message, frozen=True, gc=False):
    """Lease a slot to a call of an earlier life, whatever the limits."""

    call: CallId
    pool: str
    campaign: str
    contact: Index
    number: E164
    party: E164
    profile: Profile
    tier: str
    ref: Ref


class Adopt(Message, frozen=True, gc=False):
    """Ask the carrier for these calls of an earlier life.

    `dialed_lately` says that calls of that life may have been placed within
    the last second.
    """

    calls: tuple[CallId, ...]
    dialed_lately: bool


class Granted(Message, frozen=True, gc=False):
    """A slot is held: `in_use` of `limit`, this one included."""

    call: CallId
    by: str
    in_use: int
    limit: int


class Refused(Message, frozen=True, gc=False):
    """No slot now. The pool is on the list and hears when there is one."""

    call: CallId
    by: str
    reason: Reason


class Place(Message, frozen=True, gc=False):
    """Place the call, if the last gate lets it through."""

    request: CallRequest
    grant: DispatchGranted
    ref: Ref


class Voided(Message, frozen=True, gc=False):
    """The last gate did not let the call through."""

    call: CallId
    reason: Reason


class HangUp(Message, frozen=True, gc=False):
    """End the call."""

    call: CallId


class Reported(Message, frozen=True, gc=False):
    """The carrier reported on a contact's call."""

    event: CallEvent


class CloseGate(Message, frozen=True, gc=False):
    """Let no call through the last gate until `OpenGate`."""

    reason: Reason


class OpenGate(Message, frozen=True, gc=False):
    """Let calls through the last gate again."""
