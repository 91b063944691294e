from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observe.timestamps import Timestamps


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (1767571200.0, b"2026-01-05T00:00:00.000000Z"),
        (1767571200.25, b"2026-01-05T00:00:00.250000Z"),
        (1767571200.9999998, b"2026-01-05T00:00:01.000000Z"),
        (0.0, b"1970-01-01T00:00:00.000000Z"),
        (-0.5, b"1969-12-31T23:59:59.500000Z"),
        (4102444800, b"2100-01-01T00:00:00.000000Z"),
    ],
)
def test_an_instant_has_six_decimals_and_a_z(time: float, text: bytes) -> None:
    assert Timestamps()(time) == text


@given(st.lists(st.integers(min_value=-(10**15), max_value=10**16), min_size=1))
def test_what_was_formatted_before_changes_nothing(microseconds: list[int]) -> None:
    timestamp = Timestamps()

    for microsecond in microseconds:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microsecond)
        expected = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
        written = timestamp(microsecond / 1_000_000).decode()
        read = datetime.fromisoformat(written)
        assert abs(read - moment) <= timedelta(microseconds=1)
        assert len(written) == len(expected)


@given(st.floats(min_value=0, max_value=4e9), st.floats(min_value=0, max_value=10))
def test_time_never_runs_back_in_the_log(time: float, later: float) -> None:
    timestamp = Timestamps()

    assert timestamp(time) <= timestamp(time + later)
