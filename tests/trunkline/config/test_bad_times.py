"""Durations, hours, days and times that aren't."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "a bad duration": (
        'max_ring_seconds = "45 sec"\n',
        ':28:20: campaigns[0].max_ring_seconds: "45 sec" is no duration; write a number of seconds or "30s", "15m", "2h", "1d"',
    ),
    "a negative duration": (
        "max_ring_seconds = -45\n",
        ":28:20: campaigns[0].max_ring_seconds: a duration must not be negative: -45",
    ),
    "a duration of nothing": (
        "max_call_seconds = 0\n",
        ":28:20: campaigns[0].max_call_seconds: must be longer than 0 seconds",
    ),
    "a duration that is not a number": (
        "max_call_seconds = nan\n",
        ":28:20: campaigns[0].max_call_seconds: must be a number of seconds, not nan",
    ),
    "a duration of years": (
        'retry_after.busy = "400d"\n',
        ':28:20: campaigns[0].retry_after.busy: a duration is at most 366 days, not "400d"',
    ),
    "a boolean for a duration": (
        "retry_after.busy = true\n",
        ':28:20: campaigns[0].retry_after.busy: must be a number of seconds or "30s", "15m", "2h", "1d", not true',
    ),
    "bad hours": (
        'calling_hours = "9-17"\n',
        ':28:17: campaigns[0].calling_hours: "9-17" are no hours; write them as in "09:00-17:30"',
    ),
    "hours that are none": (
        'calling_hours = "09:00-25:00"\n',
        ':28:17: campaigns[0].calling_hours: "09:00-25:00" names a time that isn\'t one; a day goes from 00:00 to 24:00',
    ),
    "hours that end when they start": (
        'calling_hours = "09:00-09:00"\n',
        ':28:17: campaigns[0].calling_hours: "09:00-09:00" starts when it ends; the whole day is "00:00-24:00"',
    ),
    "no hours": (
        "calling_hours = []\n",
        ":28:17: campaigns[0].calling_hours: an empty list would never call anybody; leave the option out to call at any hour",
    ),
    "a number for hours": (
        "calling_hours = 9\n",
        ':28:17: campaigns[0].calling_hours: must be hours as in "09:00-17:30" or a list of such, not 9',
    ),
    "an unknown day": (
        'calling_days = ["mon", "thr"]\n',
        ':28:16: campaigns[0].calling_days: no day "thr"; did you mean "thu"?',
    ),
    "no days": (
        "calling_days = []\n",
        ":28:16: campaigns[0].calling_days: an empty list would never call anybody; leave the option out to call on any day",
    ),
    "a day not in a list": (
        'calling_days = "mon"\n',
        ':28:16: campaigns[0].calling_days: must be a list of "mon" … "sun", not "mon"',
    ),
    "a time without its offset": (
        "start_at = 2026-03-01T09:00:00\n",
        ":28:12: campaigns[0].start_at: must say its offset from UTC, as in 2026-03-01T09:00:00Z or …+01:00",
    ),
    "a day for a time": (
        "start_at = 2026-03-01\n",
        ":28:12: campaigns[0].start_at: must be a time as in 2026-03-01T09:00:00Z, not a date or time",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
