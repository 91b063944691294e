"""A campaign's effective configuration, as campaign.started tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from trunkline.audit.hours import CallingHours

T = TypeVar("T")

WAIT, SPILL = "wait", "spill"


class Settings(msgspec.Struct, frozen=True):
    """What the rules need of a campaign's settings; seconds throughout."""

    prefer_country_match: bool
    prefer_area_match: bool
    nearby_hours: float
    match_when_full: str
    sticky_when_full: str
    rotation: str
    prior_attempts: float
    half_life_attempts: float
    exploration: float
    max_attempts: int
    max_carrier_failures: int
    retry_after: dict[str, float]
    calling_hours: CallingHours | None
    default_timezone: str | None
    start_at: float | None
    priority: int
    max_ring_seconds: float
    max_call_seconds: float
    max_concurrent: int | None
    mask_phone_numbers: bool


NOT_TOLD = Settings(
    prefer_country_match=True,
    prefer_area_match=False,
    nearby_hours=2.0,
    match_when_full=WAIT,
    sticky_when_full=WAIT,
    rotation="proportional",
    prior_attempts=20.0,
    half_life_attempts=500.0,
    exploration=0.05,
    max_attempts=3,
    max_carrier_failures=10,
    retry_after={},
    calling_hours=None,
    default_timezone=None,
    start_at=None,
    priority=0,
    max_ring_seconds=45.0,
    max_call_seconds=3600.0,
    max_concurrent=None,
    mask_phone_numbers=False,
)
"""Stands in for a campaign's settings until it starts; nothing is placed before."""


class NumberRow(msgspec.Struct, frozen=True):
    """A number of the pool as campaign.started and number.added list it."""

    number: str
    connection: str
    status: str
    max_concurrent: int | None
    max_calls_per_day: int | None
    timezone: str
    region: str | None
    zones: tuple[str, ...]


class ConnectionRow(msgspec.Struct, frozen=True):
    """A connection as campaign.started and number.added list it."""

    name: str
    max_concurrent: int
    max_calls_per_second: int | None
    breaker_failure_rate: float
    enabled: bool


def read_table(table: Mapping[str, Any], type_: type[T]) -> T:
    """Read a table of an event; msgspec.ValidationError where it lacks something."""
    return msgspec.convert(table, type_)
