"""Every message that crosses between actors.

An imperative is a request, a participle the answer or the news of it.
`contact` is a contact's index in its campaign's book; times are seconds
since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NewType, TypeAlias

import msgspec
from pykka import ActorRef, Future

from actors.settings import NumberSettings
from runtime.calls import E164, CallEvent, CallId, CallRequest, Outcome
from runtime.contacts import FedRow
from runtime.journal.entries import Change, Intent
from runtime.observe.events import CampaignFinished, DispatchGranted

Ref: TypeAlias = "ActorRef[Any]"
Answer: TypeAlias = "Future[Any] | None"
"""Set when a change is in force."""
Index = NewType("Index", int)
"""A contact's place in its campaign's book."""


class Kind(int, Enum):
    """Why a contact waits; the lower goes first when both are due."""

    CALLBACK = 0
    RETRY = 1
    FRESH = 2


class Reason(str, Enum):
    """What a contact waits for, and why a grant was refused or voided."""

    CONNECTION_FULL = "connection_full"
    CONNECTION_OPEN = "connection_open"
    CONNECTION_DISABLED = "connection_disabled"
    TENANT_FULL = "tenant_full"
    CAMPAIGN_FULL = "campaign_full"
    NUMBER_FULL = "number_full"
    DAY_CAP = "day_cap"
    STICKY_BUSY = "sticky_busy"
    PARTY_BUSY = "party_busy"
    RATE = "rate"
    NO_ELIGIBLE_NUMBER = "no_eligible_number"
    CALLING_HOURS = "calling_hours"
    PAUSED = "paused"
    NUMBER_BARRED = "number_barred"
    CAMPAIGN_BARRED = "campaign_barred"
    LIMIT_LOWERED = "limit_lowered"
    TOO_LATE = "too_late"
    LEASE_LAPSED = "lease_lapsed"
    CLOSING = "closing"
    TURN = "turn"
    RETRY_DUE = "retry_due"
    NOT_STARTED = "not_started"
    JOURNAL_AWAY = "journal_away"
    LOG_AWAY = "log_away"
    CRASHED = "crashed"
    GIVEN_UP = "given_up"


class Message(msgspec.Struct, frozen=True, gc=False):
    """Base of what crosses between actors."""


class Profile(msgspec.Struct, frozen=True, gc=False):
    """What makes contacts wait for the same things.

    `zones` are the phone number's, for the nearby match; `calling_zones`
    those that calling hours are looked at in.
    """

    key: int
    region: str | None
    zones: tuple[str, ...]
    area: str | None
    calling_zones: tuple[str, ...]


# Campaign and pool


class Join(Message, frozen=True, gc=False):
    """Take a campaign's contacts; offers begin with `Open`."""

    campaign: str
    ref: Ref


class Open(Message, frozen=True, gc=False):
    """Begin to offer for a campaign; `contacts` is None while its file is read."""

    campaign: str
    contacts: int | None


class Arrived(Message, frozen=True, gc=False):
    """Fresh contacts in file order: `first` and on, a profile each."""

    campaign: str
    first: Index
    profiles: list[Profile]


class Waiting(Message, frozen=True, gc=False):
    """A contact waits for its next attempt from `due` on.

    With `excluded` it waits for another number of `tier` than those, after a
    carrier fault before ringing.
    """

    campaign: str
    contact: Index
    profile: Profile
    kind: Kind
    due: float
    sticky: E164 | None = None
    excluded: tuple[E164, ...] = ()
    tier: str | None = None


class NoOther(Message, frozen=True, gc=False):
    """No number of the tier is left for a contact with excluded ones."""

    contact: Index


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


# Contact, connection and tenant


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


class Ticket(Message, frozen=True, gc=False):
    """A free slot is held for the pool; `connection` is None for the tenant's."""

    connection: str | None
    probe: bool = False


class HandOn(Message, frozen=True, gc=False):
    """The pool has no use for so many tickets."""

    pool: str
    count: int
    probe: bool = False


class PartyFree(Message, frozen=True, gc=False):
    """The phone number's other call is over: the contact may wait again."""

    campaign: str
    contact: Index


# Changes while running


class Scope(str, Enum):
    """What a bar is on."""

    NUMBER = "number"
    POOLED_NUMBER = "pooled_number"
    CAMPAIGN = "campaign"


class Bar(Message, frozen=True, gc=False):
    """Let no more calls of this through the gate; answer `Barred`.

    For POOLED_NUMBER `name` is the number and `campaign` whose pool.
    """

    scope: Scope
    name: str
    ref: Ref
    change: int
    campaign: str | None = None


class Lift(Message, frozen=True, gc=False):
    """Let calls of this through the gate again."""

    scope: Scope
    name: str
    campaign: str | None = None


class VoidUnplaced(Message, frozen=True, gc=False):
    """Void what is granted to the pool and not yet placed; answer `Barred`."""

    pool: str
    ref: Ref
    change: int


class Barred(Message, frozen=True, gc=False):
    """The bar is in force at this connection."""

    change: int
    connection: str


class Restarted(Message, frozen=True, gc=False):
    """A connection, or with `connection` None the tenant, has lost its lists and tickets.

    Its leases stand; `limit` and `opened` are as they are now.
    """

    connection: str | None
    limit: int
    opened: bool = False


class Attach(Message, frozen=True, gc=False):
    """A pool routes numbers through this connection."""

    pool: str
    ref: Ref


class SetLimit(Message, frozen=True, gc=False):
    """Change a connection's limit, or a tenant's cap."""

    limit: int
    by: str
    reason: str | None
    done: Answer = None


class MarkedFull(Message, frozen=True, gc=False):
    """A refusal: the pool is on the list of this connection (None: the tenant).

    `rate` says that the connection has slots, but may place no call now.
    """

    connection: str | None
    rate: bool = False


class LimitChanged(Message, frozen=True, gc=False):
    """A limit is another now; `connection` is None for the tenant's cap.

    `lent` says that only what is held of a shared limit has changed.
    """

    connection: str | None
    limit: int
    lent: bool = False


class BreakerOpened(Message, frozen=True, gc=False):
    """A connection's breaker opened."""

    connection: str


class BreakerClosed(Message, frozen=True, gc=False):
    """A connection's breaker closed."""

    connection: str


class ChangeNumber(Message, frozen=True, gc=False):
    """Flag, unflag, pause, resume a number or let it rest (`what` is the participle)."""

    what: str
    number: E164
    by: str
    reason: str | None
    done: Answer = None


class QuarantineOver(Message, frozen=True, gc=False):
    """A number that the doctor let rest is tried again."""

    campaign: str
    number: E164


class SpeakUp(Message, frozen=True, gc=False):
    """The doctor has something to say."""


class AskFindings(Message, frozen=True, gc=False):
    """Answer what the doctor finds of a campaign now."""

    campaign: str
    done: Answer = None


class RemoveNumber(Message, frozen=True, gc=False):
    """Take a number out of a campaign's pool, or of all (campaign None)."""

    number: E164
    campaign: str | None
    by: str
    reason: str | None
    done: Answer = None


class AddNumber(Message, frozen=True, gc=False):
    """Add a number to the inventory and to the pools of these campaigns."""

    settings: NumberSettings
    campaigns: tuple[str, ...]
    by: str
    reason: str | None
    done: Answer = None


class ChangeCampaign(Message, frozen=True, gc=False):
    """Pause, resume or cancel a campaign (`what` is the participle)."""

    what: str
    campaign: str
    by: str
    reason: str | None
    done: Answer = None


class Propose(Message, frozen=True, gc=False):
    """Have a change made that can be: recorded in the journal first, then carried out."""

    entry: Change
    journal: Ref
    change: ChangeNumber | RemoveNumber | AddNumber | ChangeCampaign


class Canceled(Message, frozen=True, gc=False):
    """The campaign is canceled: no waiting contact is started any more."""


# Campaign and contact


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

    One of another daemon (`elsewhere`) takes no slot here.
    """

    intent: Intent
    seconds_left: float
    elsewhere: bool = False


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


class StopOffering(Message, frozen=True, gc=False):
    """Offer nothing any more: the engine is closing, or may not dial."""


class GoOn(Message, frozen=True, gc=False):
    """Offer again after `StopOffering`."""


class Tick(Message, frozen=True, gc=False):
    """Time alone may let somebody of the campaign be served now."""

    campaign: str


class DayEnded(Message, frozen=True, gc=False):
    """A number's day is over; its count begins anew."""

    number: E164
    at: float


class TellTables(Message, frozen=True, gc=False):
    """Write the periodic tables."""


class Describe(Message, frozen=True, gc=False):
    """Tell what you hold; answer `Described`."""

    inquiry: int
    ref: Ref


class Described(Message, frozen=True, gc=False):
    """What a connection, or with `connection` None a tenant, holds now.

    `held` is how much of the limit this daemon holds, None where nobody
    shares it.
    """

    inquiry: int
    connection: str | None
    limit: int
    in_use: int
    rate_left: int | None = None
    breaker: str = "closed"
    carrier_in_use: int | None = None
    held: int | None = None


class AskCapacity(Message, frozen=True, gc=False):
    """Answer a campaign's capacity breakdown."""

    campaign: str
    done: Answer = None


class AskWhy(Message, frozen=True, gc=False):
    """Answer why a contact waits: a `Reason`, or None if it doesn't wait here."""

    campaign: str
    contact: Index
    done: Answer = None


class Waits(Message, frozen=True, gc=False):
    """A contact waits, and for what: for the log's debug level."""

    contact: Index
    reason: Reason


class Finished(Message, frozen=True, gc=False):
    """A campaign is over; its tables are told no more."""

    campaign: str


class CloseGate(Message, frozen=True, gc=False):
    """Let no call through the last gate until `OpenGate`."""

    reason: Reason


class OpenGate(Message, frozen=True, gc=False):
    """Let calls through the last gate again."""


class RateFree(Message, frozen=True, gc=False):
    """A second has passed since a Place."""


class ProbeDue(Message, frozen=True, gc=False):
    """An open connection may be probed."""


class RingOver(Message, frozen=True, gc=False):
    """A call has rung as long as it may."""


class CallOver(Message, frozen=True, gc=False):
    """A call has lasted as long as it may."""


class GraceOver(Message, frozen=True, gc=False):
    """The carrier has not confirmed a hang-up in time."""


class HangUpCall(Message, frozen=True, gc=False):
    """Hang the contact's call up: `by` goes into the log as its cause."""

    by: str


# Campaign and engine


class Begin(Message, frozen=True, gc=False):
    """Begin the campaign."""


class Load(Message, frozen=True, gc=False):
    """Take the contacts of an earlier life over; `Begin` follows when all campaigns have."""


class BeginOffering(Message, frozen=True, gc=False):
    """The campaign's `start_at` has come."""


class ReadOn(Message, frozen=True, gc=False):
    """Read the next rows of the contacts file."""


class AddContacts(Message, frozen=True, gc=False):
    """Take in rows that the application adds."""

    rows: list[FedRow]
    done: Answer = None


class TakeRows(Message, frozen=True, gc=False):
    """These rows are durable: take them in. `more` says that the file goes on."""

    rows: list[FedRow]
    more: bool | None
    done: Answer = None


class FinishContact(Message, frozen=True, gc=False):
    """That the contact is finished is durable: say so."""

    contact: Index
    result: str


class Sweep(Message, frozen=True, gc=False):
    """That everybody who waits is finished is durable: say so."""


class Conclude(Message, frozen=True, gc=False):
    """The campaign's last word is durable: say it."""

    line: CampaignFinished


class CloseFeed(Message, frozen=True, gc=False):
    """Expect no more contacts from the application."""


class Stall(Message, frozen=True, gc=False):
    """Nothing can change by itself any more: end, and say why."""

    reason: str


class AskStall(Message, frozen=True):
    """Say why a campaign can't go on by itself, where some of it still waits."""

    campaign: str
    tell: Callable[[str], None]


class TellDisposition(Message, frozen=True, gc=False):
    """Say what a contact's answered call came to."""

    contact: str
    disposition: str
    done: Answer = None


class AskContact(Message, frozen=True, gc=False):
    """Answer a contact's index and where it stands."""

    contact: str
    done: Future[Any]


class HangUpAll(Message, frozen=True, gc=False):
    """Hang up every call in progress; `by` goes into the log as the cause."""

    by: str
