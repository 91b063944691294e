"""The two clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from runtime import Clock, RealClock, VirtualClock


def test_virtual_time_begins_on_a_monday_midnight_utc() -> None:
    clock = VirtualClock()

    assert datetime.fromtimestamp(clock.time(), UTC) == datetime(2026, 1, 5, tzinfo=UTC)
    assert clock.monotonic() == 0.0
    assert repr(clock) == "VirtualClock(2026-01-05T00:00:00+00:00)"


def test_virtual_time_begins_where_it_is_told() -> None:
    eastern = timezone(timedelta(hours=-5))

    assert VirtualClock(1000.5).time() == 1000.5
    assert VirtualClock(datetime(2026, 3, 1, 7, tzinfo=eastern)).time() == 1772366400.0


def test_a_start_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-01-05T00:00:00 has none"):
        VirtualClock(datetime(2026, 1, 5))


def test_virtual_time_never_goes_back() -> None:
    clock = VirtualClock(100.0)
    clock.jump_to(5.0)
    clock.jump_to(3.0)

    assert (clock.monotonic(), clock.time()) == (5.0, 105.0)


def test_the_real_clock_is_the_machines() -> None:
    clock = RealClock()

    assert time.monotonic() <= clock.monotonic() <= time.monotonic()
    assert time.time() <= clock.time() <= time.time()


def test_both_are_clocks() -> None:
    assert isinstance(RealClock(), Clock)
    assert isinstance(VirtualClock(), Clock)
