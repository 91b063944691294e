"""What becomes of a call."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import AttemptEvent, Event


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
