"""A plan made real: its configuration and contacts, and what can be reckoned from them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from actors.pool.geography import place_of
from actors.settings import EngineSettings
from runtime.calls import E164
from tests.simulation.plan import Plan
from trunkline.config import Config
from trunkline.contacts import calling_zones
from trunkline.contacts.phone import read_phone
from trunkline.contacts.reasons import Refusal

DAY_SECONDS = 86_400.0

ADDED_AT_MOST = 60
"""So many contacts are added to a campaign while it runs, as a rule."""


def configure(plan: Plan, folder: Path) -> Config:
    """Write the plan's contacts into a folder, and load its configuration."""
    tables = msgspec.json.decode(msgspec.json.encode(plan.tables))
    for campaign in tables["campaigns"]:
        name = campaign["name"]
        rows = "".join(f"{identity},{phone},{zone}\n" for identity, phone, zone in plan.contacts[name])
        (folder / f"{name}.csv").write_text(f"id,phone,timezone\n{rows}")
        campaign["contacts"] = f"{name}.csv"
    return Config.from_dict(tables, carriers=("world",), folder=folder)


def zones_of(plan: Plan, settings: EngineSettings) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the zones whose clocks each contact of a campaign with calling hours goes by."""
    zones = {}
    for campaign in settings.campaigns:
        if campaign.calling_hours is None:
            continue
        for identity, phone, zone in plan.contacts[campaign.name]:
            if isinstance(read_phone(phone), Refusal):
                continue
            own = place_of(E164(phone)).zones
            zones[campaign.name, identity] = calling_zones(zone or None, own, campaign.default_timezone)
    return zones


def longest_wait(settings: EngineSettings) -> float:
    """Say for how long nothing may happen, at most, once all faults have stopped, in seconds."""
    wait = 700.0
    for campaign in settings.campaigns:
        retry = max(campaign.retry_after.values(), default=0.0)
        wait = max(wait, 700.0 + retry + campaign.max_ring_seconds + campaign.max_call_seconds)
    if any(one.max_calls_per_day for one in settings.numbers):
        wait += 1.1 * DAY_SECONDS
    if any(one.calling_hours is not None for one in settings.campaigns):
        wait += 8.1 * DAY_SECONDS
    return wait


def most_calls(plan: Plan, settings: EngineSettings) -> int:
    """Say how many calls the plan can come to."""
    return sum(
        (len(plan.contacts[one.name]) + ADDED_AT_MOST) * (one.max_attempts + one.max_carrier_failures)
        for one in settings.campaigns
    )
