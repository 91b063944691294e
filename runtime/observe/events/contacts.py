"""What becomes of a contact."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import AttemptEvent, Event


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
