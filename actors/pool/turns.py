"""Whose turn it is among the campaigns of a tenant."""

from __future__ import annotations

from collections.abc import Iterable

from actors.pool.campaign import PoolCampaign
from actors.pool.waiting import Row


def next_turn(campaigns: Iterable[PoolCampaign]) -> tuple[PoolCampaign, Row] | None:
    """Pick the campaign that offers next, and whom; None if nobody can be served.

    The highest priority that can be served goes first; among equals the one
    whose grants, divided by its share, are fewest (stride scheduling).
    """
    best: tuple[PoolCampaign, Row] | None = None
    for campaign in campaigns:
        if not campaign.offering:
            continue
        if best is not None and not _goes_before(campaign, best[0]):
            continue
        row = campaign.room.next_row()
        if row is not None:
            best = (campaign, row)
    return best


def _goes_before(campaign: PoolCampaign, other: PoolCampaign) -> bool:
    if campaign.settings.priority != other.settings.priority:
        return campaign.settings.priority > other.settings.priority
    return campaign.passed < other.passed
