"""A campaign's life, from its start to its last word."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import Event, Table


class CampaignStarted(Event, frozen=True, gc=False, kw_only=True):
    """A campaign begins; `settings` is its effective configuration."""

    event: ClassVar[str] = "campaign.started"
    settings: Table
    numbers: list[Table]
    connections: list[Table]
    ceiling: int
    tenant_cap: int
    contacts: int | None


class CampaignPaused(Event, frozen=True, gc=False, kw_only=True):
    """A campaign offers nothing until it is resumed."""

    event: ClassVar[str] = "campaign.paused"
    by: str
    reason: str | None = None


class CampaignResumed(Event, frozen=True, gc=False, kw_only=True):
    """A paused campaign offers again."""

    event: ClassVar[str] = "campaign.resumed"
    by: str
    reason: str | None = None


class CampaignCanceled(Event, frozen=True, gc=False, kw_only=True):
    """A campaign dials nobody any more."""

    event: ClassVar[str] = "campaign.canceled"
    level: ClassVar[str] = "warning"
    by: str
    reason: str | None = None


class CampaignStalled(Event, frozen=True, gc=False, kw_only=True):
    """A campaign can't go on by itself; `contacts` are still open."""

    event: ClassVar[str] = "campaign.stalled"
    level: ClassVar[str] = "error"
    by: str
    reason: str
    contacts: int


class CampaignFinished(Event, frozen=True, gc=False, kw_only=True):
    """Every row of a campaign is accounted for; `fleet` counts over all daemons that share its contacts."""

    event: ClassVar[str] = "campaign.finished"
    rows: int
    attempts: int
    reached: int
    exhausted: int
    canceled: int
    stalled: int
    rejected: int
    seconds: float
    peak_in_use: int
    fleet: Table | None = None
