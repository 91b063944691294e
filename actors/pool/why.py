"""Say what a waiting contact waits for."""

from __future__ import annotations

from collections.abc import Container

from actors.messages import Index, Reason
from actors.pool.allowance import Allowance
from actors.pool.campaign import PoolCampaign
from actors.pool.waiting import WaitingClass

WAITING_FOR_SLOTS = frozenset(
    {Reason.CONNECTION_FULL, Reason.NUMBER_FULL, Reason.CONNECTION_OPEN, Reason.DAY_CAP}
)
"""What contacts wait for whose own numbers have no room."""


def reason_to_wait(
    campaign: PoolCampaign,
    contact: Index,
    tenant: Allowance,
    parked: Container[tuple[str, int]],
    now: float,
) -> Reason | None:
    """Find the contact in its campaign and name what it waits for.

    `parked` are those whose phone is busy. None if it doesn't wait here.
    Looks through everybody who waits: for a person's question, not for the
    hot path.
    """
    if (campaign.name, contact) in parked:
        return Reason.PARTY_BUSY
    for due, index, _, _ in campaign.room.future:
        if index == contact and due > now:
            return Reason.RETRY_DUE
    for waiting in campaign.room.classes.values():
        if any(index == contact for _, index in waiting.indexes()):
            return class_waits(campaign, waiting, tenant)
    return None


def why_stalled(campaign: PoolCampaign, tenant: Allowance, now: float) -> str | None:
    """Say what all of a campaign's contacts wait for: the reasons, most frequent first.

    None for a campaign that moves, that time alone will move, or that has nobody left.
    """
    waits = campaign.room.has_rows and not campaign.in_use
    if not waits or campaign.canceled or campaign.next_wake(now) is not None:
        return None
    counts, _ = count_waiting(campaign, tenant)
    return ", ".join(sorted(counts, key=lambda reason: (-counts[reason], reason)))


def count_waiting(campaign: PoolCampaign, tenant: Allowance) -> tuple[dict[str, int], dict[str, int]]:
    """Count a campaign's waiting contacts by what they wait for, and those due by country."""
    counts: dict[str, int] = {}
    countries: dict[str, int] = {}
    for waiting in campaign.room.classes.values():
        if not len(waiting):
            continue
        reason = class_waits(campaign, waiting, tenant)
        counts[reason.value] = counts.get(reason.value, 0) + len(waiting)
        region = waiting.profile.region
        if region is not None and reason in WAITING_FOR_SLOTS:
            countries[region] = countries.get(region, 0) + len(waiting)
    if campaign.room.future:
        counts[Reason.RETRY_DUE.value] = len(campaign.room.future)
    return counts, countries


def class_waits(campaign: PoolCampaign, waiting: WaitingClass, tenant: Allowance) -> Reason:
    """Name what a class, and so everybody in it, waits for."""
    if not campaign.started:
        return Reason.NOT_STARTED
    if campaign.paused:
        return Reason.PAUSED
    if not waiting.lanes:
        return _nothing_eligible(campaign)
    if waiting.closed:
        return Reason.CALLING_HOURS
    if not campaign.offering:
        return Reason.CAMPAIGN_FULL
    if not tenant.has_room():
        return Reason.TENANT_FULL
    if waiting.sticky is not None and campaign.tiers.stands(waiting.sticky):
        connection = waiting.sticky.connection
        if connection.opened:
            return Reason.CONNECTION_OPEN
        if waiting.sticky.quarantined:
            return Reason.NO_ELIGIBLE_NUMBER
        if waiting.sticky.resting:
            return Reason.DAY_CAP
        return Reason.TURN if waiting.sticky.free() and connection.has_room() else Reason.STICKY_BUSY
    if any(lane.servable() for lane in waiting.lanes):
        return Reason.TURN
    numbers = [
        number
        for lane in waiting.lanes
        if lane.group is not None
        for cell in lane.group.cells
        for number in cell.members()
        if number.eligible and cell.connection.usable
    ]
    connections = {number.connection for number in numbers if number.free()}
    if connections:
        rated = all(one.allowance.full and one.rate_bound for one in connections)
        return Reason.RATE if rated else Reason.CONNECTION_FULL
    return Reason.NUMBER_FULL


def _nothing_eligible(campaign: PoolCampaign) -> Reason:
    members = [number for number in campaign.members.values() if number.standing]
    if any(number.connection.opened for number in members):
        return Reason.CONNECTION_OPEN
    if any(number.resting for number in members):
        return Reason.DAY_CAP
    return Reason.NO_ELIGIBLE_NUMBER
