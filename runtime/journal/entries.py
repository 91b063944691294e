"""What a journal keeps: one entry for everything that a restart must know.

Entries are written ahead: what they say is done only when they are durable.
All else (attempts made, stickies, due times, statistics, day counts) follows
from them in their order; see `fold`. Times are seconds since the epoch.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from runtime.calls import E164, CallId
from runtime.contacts import FedRow
from runtime.observe.events import CallEnded, CampaignFinished, DispatchGranted


class Entry(msgspec.Struct, frozen=True, gc=False, tag_field="is", tag=str.lower, omit_defaults=True):
    """Base of what is kept."""


class NumberChange(Entry, frozen=True, gc=False):
    """A number was flagged, unflagged, paused, resumed, removed or added.

    `campaigns` are the pools that it is removed from or added to; a removal
    without any is from the inventory. `settings` stand with an added number.
    """

    what: str
    number: E164
    by: str
    reason: str | None = None
    campaigns: tuple[str, ...] = ()
    settings: dict[str, Any] | None = None


class CampaignChange(Entry, frozen=True, gc=False):
    """A campaign was paused, resumed or canceled."""

    what: str
    campaign: str
    by: str
    reason: str | None = None


class LimitChange(Entry, frozen=True, gc=False):
    """A connection's limit or a tenant's cap is another: one of the two is named."""

    limit: int
    by: str
    reason: str | None = None
    connection: str | None = None
    tenant: str | None = None


Change: TypeAlias = NumberChange | CampaignChange | LimitChange


class Started(Entry, frozen=True, gc=False):
    """An engine began a life on this journal.

    `key` is for the log's hashes of phone numbers, `settings` what the
    configuration says (`fingerprint` of it all), `changes` those of earlier
    lives that still hold.
    """

    run: str
    life: int
    seed: int
    key: str
    fingerprint: str
    settings: dict[str, Any]
    at: float
    changes: tuple[Change, ...] = ()


class Rows(Entry, frozen=True, gc=False):
    """Rows of a campaign's contacts were taken, in the order of the file.

    `first` is the index that the first contact among them gets. `digest` is
    of the file's records up to the last of these rows; None for what the
    application added. `complete` says that nothing follows in the file.
    """

    campaign: str
    first: int
    rows: list[FedRow]
    digest: str | None = None
    complete: bool = False


class Begun(Entry, frozen=True, gc=False):
    """A campaign began to dial."""

    campaign: str
    at: float


class Intent(Entry, frozen=True, gc=False):
    """A call is about to be placed.

    Nobody places it after `not_after`, and whatever becomes of it, it is
    over at `over_by`. `sticky` is the contact's own number, if it stands;
    `lost` the one that it loses by this attempt, and why. `grant` is the line
    that the log gets when the call is placed.
    """

    call: CallId
    index: int
    to: E164
    at: float
    not_after: float
    over_by: float
    grant: DispatchGranted
    sticky: E164 | None = None
    lost: tuple[E164, str] | None = None


class NotPlaced(Entry, frozen=True, gc=False):
    """An intended call was not placed, and why."""

    call: CallId
    reason: str
    at: float
    sticky_lost: bool = False


class Ended(Entry, frozen=True, gc=False):
    """A placed call is over, and what follows for its contact.

    `counted` is false for a carrier failure. With `elsewhere` another number
    of the same tier is tried at once; `due` and `result` are then for the
    case that there is none. `kind` is why it waits (`actors.messages.Kind`).
    `of` is the intent of another daemon's call, which this journal has not.
    """

    call: CallId
    index: int
    at: float
    line: CallEnded
    counted: bool = True
    sticky: E164 | None = None
    elsewhere: bool = False
    due: float | None = None
    kind: int = 1
    result: str | None = None
    of: Intent | None = None


class Finished(Entry, frozen=True, gc=False):
    """A contact needs no further attempt, other than by its call's end.

    `to` is its phone number, where daemons share contacts: other daemons
    may have made all its calls.
    """

    campaign: str
    index: int
    contact: str
    result: str
    to: E164 | None = None


class Swept(Entry, frozen=True, gc=False):
    """Everybody who waits in a canceled campaign is finished."""

    campaign: str


class Done(Entry, frozen=True, gc=False):
    """Every row of a campaign is accounted for."""

    line: CampaignFinished


class Acknowledged(Entry, frozen=True, gc=False):
    """The application has dealt with all outcomes up to this position."""

    reader: str
    position: int


class Probe(Entry, frozen=True, gc=False):
    """Nothing but a sign that the journal can be written."""


AnyEntry: TypeAlias = (
    Started
    | Rows
    | Begun
    | Intent
    | NotPlaced
    | Ended
    | Finished
    | Swept
    | Done
    | NumberChange
    | CampaignChange
    | LimitChange
    | Acknowledged
    | Probe
)

encode_entries = msgspec.json.Encoder().encode
"""Encode a list of entries; the bytes of one batch."""

decode_entries = msgspec.json.Decoder(list[AnyEntry]).decode
"""Decode a batch; raises msgspec.DecodeError for what is none."""
