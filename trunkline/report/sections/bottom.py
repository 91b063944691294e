"""The last things on the page: the campaigns' contacts, the command that repeats the run."""

from __future__ import annotations

from trunkline.report.markup import section, table, text
from trunkline.summary import Summary
from trunkline.summary.figures import CampaignFigures, FleetFigures
from trunkline.summary.wording import count, duration, percent


def campaigns(summary: Summary) -> str:
    """List what became of each campaign's contacts."""
    head = (
        "campaign",
        "rows",
        "reached",
        "exhausted",
        "canceled",
        "stalled",
        "rejected",
        "reach rate",
        "calls",
        "peak",
        "duration",
    )
    rows = [
        (
            *_fate(one),
            count(one.attempts),
            count(one.peak),
            duration(one.seconds) if one.finished else "not finished",
        )
        for one in summary.campaigns
    ]
    tables = table("Campaigns", head, rows)
    if summary.fleet:
        fleet = [(*_fate(one), count(one.attempts)) for one in summary.fleet]
        tables += table("Campaigns over all daemons", head[:-2], fleet)
    return section(
        "campaigns",
        "Contacts",
        "What became of every row: rows = reached + exhausted + canceled + stalled + rejected.",
        tables,
    )


def _fate(one: CampaignFigures | FleetFigures) -> tuple[str, ...]:
    return (
        one.campaign,
        count(one.rows),
        count(one.reached),
        count(one.exhausted),
        count(one.canceled),
        count(one.stalled),
        count(one.rejected),
        percent(one.reach_rate),
    )


def repeat(summary: Summary) -> str:
    """Give the command that runs this again, last of all."""
    return section(
        "repeat",
        "Run this again",
        "In virtual time the same command gives the same run, byte for byte.",
        f'<div class="command"><code id="command" tabindex="0">{text(summary.repeat)}</code>'
        '<button type="button" data-copy="command" hidden>Copy</button></div>',
    )


def foot(summary: Summary) -> str:
    """Name the versions that the run depends on."""
    versions = " · ".join(f"{name.replace('_', ' ')} {version}" for name, version in summary.versions.items())
    return f"<footer>{text(versions)}</footer>"
