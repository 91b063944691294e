"""Find a contact that may probe a connection whose breaker is open."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from actors.messages import Kind
from actors.pool.campaign import PoolCampaign
from actors.pool.cells import Tier
from actors.pool.inventory import PooledConnection
from actors.pool.rotation import Choice, choose_probe
from actors.pool.waiting import KINDS, Key, Lane, Row, WaitingClass


def find_probe(
    connection: PooledConnection, campaigns: Iterable[PoolCampaign], draws: Random, now: float
) -> tuple[PoolCampaign, Row, Choice] | None:
    """Pick who probes the connection, and from which of its numbers.

    For this one offer the connection's numbers are eligible: whoever would
    be served by one of them is asked in the usual order.
    """
    allowance = connection.allowance
    if allowance.in_use >= allowance.limit or not connection.enabled:
        return None
    connection.opened = False
    for cell in connection.cells:
        cell.mark()
    try:
        for campaign in sorted(campaigns, key=lambda one: (-one.settings.priority, one.passed)):
            if campaign.offering:
                found = _first_row(connection, campaign, draws, now)
                if found is not None:
                    return campaign, *found
        return None
    finally:
        connection.opened = True
        for cell in connection.cells:
            cell.mark()
        for campaign in campaigns:
            campaign.tiers.look_again()


def _first_row(
    connection: PooledConnection, campaign: PoolCampaign, draws: Random, now: float
) -> tuple[Row, Choice] | None:
    campaign.tiers.look_again()
    rows: list[tuple[Kind, Key, int, WaitingClass]] = []
    for waiting in campaign.room.classes.values():
        if not waiting.closed:
            for kind in KINDS:
                key = waiting.head(kind)
                if key is not None:
                    rows.append((kind, key, waiting.serial, waiting))
    for kind, key, _, waiting in sorted(rows, key=lambda row: row[:3]):
        for lane in campaign.tiers.lanes_of(waiting, now)[:1]:  # a probe never spills
            choice = _draw(connection, campaign, waiting, lane, draws)
            if choice is not None:
                return Row(kind, key, waiting, lane), choice
    return None


def _draw(
    connection: PooledConnection, campaign: PoolCampaign, waiting: WaitingClass, lane: Lane, draws: Random
) -> Choice | None:
    if lane.group is None:
        sticky = waiting.sticky
        if sticky is None or sticky.connection is not connection or not sticky.free():
            return None
        return Choice(sticky, Tier.STICKY, campaign.weight(sticky.number), 1.0, 1)
    return choose_probe(
        lane.group, connection, campaign.mean, campaign.settings.prior_attempts, draws, waiting.excluded
    )
