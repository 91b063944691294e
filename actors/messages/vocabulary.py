"""The words that messages are made of."""

from __future__ import annotations

from enum import Enum
from typing import Any, NewType, TypeAlias

import msgspec
from pykka import ActorRef, Future

Ref: TypeAlias = "ActorRef[Any]"
Asked: TypeAlias = "Future[Any]"
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
