"""Mutants of a campaign: its start, its pauses, its last word."""

from __future__ import annotations

from runtime.observe import events as e
from tests.trunkline.audit.conftest import Entries
from tests.trunkline.audit.editing import TENANT, around, drop, edit, find, grant, insert, repeat, settings
from tests.trunkline.audit.mutants.mutant import CHANGED, Mutant


def _stalled(log: Entries) -> Entries:
    index = grant(log, last=True)
    stalled = e.CampaignStalled(tenant=TENANT, campaign="spring", by="engine", reason="test", contacts=1)
    stopped = find(log, e.EngineStopped)
    return insert(edit(log, stopped, reason="stalled"), index, stalled)


MUTANTS = [
    Mutant("campaign.started", "plain", lambda log: repeat(log, find(log, e.CampaignStarted)), "twice"),
    Mutant(
        "campaign.start_at",
        "plain",
        lambda log: settings(log, start_at=log[0][0] + 30.0),
    ),
    Mutant(
        "campaign.paused",
        "plain",
        lambda log: around(log, grant(log), e.CampaignPaused(**CHANGED), e.CampaignResumed(**CHANGED)),
    ),
    Mutant(
        "campaign.canceled",
        "plain",
        lambda log: insert(log, grant(log, last=True), e.CampaignCanceled(**CHANGED)),
    ),
    Mutant("campaign.over", "plain", _stalled, "stalled"),
    Mutant("campaign.rows", "plain", lambda log: edit(log, find(log, e.CampaignFinished), rows=1), "rows"),
    Mutant("campaign.rows", "plain", lambda log: drop(log, find(log, e.ContactFinished)), "a contact lost"),
    Mutant("campaign.figures", "plain", lambda log: edit(log, find(log, e.CampaignFinished), attempts=1)),
    Mutant(
        "campaign.figures",
        "plain",
        lambda log: edit(log, find(log, e.CampaignFinished), peak_in_use=13),
        "peak",
    ),
    Mutant(
        "campaign.figures",
        "plain",
        lambda log: edit(log, find(log, e.CampaignFinished), seconds=1.0),
        "seconds",
    ),
    Mutant("priority", "pair", lambda log: settings(log, "summer", priority=1)),
]
