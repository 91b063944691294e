"""Calling hours as the audit understands them, beside the engine's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.contact import hours as engine
from actors.settings import CallingHours as EngineHours
from trunkline.audit.hours import CallingHours, may_call

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "No/Zone",
]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("moment", "open"),
    [
        ("2026-01-05T07:59", False),
        ("2026-01-05T08:00", True),
        ("2026-01-05T16:29:59", True),
        ("2026-01-05T16:30", False),
        ("2026-01-10T10:00", False),
        ("2026-07-06T07:00", True),
    ],
)
def test_the_start_is_inside_and_the_end_is_not_by_the_clock_on_the_wall(moment: str, open: bool) -> None:
    hours = CallingHours(((540, 1050),), frozenset(range(5)))

    assert may_call(hours, ("Europe/Berlin",), at(moment)) is open


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    hours = CallingHours(((1320, 120),), frozenset([0]))

    assert may_call(hours, ("UTC",), at("2026-01-06T01:59"))
    assert not may_call(hours, ("UTC",), at("2026-01-05T01:59"))


def test_all_zones_must_be_inside() -> None:
    hours = CallingHours(((540, 1020),))

    assert not may_call(hours, ("America/New_York", "America/Los_Angeles"), at("2026-01-05T15:00"))
    assert may_call(hours, ("America/New_York", "America/Los_Angeles"), at("2026-01-05T18:00"))
    assert not may_call(hours, (), at("2026-01-05T18:00"))


@given(
    windows=st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1440)), max_size=2).map(tuple),
    days=st.frozensets(st.integers(0, 6)),
    zones=st.lists(st.sampled_from(ZONES), max_size=3).map(tuple),
    moment=st.floats(at("2026-01-01"), at("2027-01-01")),
)
def test_it_agrees_with_the_engine_which_works_it_out_otherwise(
    windows: tuple[tuple[int, int], ...], days: frozenset[int], zones: tuple[str, ...], moment: float
) -> None:
    assert may_call(CallingHours(windows, days), zones, moment) == engine.is_open(
        EngineHours(windows, days), zones, moment
    )
