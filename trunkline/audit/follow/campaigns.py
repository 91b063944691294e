"""Follow what campaigns do and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.observe.events import (
    CampaignCanceled,
    CampaignFinished,
    CampaignPaused,
    CampaignResumed,
    CampaignStalled,
    CampaignStarted,
    Event,
)
from trunkline.audit.pool import Campaign, Member
from trunkline.audit.run import Run
from trunkline.audit.scenes import CampaignScene, Scene
from trunkline.audit.settings import ConnectionRow, NumberRow, Settings, read_table

BREAKER = "breaker"
"""A campaign is reported as paused by its breakers; that bars nothing."""


def follow_started(scene: Scene[CampaignStarted]) -> None:
    """A campaign is there, with its numbers and their connections."""
    event, run, now = scene.event, scene.run, scene.time
    campaign = run.campaign(event.tenant, event.campaign)
    campaign.tenant.cap.learn(event.tenant_cap)
    settings = read_table(event.settings, Settings)
    if campaign.started_at is None:
        campaign.start(settings, now)
    else:
        campaign.settings = settings
        campaign.starts_again = False
    for row in event.connections:
        told = read_table(row, ConnectionRow)
        run.connection(told).limit.learn(told.max_concurrent)
    for row in event.numbers:
        listed = read_table(row, NumberRow)
        if campaign.resumed:
            _follow_rest(run, campaign, listed, now)
        member = _take_in(run, campaign, listed, now)
        if member is not None:
            member.present = True  # there was nothing before that could be looked back at
    run.changes.version += 1


def _follow_rest(run: Run, campaign: Campaign, row: NumberRow, now: float) -> None:
    """Take over whether a number rests: its day may have ended while nothing ran.

    One that is flagged, paused or removed is told as that, and may rest besides.
    """
    number = run.number(campaign.tenant, row)
    hidden = row.status not in ("active", "resting")
    rests = number.resting and now < number.day_ends_at if hidden else row.status == "resting"
    run.changes.set(now, number, "resting", rests)
    run.changes.set(now, number, "quarantined", False)


def join(run: Run, campaign: Campaign, row: NumberRow, now: float) -> None:
    """Put a number into a campaign's pool."""
    member = _take_in(run, campaign, row, now)
    if member is not None:
        run.changes.set(now, member, "present", True)
        campaign.offering_since = now


def _take_in(run: Run, campaign: Campaign, row: NumberRow, now: float) -> Member | None:
    number = run.number(campaign.tenant, row)
    connection = run.connections.get(number.connection)
    if connection is None:
        return None
    member = campaign.member(number, connection)
    if not member.present:
        campaign.weights.join(row.number, now)
    return member


def follow_paused(scene: CampaignScene[CampaignPaused]) -> None:
    """A campaign places nothing more, unless this is but a report."""
    event, campaign = scene.event, scene.campaign
    if event.by != BREAKER:
        campaign.paused = True
        campaign.passed_over.clear()


def follow_resumed(scene: CampaignScene[CampaignResumed]) -> None:
    """A campaign places calls again."""
    event, campaign = scene.event, scene.campaign
    if event.by != BREAKER:
        campaign.paused = False
        campaign.offering_since = scene.time


def follow_canceled(scene: CampaignScene[Event]) -> None:
    """A campaign places nothing any more."""
    scene.campaign.canceled = True


def follow_stalled(scene: CampaignScene[Event]) -> None:
    """A campaign can't go on."""
    scene.campaign.stalled = True


def follow_finished(scene: CampaignScene[Event]) -> None:
    """A campaign is over."""
    scene.campaign.finished = True


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    CampaignStarted: follow_started,
    CampaignPaused: follow_paused,
    CampaignResumed: follow_resumed,
    CampaignCanceled: follow_canceled,
    CampaignStalled: follow_stalled,
    CampaignFinished: follow_finished,
}
