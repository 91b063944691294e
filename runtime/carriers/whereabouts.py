"""Where the people are that simulated calls go to: their country and local hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from runtime.calls import E164


def answer_factor(
    to: E164, at: float, countries: Mapping[str, float] | None, hours: Sequence[float] | None
) -> float:
    """Give by how much people there answer more or less than others now.

    `countries` are factors by libphonenumber's region, `hours` 24 factors by
    the hour of the day where the number is at home; `at` is seconds since
    the epoch. A place that is not known has factor 1.
    """
    region, zone = _home(to)
    factor = 1.0
    if countries is not None and region is not None:
        factor *= countries.get(region, 1.0)
    if hours is not None and zone is not None:
        factor *= hours[datetime.fromtimestamp(at, zone).hour]
    return factor


@lru_cache(maxsize=65_536)
def _home(to: E164) -> tuple[str | None, ZoneInfo | None]:
    number = phonenumbers.parse(to)
    zones = [zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE]
    return phonenumbers.region_code_for_number(number), ZoneInfo(zones[0]) if zones else None
