"""The speedometer's figures."""

from __future__ import annotations

import msgspec

from runtime.observe.events import PoolCapacity
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import CampaignScene


class ConnectionFigures(msgspec.Struct, frozen=True):
    """A connection's row in the breakdown, as far as it is judged."""

    connection: str
    limit: int
    eligible_numbers: int
    numbers_limit: int | None


def capacity_ceiling(scene: CampaignScene[PoolCapacity]) -> str | None:
    """The ceiling is the least of what the connections carry and the caps."""
    event = scene.event
    carried = sum(
        one.limit if one.numbers_limit is None else min(one.limit, one.numbers_limit)
        for one in _rows(event)
        if one.eligible_numbers
    )
    caps = [event.tenant_cap] if event.campaign_cap is None else [event.tenant_cap, event.campaign_cap]
    ceiling = min(carried, *caps)
    return None if event.ceiling == ceiling else f"ceiling {ceiling}"


def capacity_limits(scene: CampaignScene[PoolCapacity]) -> str | None:
    """The limits in the breakdown are those in force."""
    expected = _another_limit(scene)
    if expected is not None:
        scene.run.suspect(scene, "capacity.limits", expected, lambda: _another_limit(scene) is None)
    return None


def _another_limit(scene: CampaignScene[PoolCapacity]) -> str | None:
    event, campaign, run = scene.event, scene.campaign, scene.run
    cap = campaign.tenant.cap
    if cap.known and event.tenant_cap not in cap.lately(scene.time):
        return f"tenant_cap {cap.value}"
    if event.campaign_cap != campaign.settings.max_concurrent:
        return f"campaign_cap {campaign.settings.max_concurrent}"
    for one in _rows(event):
        connection = run.connections.get(one.connection)
        if connection is not None and one.limit not in connection.limit.lately(scene.time):
            return f"limit {connection.limit.value} of {connection.name}"
    return None


def _rows(event: PoolCapacity) -> list[ConnectionFigures]:
    return msgspec.convert(event.connections, list[ConnectionFigures])


RULES = (
    Rule(
        "capacity.ceiling",
        "A breakdown's ceiling is the least of tenant cap, campaign cap and what the connections carry.",
        {PoolCapacity: capacity_ceiling},
    ),
    Rule(
        "capacity.limits",
        "The limits in a breakdown are those in force.",
        {PoolCapacity: capacity_limits},
    ),
)
