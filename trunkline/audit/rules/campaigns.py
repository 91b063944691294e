"""When a campaign dials, and how it accounts for its rows in the end."""

from __future__ import annotations

from runtime.observe.events import CampaignFinished, CampaignStarted, DispatchGranted, EngineStopped
from trunkline.audit.limits import DECISION_SECONDS, ROUNDING_SECONDS, SHORTLY_SECONDS
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import CampaignScene, GrantScene, Scene

RESULTS = ("reached", "exhausted", "canceled", "stalled")


def campaign_starts(scene: Scene[CampaignStarted]) -> str | None:
    """A campaign starts once in a life of the engine."""
    campaign = scene.run.campaigns.get(scene.event.campaign or "")
    if campaign is None or campaign.started_at is None or campaign.starts_again:
        return None
    return f"{campaign.name} has started already"


def campaign_start_at(grant: GrantScene) -> str | None:
    """No call is placed before the campaign's start_at."""
    start_at = grant.campaign.settings.start_at
    if start_at is None or grant.time >= start_at - ROUNDING_SECONDS:
        return None
    return f"not for another {start_at - grant.time:g} s: start_at"


def campaign_paused(grant: GrantScene) -> str | None:
    """A paused campaign places nothing."""
    return f"{grant.campaign.name} is paused" if grant.campaign.paused else None


def campaign_canceled(grant: GrantScene) -> str | None:
    """A canceled campaign places nothing."""
    return f"{grant.campaign.name} is canceled" if grant.campaign.canceled else None


def campaign_over(grant: GrantScene) -> str | None:
    """A campaign that has stalled or finished places nothing."""
    campaign = grant.campaign
    if campaign.finished:
        return f"{campaign.name} has finished"
    return f"{campaign.name} has stalled" if campaign.stalled else None


def engine_over(grant: GrantScene) -> str | None:
    """Nothing is placed after the engine has stopped."""
    return "nothing is placed after engine.stopped" if grant.run.stopped else None


def engine_reason(scene: Scene[EngineStopped]) -> str | None:
    """An engine that stops as finished or stalled has campaigns that are."""
    event, campaigns = scene.event, scene.run.campaigns.values()
    stalled = [one.name for one in campaigns if one.stalled]
    if event.reason == "stalled" and not stalled:
        return "a campaign.stalled before it"
    if event.reason != "finished":
        return None
    if stalled:
        return f"reason stalled: {stalled[0]} has stalled"
    left = [one.name for one in campaigns if not one.finished]
    return f"campaign.finished of {left[0]} before it" if left else None


def journal_away(grant: GrantScene) -> str | None:
    """While the journal is away nothing is placed but what it had written."""
    away = grant.run.away_since
    if away is None or grant.time - away <= DECISION_SECONDS:
        return None
    return f"nothing: the journal has been away for {grant.time - away:g} s"


def campaign_rows(scene: CampaignScene[CampaignFinished]) -> str | None:
    """Every row is accounted for: rejected, or a contact that has finished."""
    event, campaign = scene.event, scene.campaign
    said = dict(zip(RESULTS, (event.reached, event.exhausted, event.canceled, event.stalled), strict=True))
    for result, count in said.items():
        if count != campaign.results[result]:
            return f"{result} {campaign.results[result]}, by contact.finished"
    rejected = scene.run.rejected[campaign.name]
    if event.rejected != rejected:
        return f"rejected {rejected}, by contact.rejected"
    if campaign.contacts != sum(said.values()):
        return f"contact.finished of {campaign.contacts - sum(said.values())} more contacts before it"
    rows = sum(said.values()) + event.rejected
    return None if event.rows == rows else f"rows {rows}"


def campaign_figures(scene: CampaignScene[CampaignFinished]) -> str | None:
    """A finished campaign's attempts, peak and seconds are those of its lines."""
    event, campaign = scene.event, scene.campaign
    if event.attempts != campaign.granted:
        return f"attempts {campaign.granted}, by dispatch.granted"
    if campaign.resumed:
        return None
    in_use = campaign.in_use
    in_use.steady(scene.time)
    if not in_use.settled <= event.peak_in_use <= in_use.most:
        return f"peak_in_use {in_use.most}"
    seconds = 0.0 if campaign.started_at is None else scene.time - campaign.started_at
    if abs(event.seconds - seconds) <= SHORTLY_SECONDS:
        return None
    return f"seconds {seconds:g}"


def masking(grant: GrantScene) -> str | None:
    """A masked campaign's grants show no whole phone number, another's do."""
    event = grant.event
    if grant.campaign.settings.mask_phone_numbers:
        return None if event.party is not None and "*" in event.to else "to masked, and a party"
    return None if event.party is None and "*" not in event.to else "to in full, and no party"


RULES = (
    Rule(
        "campaign.started",
        "A campaign starts once, with its settings, before anything else is said of its contacts.",
        {CampaignStarted: campaign_starts},
    ),
    Rule("campaign.start_at", "No call is placed before start_at.", {DispatchGranted: campaign_start_at}),
    Rule(
        "campaign.paused",
        "After campaign.paused nothing of the campaign is placed until it is resumed.",
        {DispatchGranted: campaign_paused},
    ),
    Rule(
        "campaign.canceled",
        "After campaign.canceled nothing of the campaign is placed.",
        {DispatchGranted: campaign_canceled},
    ),
    Rule(
        "campaign.over",
        "Nothing of a campaign is placed after it has stalled or finished.",
        {DispatchGranted: campaign_over},
    ),
    Rule(
        "campaign.rows",
        "rows = rejected + reached + exhausted + canceled + stalled, each as its lines count them.",
        {CampaignFinished: campaign_rows},
    ),
    Rule(
        "campaign.figures",
        "campaign.finished tells the attempts, the peak and the seconds that its lines do.",
        {CampaignFinished: campaign_figures},
    ),
    Rule(
        "engine.stopped",
        "Nothing is placed after the engine has stopped; as finished it stops when every campaign has.",
        {DispatchGranted: engine_over, EngineStopped: engine_reason},
    ),
    Rule(
        "journal.away",
        "While the journal is away nothing is placed but what it had written before.",
        {DispatchGranted: journal_away},
    ),
    Rule(
        "log.masking",
        "Grants show the contact's number in full or masked, as log_phone_numbers says.",
        {DispatchGranted: masking},
        timeless=True,
    ),
)
