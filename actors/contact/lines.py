"""What an attempt asks for, and what the journal and the log are told of it."""

from __future__ import annotations

from actors.contact.progress import Attempt
from actors.contact.surroundings import HANGUP_GRACE_SECONDS, PLACE_WITHIN_SECONDS
from actors.messages import (
    ContactRecord,
    Offer,
    Profile,
    Reserve,
)
from runtime.calls import E164, CallEvent, CallRequest, ContactId
from runtime.journal.entries import Intent
from runtime.observe.events import (
    CallAnswered,
    CallLateEvent,
    CallRinging,
    DispatchGranted,
)


def reservation(attempt: Attempt, offer: Offer, *, more: bool) -> Reserve:
    """Ask for a slot: of the connection, and of the tenant."""
    settings = attempt.around.settings
    return Reserve(
        attempt.call,
        settings.tenant,
        settings.name,
        attempt.contact,
        offer.number,
        attempt.record.to,
        offer.probe,
        more,
        attempt.ref,
    )


def intent_of(attempt: Attempt, offer: Offer, grant: DispatchGranted) -> Intent:
    """Make the entry that is durable before the call is placed."""
    settings = attempt.around.settings
    not_after = attempt.intended_at + PLACE_WITHIN_SECONDS
    return Intent(
        attempt.call,
        attempt.contact,
        attempt.record.to,
        attempt.intended_at,
        not_after,
        not_after + settings.max_ring_seconds + settings.max_call_seconds + HANGUP_GRACE_SECONDS,
        grant,
        None if offer.sticky_lost is not None else attempt.record.sticky,
        _lost(offer, attempt.record),
    )


def _lost(offer: Offer, record: ContactRecord) -> tuple[E164, str] | None:
    """Name the sticky number that is lost by an attempt, and why."""
    if offer.sticky_lost is None or record.sticky is None:
        return None
    return record.sticky, offer.sticky_lost


def request_of(attempt: Attempt, offer: Offer) -> CallRequest:
    """Make what the carrier is asked for."""
    settings = attempt.around.settings
    return CallRequest(
        attempt.call,
        settings.tenant,
        settings.name,
        ContactId(attempt.record.contact),
        attempt.number,
        attempt.record.to,
        offer.number,
        offer.connection,
        settings.max_ring_seconds,
        settings.max_call_seconds,
        attempt.intended_at + PLACE_WITHIN_SECONDS,
        settings.recording,
        attempt.record.extra,
    )


def grant_of(attempt: Attempt, offer: Offer) -> DispatchGranted:
    """Make the line of the grant."""
    settings, profile = attempt.around.settings, attempt.record.profile
    connection, tenant = attempt.connection_grant, attempt.tenant_grant
    assert connection is not None
    assert tenant is not None
    to, party = attempt.around.spell(attempt.record.to)
    return DispatchGranted(
        attempt.call,
        attempt.record.contact,
        attempt.number,
        round(attempt.intended_at - offer.since, 6),
        to,
        party,
        profile.region,
        list(profile.zones),
        _own_timezone(profile),
        offer.number,
        offer.connection,
        offer.tier,
        offer.spilled,
        offer.probe,
        offer.weight,
        offer.share,
        offer.candidates,
        connection.in_use,
        connection.limit,
        tenant.in_use,
        tenant.limit,
        offer.number_in_use,
        offer.number_limit,
        tenant=settings.tenant,
        campaign=settings.name,
    )


def tell_late(attempt: Attempt, event: CallEvent) -> None:
    """Log an event of a call that is beyond it."""
    settings = attempt.around.settings
    attempt.around.observer.emit(
        CallLateEvent(
            tenant=settings.tenant, campaign=settings.name, call=attempt.call, what=event.progress.value
        )
    )


def tell_call(attempt: Attempt, kind: type[CallRinging] | type[CallAnswered]) -> None:
    """Log that the call rings or is answered."""
    offer, settings = attempt.offer, attempt.around.settings
    assert offer is not None
    attempt.around.observer.emit(
        kind(
            tenant=settings.tenant,
            campaign=settings.name,
            call=attempt.call,
            contact=attempt.record.contact,
            number=offer.number,
            connection=offer.connection,
        )
    )


def _own_timezone(profile: Profile) -> str | None:
    """Give the timezone of the calling hours where it isn't that of the number."""
    zones = profile.calling_zones
    return None if zones == profile.zones or not zones else zones[0]
