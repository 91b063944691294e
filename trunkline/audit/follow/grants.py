"""Follow grants, refusals and voids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from runtime.observe.events import DispatchGranted, DispatchRefused, DispatchVoided, Event
from trunkline.audit.contacts import IN_CALL
from trunkline.audit.limits import DECISION_SECONDS
from trunkline.audit.places import find_zone
from trunkline.audit.pool import Call, Campaign, Candidate, Number
from trunkline.audit.run import Fast
from trunkline.audit.scenes import GrantScene, Scene


def follow_granted(grant: GrantScene) -> None:
    """A call is in progress: count it everywhere."""
    run, event, row = grant.run, grant.event, grant.row
    now = run.last_at if event.recovered else grant.time
    campaign, tenant, number, connection = grant.campaign, grant.tenant, grant.number, grant.connection
    call = Call(
        event.call,
        campaign,
        event.contact,
        row,
        number,
        connection,
        event.tier,
        grant.party,
        now,
        grant.line,
    )
    run.used.add(event.call)
    run.calls[event.call] = call
    run.granted += 1
    for in_use in (connection.in_use, tenant.in_use, campaign.in_use, number.in_use):
        in_use.begin(grant.time)
    if not event.recovered:
        connection.placed.append(now)
    if number.day_cap is not None:
        _charge_day(number, now)
    if connection.breaker.opened:
        connection.breaker.probe = call
    tenant.parties[grant.party] = call
    campaign.granted += 1
    _count_contact(grant)
    run.contacts.flags[row] |= IN_CALL
    run.sticky_due.pop(row, None)
    _settle_fast(grant)
    _pass_over(grant)
    campaign.turned_away.discard(event.contact)


def _count_contact(grant: GrantScene) -> None:
    contacts, row = grant.run.contacts, grant.row
    if contacts.attempts[row] + contacts.faults[row] == 0 and not grant.flags:
        grant.campaign.contacts += 1


def _charge_day(number: Number, now: float) -> None:
    if now >= number.day_ends_at:
        number.day_ends_at = end_of_day(number.timezone, now)
        number.day_count = 0
    number.day_count += 1


def end_of_day(timezone: str, at: float) -> float:
    """Find the end of the day that an instant lies in, in a timezone."""
    zone = find_zone(timezone) or UTC
    midnight = datetime.combine(datetime.fromtimestamp(at, zone) + timedelta(days=1), time(), zone)
    return midnight.timestamp()


def _settle_fast(grant: GrantScene) -> None:
    """Keep what a carrier's fault asked for only while the call may belong to it."""
    run, row = grant.run, grant.row
    fast = run.fast.get(row)
    if fast is not None and grant.time >= run.contacts.due[row]:
        # It may have been an ordinary retry: what was tried before doesn't bind the next.
        run.fast[row] = Fast(fast.tier, (), fast.ended_at)


def _pass_over(grant: GrantScene) -> None:
    """Note for campaigns of a higher priority that this number was given to a lower one."""
    tenant, campaign = grant.tenant, grant.campaign
    if len(tenant.campaigns) < 2:
        return
    for other in tenant.campaigns.values():
        if (
            other.settings.priority > campaign.settings.priority
            and _takes_anybody(other)
            and grant.time - other.offering_since > DECISION_SECONDS
            and grant.number.number not in other.passed_over
            and (member := other.members.get(grant.number.number)) is not None
            and member.present
        ):
            other.passed_over[grant.number.number] = Candidate(grant.time, grant.line, campaign.name)


def _takes_anybody(campaign: Campaign) -> bool:
    """Tell whether any contact of a campaign may be called from any of its numbers now."""
    settings = campaign.settings
    return not (
        settings.prefer_country_match
        or settings.prefer_area_match
        or settings.calling_hours is not None
        or settings.max_concurrent is not None
        or campaign.paused
        or campaign.canceled
        or campaign.finished
        or campaign.stalled
    )


def follow_given_up(scene: Scene[DispatchRefused | DispatchVoided]) -> None:
    """A call id is used up, and what kept its contact waiting is known."""
    event = scene.event
    scene.run.used.add(event.call)
    campaign = scene.run.campaigns.get(event.campaign or "")
    if campaign is not None and len(campaign.tenant.campaigns) > 1:
        campaign.turned_away.add(event.contact)


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    DispatchGranted: follow_granted,
    DispatchRefused: follow_given_up,
    DispatchVoided: follow_given_up,
}
