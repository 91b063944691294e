"""Decide what follows when a contact's call has ended.

A contact that was answered ends `reached`, whatever its later attempts come
to. Every placed call is an attempt, but for one that the carrier lost before
it rang: those have a limit of their own, so that a dead trunk doesn't eat
the list.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import msgspec

from actors.settings import CampaignSettings
from runtime.calls import Outcome
from runtime.causes import CauseClass, classify_cause

COMPLETED = "completed"
"""The disposition of an answered call that was given none."""

CALLBACK = "callback"
"""The disposition of an answered call that asks to be called again."""


class ContactResult(str, Enum):
    """What became of a contact."""

    REACHED = "reached"
    EXHAUSTED = "exhausted"
    CANCELED = "canceled"
    STALLED = "stalled"


class RetryKind(str, Enum):
    """Why a contact is tried again; due callbacks go before other retries."""

    CALLBACK = "callback"
    RETRY = "retry"


# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ANSWERED, _FAILED, _CANCELED = Outcome.ANSWERED, Outcome.FAILED, Outcome.CANCELED
_CALLBACK, _RETRY = RetryKind.CALLBACK, RetryKind.RETRY
_REACHED, _EXHAUSTED = ContactResult.REACHED, ContactResult.EXHAUSTED
_ENDS_CANCELED = ContactResult.CANCELED
_NAMES = {outcome: outcome.value for outcome in Outcome}


class Ended(msgspec.Struct, frozen=True, gc=False):
    """How a contact stands when a call of it has ended, that call included.

    `attempts` and `carrier_failures` are counted apart: see
    `is_carrier_fault`. `reached` tells whether any call was answered,
    `on_sticky` whether this one was placed from a sticky number that still
    stands. `ring_seconds` is None where it never rang, `cause` the carrier's word.
    """

    outcome: Outcome
    disposition: str | None
    ring_seconds: float | None
    attempts: int
    carrier_failures: int
    reached: bool
    on_sticky: bool
    cause: str | None = None


class RetryAt(msgspec.Struct, frozen=True, gc=False):
    """The contact is called again at `due`, seconds since the epoch."""

    due: float
    kind: RetryKind
    why: str


class Finish(msgspec.Struct, frozen=True, gc=False):
    """The contact needs no further attempt."""

    result: ContactResult
    why: str


class RetryElsewhere(msgspec.Struct, frozen=True, gc=False):
    """Another number of the same tier calls at once; `otherwise` if there is none."""

    why: str
    otherwise: RetryAt | Finish


Next: TypeAlias = RetryAt | RetryElsewhere | Finish


def is_carrier_fault(outcome: Outcome, ring_seconds: float | None, cause: str | None = None) -> bool:
    """Tell whether a call was lost by its carrier before it rang.

    Such a call counts towards `max_carrier_failures`, every other placed one
    towards `max_attempts`. That nobody has the number is no fault of the
    carrier's.
    """
    return outcome is _FAILED and ring_seconds is None and not is_unallocated(cause)


def is_unallocated(cause: str | None) -> bool:
    """Tell whether the carrier says that nobody has the number that was called."""
    return cause is not None and classify_cause(cause) is CauseClass.UNALLOCATED


def next_attempt(settings: CampaignSettings, ended: Ended, now: float) -> Next:
    """Decide whether, when and where a contact is called again.

    A `why` is the disposition or outcome that decided, or the limit that is
    used up. Times are seconds since the epoch.
    """
    if ended.outcome is not _ANSWERED and is_unallocated(ended.cause):
        return _used_up(ended, "unallocated")
    later = _by_outcome(settings, ended, now)
    if is_carrier_fault(ended.outcome, ended.ring_seconds):
        if ended.carrier_failures >= settings.max_carrier_failures:
            return _used_up(
                ended, f"carrier failure {ended.carrier_failures} of {settings.max_carrier_failures}"
            )
        return later if ended.on_sticky else RetryElsewhere("failed before it rang", later)
    if isinstance(later, RetryAt) and ended.attempts >= settings.max_attempts:
        return _used_up(ended, f"attempt {ended.attempts} of {settings.max_attempts}")
    return later


def _by_outcome(settings: CampaignSettings, ended: Ended, now: float) -> RetryAt | Finish:
    """Look the outcome up in `retry_after`, an answered call's disposition first."""
    outcome = ended.outcome
    answered = outcome is _ANSWERED
    said = (ended.disposition or COMPLETED) if answered else _NAMES[outcome]
    seconds = settings.retry_after.get(said)
    if seconds is None and answered:
        seconds = settings.retry_after.get(_NAMES[outcome])
    if seconds is not None:
        kind = _CALLBACK if answered and said == CALLBACK else _RETRY
        return RetryAt(now + seconds, kind, said)
    if answered or ended.reached:
        return Finish(_REACHED, said)
    if outcome is _CANCELED:
        return Finish(_ENDS_CANCELED, said)
    return Finish(_EXHAUSTED, said)


def _used_up(ended: Ended, why: str) -> Finish:
    reached = ended.reached or ended.outcome is _ANSWERED
    return Finish(_REACHED if reached else _EXHAUSTED, why)
