"""What a journal is told, ahead of what is done.

A journal is an actor. It gets a `Record` with an entry and answers `Durable`
when the entry would survive; nobody acts on an entry before that.
"""

from __future__ import annotations

from typing import Any

import msgspec
from pykka import ActorRef

from runtime.calls import E164, CallId, Outcome


class Intent(msgspec.Struct, frozen=True, gc=False):
    """A call is about to be placed. Times are seconds since the epoch."""

    call: CallId
    tenant: str
    campaign: str
    contact: str
    attempt: int
    to: E164
    number: E164
    connection: str
    at: float
    not_after: float


class Ended(msgspec.Struct, frozen=True, gc=False):
    """A placed call is over."""

    call: CallId
    outcome: Outcome
    disposition: str | None
    ring_seconds: float | None
    talk_seconds: float | None
    cause: str | None
    at: float


class NotPlaced(msgspec.Struct, frozen=True, gc=False):
    """An intended call was not placed, and why."""

    call: CallId
    reason: str
    at: float


Entry = Intent | Ended | NotPlaced


class Record(msgspec.Struct, frozen=True, gc=False):
    """Write an entry; answer `Durable` to `ref`."""

    entry: Entry
    ref: ActorRef[Any]


class Durable(msgspec.Struct, frozen=True, gc=False):
    """The last entry about this call would survive a crash."""

    call: CallId
