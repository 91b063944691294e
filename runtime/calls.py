"""The carrier's vocabulary: what a call is asked for and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NewType

import msgspec

CallId = NewType("CallId", str)
"""Names one attempt; never used twice, also after a void."""

ContactId = NewType("ContactId", str)
"""Names a contact inside its campaign."""

E164 = NewType("E164", str)
"""A phone number with its leading plus and digits only, e.g. "+14155550100"."""


class Outcome(str, Enum):
    """What became of a placed call."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class CallProgress(str, Enum):
    """How far a call has come, as a carrier reports it."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class CallRequest(msgspec.Struct, frozen=True, gc=False):
    """Everything a carrier needs to place one call.

    Seconds throughout; `not_after` is seconds since the epoch. A carrier
    that gets the request later than `not_after` must not place the call and
    reports it as ended with outcome `canceled` and cause `not_after`.
    Where limits are shared it lies within the daemon's lease, and `epoch`
    rises with each of its leases that ended; else it is 0.
    `extra` holds the contact's other columns; keep it as it is.
    """

    call: CallId
    tenant: str
    campaign: str
    contact: ContactId
    attempt: int
    to: E164
    number: E164
    connection: str
    max_ring_seconds: float
    max_call_seconds: float
    not_after: float
    recording: bool = True
    extra: Mapping[str, str] = {}
    epoch: int = 0


class CallEvent(msgspec.Struct, frozen=True, gc=False):
    """One thing a carrier says about a call.

    `outcome` stands on ENDED only. `ring_seconds` and `talk_seconds` are the
    carrier's own measurements, where it makes them; without them Trunkline
    measures by its clock. `disposition` is what the application made of an
    answered call, where the carrier is the one who knows.
    """

    call: CallId
    progress: CallProgress
    outcome: Outcome | None = None
    cause: str | None = None
    ring_seconds: float | None = None
    talk_seconds: float | None = None
    disposition: str | None = None
