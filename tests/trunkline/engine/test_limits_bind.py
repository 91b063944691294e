"""Limits of a configuration in runs that go otherwise without them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.trunkline.engine.pilots import (
    EAST,
    NEVER,
    NEW_YORK,
    US,
    always,
    grants,
    named,
    peak,
    pilot,
    placed_at,
)

START = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


def test_a_tenants_cap_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["tenants"][0]["max_concurrent"] = 7
    assert peak(dial(tables, {"spring": US[:60]})[1], "tenant") == {"acme": 7}


def test_a_connections_limit_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["connections"][0]["max_concurrent"] = 6
    assert peak(dial(tables, {"spring": US[:60]})[1], "connection") == {"east": 6}


def test_a_numbers_limit_binds(dial: Any) -> None:
    tables = pilot({"number": EAST, "max_concurrent": 3}, NEW_YORK, prefer_country_match=False)
    most = peak(dial(tables, {"spring": US[:80]})[1], "number")
    assert most[EAST] == 3
    assert most[NEW_YORK] > 3


def test_a_campaigns_limit_binds(dial: Any) -> None:
    assert peak(dial(pilot(max_concurrent=4), {"spring": US[:60]})[1], "campaign") == {"spring": 4}


def test_a_call_rate_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["connections"][0]["max_calls_per_second"] = 2
    placed = placed_at(dial(tables, {"spring": US[:40]})[1])
    assert placed[:8] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert all(later - earlier >= 1 for earlier, later in zip(placed, placed[2:], strict=False))


def test_a_numbers_day_cap_binds_until_its_day_ends_where_it_lives(dial: Any) -> None:
    tables = pilot(
        {"number": EAST, "max_calls_per_day": 10, "timezone": "Asia/Kolkata"}, options=always("rejected")
    )
    _, log = dial(tables, {"spring": US[:30]})
    times = [START + seconds for seconds in placed_at(log)]
    days = Counter(datetime.fromtimestamp(time, ZoneInfo("Asia/Kolkata")).date() for time in times)
    assert list(days.values()) == [10, 10, 10]
    assert (times[10] - START) / 3600 == 18.5  # midnight in Kolkata
    assert [event.by for event in named(log, "number.rested")] == ["day_ended"] * 2


def test_an_offer_that_comes_to_nothing_gives_the_days_count_back(dial: Any) -> None:
    """A rate of 1 a second refuses what the pool had charged already."""
    tables = pilot({"number": EAST, "max_calls_per_day": 10}, options=always("rejected"))
    tables["connections"][0]["max_calls_per_second"] = 1
    _, log = dial(tables, {"spring": US[:10]})
    assert named(log, "dispatch.refused")
    assert placed_at(log) == list(range(10))


def test_the_breakers_failure_rate_binds(dial: Any) -> None:
    def opened(rate: float) -> int:
        tables = pilot(options={**always("failed"), "failure_rate": 0.4, "voicemail_rate": 0.6})
        tables["connections"][0]["breaker_failure_rate"] = rate
        return len(named(dial(tables, {"spring": US[:100]})[1], "connection.opened"))

    assert opened(0.2) > 0
    assert opened(0.9) == 0


def test_a_disabled_connection_carries_no_call(dial: Any) -> None:
    tables = pilot(EAST, {"number": NEW_YORK, "connection": "west"}, prefer_country_match=False)
    tables["connections"].append({"name": "west", "max_concurrent": 20, "enabled": False})
    assert {call.connection for call in grants(dial(tables, {"spring": US[:40]})[1])} == {"east"}


@pytest.mark.parametrize("status", ["paused", "spam"])
def test_a_number_that_is_not_active_is_not_dialed_from(dial: Any, status: str) -> None:
    tables = pilot(EAST, {"number": NEW_YORK, "status": status})
    assert {call.number for call in grants(dial(tables, {"spring": US[:40]})[1])} == {EAST}
