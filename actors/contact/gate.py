"""The way to the last gate, and back from it with everything returned."""

from __future__ import annotations

from msgspec.structs import replace

from actors.contact.hours import is_open
from actors.contact.lines import request_of
from actors.contact.progress import Attempt
from actors.contact.step import Step
from actors.messages import (
    Place,
    Reason,
    Release,
    Return,
    Withdrawn,
)
from runtime.journal.base import Record
from runtime.journal.entries import NotPlaced
from runtime.observe.events import (
    ContactStickyLost,
    DispatchVoided,
)

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_AT_THE_GATE, _VOIDING, _OVER = Step.AT_THE_GATE, Step.VOIDING, Step.OVER


def go_to_gate(attempt: Attempt, seq: int | None) -> None:
    """Ask for the call to be placed, now that its intent is durable."""
    offer, settings = attempt.offer, attempt.around.settings
    grant = attempt.grant
    assert offer is not None
    assert grant is not None
    assert attempt.connection is not None
    hours = settings.calling_hours
    if hours is not None and not is_open(hours, attempt.record.profile.calling_zones, attempt.clock.time()):
        void(attempt, Reason.CALLING_HOURS)
        return
    if offer.sticky_lost is not None and attempt.record.sticky is not None:
        attempt.sticky_lost = True
        attempt.around.observer.emit(
            ContactStickyLost(
                tenant=settings.tenant,
                campaign=settings.name,
                contact=attempt.record.contact,
                number=attempt.record.sticky,
                reason=offer.sticky_lost,
            )
        )
    if seq is not None:
        grant = replace(grant, seq=seq)
    attempt.connection.tell(Place(request_of(attempt, offer), grant, attempt.ref))
    attempt.step = _AT_THE_GATE


def void(attempt: Attempt, reason: Reason) -> None:
    """Write down that the call is not placed."""
    attempt.step = _VOIDING
    attempt.void_reason = reason
    entry = NotPlaced(attempt.call, reason.value, attempt.clock.time(), attempt.sticky_lost)
    attempt.around.journal.tell(Record(entry, attempt.ref))


def finish_void(attempt: Attempt, seq: int | None) -> None:
    """Log the void attempt, and return everything."""
    tell_void(attempt, seq)
    return_all(attempt, attempt.void_reason, by=None, reserved_tenant=True)


def tell_void(attempt: Attempt, seq: int | None) -> None:
    """Log that the call was not placed."""
    offer = attempt.offer
    assert offer is not None
    attempt.around.observer.emit(
        DispatchVoided(
            tenant=attempt.around.settings.tenant,
            campaign=attempt.around.settings.name,
            call=attempt.call,
            contact=attempt.record.contact,
            number=offer.number,
            reason=attempt.void_reason.value,
            seq=seq,
        )
    )


def return_all(attempt: Attempt, reason: Reason, *, by: str | None, reserved_tenant: bool) -> None:
    """Give back what is held, the shared limits first, so that nobody waits in vain."""
    assert attempt.connection is not None
    if attempt.connection_grant is not None or attempt.doomed:
        attempt.connection.tell(Release(attempt.call))
    if attempt.tenant_grant is not None or attempt.doomed:
        attempt.around.tenant.tell(Release(attempt.call))
    attempt.around.pool.tell(
        Return(
            attempt.call,
            by,
            reason,
            reserved=True,
            reserved_tenant=reserved_tenant,
            sticky_lost=attempt.sticky_lost,
        )
    )
    leave(attempt)


def leave(attempt: Attempt, *, given_up: bool = False) -> None:
    """Tell the campaign that the attempt was not placed, and stop."""
    attempt.step = _OVER
    attempt.around.campaign.tell(Withdrawn(attempt.contact, attempt.sticky_lost, given_up))
    attempt.stop()
