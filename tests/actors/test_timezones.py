"""Offsets of timezones, and names that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from actors.timezones import BUCKET_SECONDS, find_timezone, utc_offset_hours, utc_offset_seconds

ZONES = sorted({zone for zones in TIMEZONE_DATA.values() for zone in zones})


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def changes_of_offset(zone: ZoneInfo, first: int, last: int) -> list[int]:
    """Find the seconds at which the offset changes, looking once a day."""
    found = []
    for day in range(first, last, 86_400):
        low, high = day, day + 86_400
        if utc_offset_seconds(zone, low) == utc_offset_seconds(zone, high):
            continue
        before = utc_offset_seconds(zone, low)
        while high - low > 1:
            middle = (low + high) // 2
            if utc_offset_seconds(zone, middle) == before:
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def test_offsets_change_on_quarter_hours_only() -> None:
    first, last = int(at("2025-01-01T00:00")), int(at("2027-01-01T00:00"))
    changes = [change for zone in ZONES for change in changes_of_offset(ZoneInfo(zone), first, last)]
    assert len(changes) > 100
    assert {change % BUCKET_SECONDS for change in changes} == {0}


@given(st.sampled_from(ZONES), st.floats(min_value=at("2020-01-01T00:00"), max_value=at("2035-01-01T00:00")))
def test_an_offset_is_what_the_tz_database_says_at_that_instant(zone: str, moment: float) -> None:
    offset = datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    assert utc_offset_hours(zone, moment) == offset / timedelta(hours=1)


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Land", "../x", "/etc/passwd", "America", "a\0b", "\ud800", "x" * 5000]
)
def test_a_name_that_is_no_zone_is_unknown_not_an_error(name: str) -> None:
    assert find_timezone(name) is None
    assert utc_offset_hours(name, 0.0) is None
