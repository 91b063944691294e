"""The event table: every line that the log can hold.

Names and fields are an interface (docs/events.md). `tenant` and `campaign`
are None where an event belongs to none; `seq` and `recovered` stand in a
line only where they are set. Seconds throughout; times are seconds since the
epoch. The writer adds `timestamp`, `level` and `event`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

Table = Mapping[str, Any]
"""A JSON object inside an event, described in docs/events.md."""


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line of the log."""

    event: ClassVar[str]
    level: ClassVar[str] = "info"
    tenant: str | None = None
    campaign: str | None = None
    seq: int | None = None
    recovered: bool | None = None


class AttemptEvent(Event, frozen=True, gc=False):
    """One of the lines that every attempt writes: its own fields by position.

    They are made so often that keywords, of which msgspec searches each
    among all fields, would cost more than what they tell.
    """


class EngineStarted(Event, frozen=True, gc=False, kw_only=True):
    """The engine is up and about to dial."""

    event: ClassVar[str] = "engine.started"
    run: str
    versions: Table
    seed: int


class EngineRecovered(Event, frozen=True, gc=False, kw_only=True):
    """The engine goes on where an earlier life of the run has ended."""

    event: ClassVar[str] = "engine.recovered"
    run: str
    versions: Table
    seed: int
    life: int
    in_doubt: int


class EngineStopped(Event, frozen=True, gc=False, kw_only=True):
    """The engine has ended; `reason` is finished, stalled, closed, signal or failed."""

    event: ClassVar[str] = "engine.stopped"
    run: str
    reason: str


class CampaignStarted(Event, frozen=True, gc=False, kw_only=True):
    """A campaign begins; `settings` is its effective configuration."""

    event: ClassVar[str] = "campaign.started"
    settings: Table
    numbers: list[Table]
    connections: list[Table]
    ceiling: int
    tenant_cap: int
    contacts: int | None


class CampaignPaused(Event, frozen=True, gc=False, kw_only=True):
    """A campaign offers nothing until it is resumed."""

    event: ClassVar[str] = "campaign.paused"
    by: str
    reason: str | None = None


class CampaignResumed(Event, frozen=True, gc=False, kw_only=True):
    """A paused campaign offers again."""

    event: ClassVar[str] = "campaign.resumed"
    by: str
    reason: str | None = None


class CampaignCanceled(Event, frozen=True, gc=False, kw_only=True):
    """A campaign dials nobody any more."""

    event: ClassVar[str] = "campaign.canceled"
    level: ClassVar[str] = "warning"
    by: str
    reason: str | None = None


class CampaignStalled(Event, frozen=True, gc=False, kw_only=True):
    """A campaign can't go on by itself; `contacts` are still open."""

    event: ClassVar[str] = "campaign.stalled"
    level: ClassVar[str] = "error"
    by: str
    reason: str
    contacts: int


class CampaignFinished(Event, frozen=True, gc=False, kw_only=True):
    """Every row of a campaign is accounted for."""

    event: ClassVar[str] = "campaign.finished"
    rows: int
    attempts: int
    reached: int
    exhausted: int
    canceled: int
    stalled: int
    rejected: int
    seconds: float
    peak_in_use: int


class DispatchGranted(AttemptEvent, frozen=True, gc=False):
    """A call has passed the last gate and goes to its carrier."""

    event: ClassVar[str] = "dispatch.granted"
    call: str
    contact: str
    attempt: int
    waited_seconds: float
    to: str
    party: str | None
    region: str | None
    zones: list[str]
    timezone: str | None
    number: str
    connection: str
    tier: str
    spilled: str | None
    probe: bool
    weight: float
    share: float | None
    candidates: int
    connection_in_use: int
    connection_limit: int
    tenant_in_use: int
    tenant_cap: int
    number_in_use: int
    number_limit: int | None


class DispatchRefused(Event, frozen=True, gc=False, kw_only=True):
    """A drawn number was refused by its connection or the tenant."""

    event: ClassVar[str] = "dispatch.refused"
    call: str
    contact: str
    number: str
    connection: str
    weight: float
    share: float | None
    candidates: int
    by: str
    reason: str


class DispatchVoided(Event, frozen=True, gc=False, kw_only=True):
    """A granted call was stopped at the last gate; it is not counted."""

    event: ClassVar[str] = "dispatch.voided"
    call: str
    contact: str
    number: str
    reason: str


class DispatchWaiting(Event, frozen=True, gc=False, kw_only=True):
    """A contact waits, and for what."""

    event: ClassVar[str] = "dispatch.waiting"
    level: ClassVar[str] = "debug"
    contact: str
    reason: str


class CallRinging(AttemptEvent, frozen=True, gc=False):
    """The callee's phone rings."""

    event: ClassVar[str] = "call.ringing"
    call: str
    contact: str
    number: str
    connection: str


class CallAnswered(AttemptEvent, frozen=True, gc=False):
    """Somebody, or something, picked up."""

    event: ClassVar[str] = "call.answered"
    call: str
    contact: str
    number: str
    connection: str


class CallEnded(AttemptEvent, frozen=True, gc=False):
    """A placed call is over; written before its slot is released."""

    event: ClassVar[str] = "call.ended"
    call: str
    contact: str
    number: str
    connection: str
    outcome: str
    disposition: str | None
    ring_seconds: float | None
    talk_seconds: float | None
    cause: str | None


class CallLateEvent(Event, frozen=True, gc=False, kw_only=True):
    """A carrier reported on a call that has ended; it changes nothing."""

    event: ClassVar[str] = "call.late_event"
    level: ClassVar[str] = "warning"
    call: str
    what: str


class CallOverdue(Event, frozen=True, gc=False, kw_only=True):
    """A carrier has not confirmed a hang-up within the grace."""

    event: ClassVar[str] = "call.overdue"
    level: ClassVar[str] = "warning"
    call: str
    what: str


class ContactStickySet(AttemptEvent, frozen=True, gc=False):
    """A contact was reached; this number stays with it."""

    event: ClassVar[str] = "contact.sticky_set"
    contact: str
    number: str


class ContactStickyLost(Event, frozen=True, gc=False, kw_only=True):
    """A contact's sticky number can't be used any more."""

    event: ClassVar[str] = "contact.sticky_lost"
    contact: str
    number: str
    reason: str


class ContactFinished(AttemptEvent, frozen=True, gc=False):
    """A contact needs no further attempt."""

    event: ClassVar[str] = "contact.finished"
    contact: str
    result: str
    attempts: int


class ContactRejected(Event, frozen=True, gc=False, kw_only=True):
    """A line of the contacts file that can't be dialed."""

    event: ClassVar[str] = "contact.rejected"
    level: ClassVar[str] = "warning"
    row: int
    reason: str


class NumberChanged(Event, frozen=True, gc=False, kw_only=True):
    """Fields of every change of a number's state."""

    number: str
    by: str
    reason: str | None = None


class NumberFlagged(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is taken for spam; it is not dialed from here on."""

    event: ClassVar[str] = "number.flagged"
    level: ClassVar[str] = "warning"


class NumberUnflagged(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is no longer taken for spam."""

    event: ClassVar[str] = "number.unflagged"


class NumberPaused(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number is not dialed until it is resumed."""

    event: ClassVar[str] = "number.paused"


class NumberResumed(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A paused number may be dialed again."""

    event: ClassVar[str] = "number.resumed"


class NumberResting(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number rests: it has reached its day cap, or the doctor says so."""

    event: ClassVar[str] = "number.resting"


class NumberRested(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number has rested; it may be dialed again."""

    event: ClassVar[str] = "number.rested"


class NumberAdded(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number joined the inventory or a pool."""

    event: ClassVar[str] = "number.added"
    connection: str | None = None
    region: str | None = None
    settings: Table
    connection_settings: Table


class NumberRemoved(NumberChanged, frozen=True, gc=False, kw_only=True):
    """A number left a campaign's pool, or all of them."""

    event: ClassVar[str] = "number.removed"


class NumberWeights(Event, frozen=True, gc=False, kw_only=True):
    """The periodic table of a campaign's answer rates and weights."""

    event: ClassVar[str] = "number.weights"
    numbers: list[Table]


class ConnectionOpened(Event, frozen=True, gc=False, kw_only=True):
    """A connection's breaker opened: its numbers rest until a probe is good."""

    event: ClassVar[str] = "connection.opened"
    level: ClassVar[str] = "warning"
    connection: str
    limit: int
    by: str
    reason: str


class ConnectionClosed(Event, frozen=True, gc=False, kw_only=True):
    """A connection's breaker closed: its numbers are dialed again."""

    event: ClassVar[str] = "connection.closed"
    connection: str
    limit: int
    by: str
    reason: str


class ConnectionLimitChanged(Event, frozen=True, gc=False, kw_only=True):
    """A connection's limit of concurrent calls is another from here on."""

    event: ClassVar[str] = "connection.limit_changed"
    connection: str
    limit: int
    by: str
    reason: str | None = None


class TenantCapChanged(Event, frozen=True, gc=False, kw_only=True):
    """A tenant's cap is another from here on; `limit` is the new cap."""

    event: ClassVar[str] = "tenant.cap_changed"
    limit: int
    by: str
    reason: str | None = None


class PoolCapacity(Event, frozen=True, gc=False, kw_only=True):
    """The capacity breakdown of a campaign's pool."""

    event: ClassVar[str] = "pool.capacity"
    ceiling: int
    available: int
    binds: str
    binds_now: str
    tenant_cap: int
    tenant_in_use: int
    campaign_cap: int | None
    campaign_in_use: int
    connections: list[Table]
    tenant_held: int | None = None
    campaign_held: int | None = None
    placed: int = 0
    waiting: Table = {}
    waiting_countries: Table = {}


class JournalAway(Event, frozen=True, gc=False, kw_only=True):
    """The journal can't be written; dialing has stopped."""

    event: ClassVar[str] = "journal.away"
    level: ClassVar[str] = "error"
    reason: str


class JournalBack(Event, frozen=True, gc=False, kw_only=True):
    """The journal can be written again; dialing goes on."""

    event: ClassVar[str] = "journal.back"
    reason: str


class StateAway(Event, frozen=True, gc=False, kw_only=True):
    """The shared state doesn't answer; dialing goes on within the leases, then stops."""

    event: ClassVar[str] = "state.away"
    level: ClassVar[str] = "error"
    reason: str


class StateBack(Event, frozen=True, gc=False, kw_only=True):
    """The shared state answers again."""

    event: ClassVar[str] = "state.back"


class StateLearning(Event, frozen=True, gc=False, kw_only=True):
    """The shared state is new or has lost something; no daemon gets more than it has meanwhile."""

    event: ClassVar[str] = "state.learning"
    level: ClassVar[str] = "warning"
    at_most_seconds: float


class StateLearned(Event, frozen=True, gc=False, kw_only=True):
    """The shared state knows again what all daemons hold."""

    event: ClassVar[str] = "state.learned"


class LimitDiffers(Event, frozen=True, gc=False, kw_only=True):
    """A limit that holds for all daemons differs from this one's file; the lower holds here."""

    event: ClassVar[str] = "limit.differs"
    level: ClassVar[str] = "warning"
    kind: str
    name: str
    limit: int
    here: int


class LeaseLapsed(Event, frozen=True, gc=False, kw_only=True):
    """What was held of shared limits may not be used any more; `resources` are kind:name."""

    event: ClassVar[str] = "lease.lapsed"
    level: ClassVar[str] = "warning"
    resources: list[str]
    reason: str


class ActorCrashed(Event, frozen=True, gc=False, kw_only=True):
    """An actor failed on a message, or a carrier or an observer on its own; dialing goes on."""

    event: ClassVar[str] = "actor.crashed"
    level: ClassVar[str] = "error"
    actor: str
    message: str
    error: str


class ScenarioApplied(Event, frozen=True, gc=False, kw_only=True):
    """An event of the configuration's scenario happens now."""

    event: ClassVar[str] = "scenario.applied"
    kind: str
    what: str
    lasts_seconds: float | None
    reason: str | None = None


class Advice(Event, frozen=True, gc=False, kw_only=True):
    """Something about a campaign that its owner would want to know, or that it is over."""

    event: ClassVar[str] = "advice"
    level: ClassVar[str] = "warning"
    kind: str
    cause: str
    subject: str | None
    severity: str
    over: bool
    evidence: Table
    suggestion: str
