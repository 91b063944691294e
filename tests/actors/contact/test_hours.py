"""When a contact may be called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.contact.hours import closes_at, is_open, next_opening
from actors.settings import CallingHours

WEEKDAYS = frozenset(range(5))
NINE_TO_FIVE = CallingHours(((9 * 60, 17 * 60),), WEEKDAYS)
NIGHTS = CallingHours(((22 * 60, 2 * 60),), WEEKDAYS)
LONDON, NEW_YORK, BERLIN = "Europe/London", "America/New_York", "Europe/Berlin"
DAY = 86_400


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def local(text: str, zone: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def test_the_start_of_a_window_is_inside_and_its_end_is_not() -> None:
    monday = "2026-01-05T"
    opened = {
        time: is_open(NINE_TO_FIVE, [LONDON], utc(monday + time))
        for time in ("08:59:59", "09:00", "16:59:59", "17:00")
    }
    assert opened == {"08:59:59": False, "09:00": True, "16:59:59": True, "17:00": False}


def test_a_day_that_is_not_listed_is_closed() -> None:
    assert not is_open(NINE_TO_FIVE, [LONDON], utc("2026-01-10T12:00"))


def test_without_windows_a_listed_day_is_open_all_day() -> None:
    saturdays = CallingHours((), frozenset({5}))
    assert is_open(saturdays, [LONDON], utc("2026-01-10T00:00"))
    assert is_open(saturdays, [LONDON], utc("2026-01-10T23:59:59"))
    assert not is_open(saturdays, [LONDON], utc("2026-01-11T00:00"))


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    # Friday's night goes on into Saturday; Sunday's would into Monday, but Sunday isn't listed.
    assert is_open(NIGHTS, [LONDON], utc("2026-01-10T01:59"))
    assert not is_open(NIGHTS, [LONDON], utc("2026-01-10T22:00"))
    assert not is_open(NIGHTS, [LONDON], utc("2026-01-12T01:00"))
    sundays = CallingHours(((22 * 60, 2 * 60),), frozenset({6}))
    assert is_open(sundays, [LONDON], utc("2026-01-12T01:00"))


def test_a_window_that_ends_as_it_starts_lasts_a_day() -> None:
    mondays = CallingHours(((9 * 60, 9 * 60),), frozenset({0}))
    assert next_opening(mondays, [LONDON], utc("2026-01-05T00:00")) == utc("2026-01-05T09:00")
    assert closes_at(mondays, [LONDON], utc("2026-01-05T09:00")) == utc("2026-01-06T09:00")


def test_windows_that_touch_over_midnight_close_once() -> None:
    hours = CallingHours(((20 * 60, 24 * 60), (0, 60)), frozenset(range(7)))
    assert closes_at(hours, [LONDON], utc("2026-01-11T21:00")) == utc("2026-01-12T01:00")


def test_all_zones_must_be_inside() -> None:
    both = [NEW_YORK, LONDON]
    assert not is_open(NINE_TO_FIVE, both, utc("2026-01-05T10:00"))
    assert is_open(NINE_TO_FIVE, both, utc("2026-01-05T14:00"))
    assert next_opening(NINE_TO_FIVE, both, utc("2026-01-05T10:00")) == utc("2026-01-05T14:00")
    assert closes_at(NINE_TO_FIVE, both, utc("2026-01-05T14:00")) == utc("2026-01-05T17:00")


def test_zones_that_never_share_an_hour_have_no_opening() -> None:
    mornings = CallingHours(((9 * 60, 10 * 60),))
    assert next_opening(mornings, [NEW_YORK, LONDON], utc("2026-01-05T00:00")) is None


def test_an_opening_that_is_now_is_now_to_the_fraction_of_a_second() -> None:
    moment = utc("2026-01-05T10:00") + 0.25
    assert next_opening(NINE_TO_FIVE, [LONDON], moment) == moment


def test_after_closing_on_friday_it_opens_on_monday() -> None:
    assert next_opening(NINE_TO_FIVE, [LONDON], utc("2026-01-09T17:00")) == utc("2026-01-12T09:00")


def test_it_opens_by_the_wall_clock_across_the_change_of_clocks() -> None:
    # Sunday 2026-03-29 has 23 hours in Berlin: 9:00 is 7:00 UTC on Monday, and was 8:00 UTC on Friday.
    friday_evening = local("2026-03-27T18:00", BERLIN)
    assert next_opening(NINE_TO_FIVE, [BERLIN], friday_evening) == utc("2026-03-30T07:00")


def test_a_window_inside_the_hour_that_is_left_out_does_not_open_that_day() -> None:
    hours = CallingHours(((2 * 60 + 15, 2 * 60 + 45),))
    # 2026-03-29 in Berlin: 1:59:59 is followed by 3:00.
    assert next_opening(hours, [BERLIN], local("2026-03-29T01:00", BERLIN)) == local(
        "2026-03-30T02:15", BERLIN
    )


def test_a_window_that_starts_in_the_hour_that_is_left_out_opens_after_it() -> None:
    hours = CallingHours(((2 * 60 + 30, 5 * 60),))
    assert next_opening(hours, [BERLIN], local("2026-03-29T01:00", BERLIN)) == utc("2026-03-29T01:00")


def test_a_window_in_the_hour_that_comes_twice_opens_twice() -> None:
    hours = CallingHours(((2 * 60 + 15, 2 * 60 + 45),))
    first = utc("2026-10-25T00:15")
    assert next_opening(hours, [BERLIN], utc("2026-10-25T00:00")) == first
    assert closes_at(hours, [BERLIN], first) == first + 1800
    assert next_opening(hours, [BERLIN], first + 1800) == first + 3600


def test_hours_without_limit_are_always_open_also_where_no_zone_is_known() -> None:
    always = CallingHours()
    assert is_open(always, [], 0.0)
    assert next_opening(always, [], 12.5) == 12.5
    assert closes_at(always, [], 12.5) is None


@pytest.mark.parametrize("zones", [[], ["Nowhere/Land"], [LONDON, "Nowhere/Land"]])
def test_without_a_known_zone_limited_hours_never_open(zones: list[str]) -> None:
    noon = utc("2026-01-05T12:00")
    assert not is_open(NINE_TO_FIVE, zones, noon)
    assert next_opening(NINE_TO_FIVE, zones, noon) is None
    assert closes_at(NINE_TO_FIVE, zones, noon) == noon


def test_without_a_listed_day_it_never_opens() -> None:
    never = CallingHours(((540, 1020),), frozenset())
    assert not is_open(never, [LONDON], 0.0)
    assert next_opening(never, [LONDON], 0.0) is None
    assert closes_at(never, [LONDON], 5.0) == 5.0


def test_the_horizon_bounds_the_search() -> None:
    mondays = CallingHours(((540, 1020),), frozenset({0}))
    tuesday = utc("2026-01-06T00:00")
    assert next_opening(mondays, [LONDON], tuesday, horizon_days=6) is None
    assert next_opening(mondays, [LONDON], tuesday, horizon_days=7) == utc("2026-01-12T09:00")


# Brute force: each minute, by the calendar of the datetime module.


def inside(hours: CallingHours, zone: str, at: float) -> bool:
    wall = datetime.fromtimestamp(at, ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.weekday(), (wall - timedelta(days=1)).weekday()
    for start, end in hours.windows or ((0, 1440),):
        if start < end:
            if today in hours.days and start <= minute < end:
                return True
        elif (today in hours.days and minute >= start) or (yesterday in hours.days and minute < end):
            return True
    return False


def first_minute(
    hours: CallingHours, zones: Sequence[str], at: float, days: int, wanted: bool
) -> float | None:
    moment = at
    while moment < at + days * DAY:
        if all(inside(hours, zone, moment) for zone in zones) is wanted:
            return moment
        moment = (moment // 60 + 1) * 60
    return None


minutes = st.integers(0, 1439)
windows = st.lists(st.tuples(minutes, st.integers(0, 1440)), max_size=3).map(tuple)
hours_of_any_kind = st.builds(CallingHours, windows, st.frozensets(st.integers(0, 6), min_size=1))
zone_sets = st.lists(
    st.sampled_from(
        [
            LONDON,
            NEW_YORK,
            BERLIN,
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Pacific/Apia",
            "Africa/Casablanca",
        ]
    ),
    min_size=1,
    max_size=3,
)
# Whenever, and in the days around a change of clocks.
CHANGES = [
    utc(text) for text in ("2026-03-08", "2026-03-29", "2026-10-04", "2026-10-25", "2026-11-01", "2026-02-15")
]
moments = st.floats(min_value=utc("2025-01-01"), max_value=utc("2030-01-01")) | st.builds(
    lambda change, seconds: change + seconds, st.sampled_from(CHANGES), st.floats(-2.0 * DAY, 2.0 * DAY)
)


@settings(max_examples=50, deadline=None)
@given(hours_of_any_kind, zone_sets, moments)
def test_openings_are_those_that_a_look_at_every_minute_finds(
    hours: CallingHours, zones: list[str], at: float
) -> None:
    expected = first_minute(hours, zones, at, 4, wanted=True)
    assert next_opening(hours, zones, at, horizon_days=4) == expected
    assert is_open(hours, zones, at) == (expected == at)


@settings(max_examples=50, deadline=None)
@given(hours_of_any_kind, zone_sets, moments)
def test_closings_are_those_that_a_look_at_every_minute_finds(
    hours: CallingHours, zones: list[str], at: float
) -> None:
    opening = next_opening(hours, zones, at)
    if opening is not None:
        assert closes_at(hours, zones, opening, 3) == first_minute(hours, zones, opening, 3, wanted=False)
