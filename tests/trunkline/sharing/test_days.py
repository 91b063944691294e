"""A number's calls of a day, shared by all daemons."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.trunkline.sharing.fleet import NUMBERS, Fleet, pilot

DAY = 86400.0
EVENING = datetime(2026, 1, 5, 23, 56, tzinfo=UTC)

MIDNIGHT = 240.0
"""Seconds from the start to the next day."""


def calls_by_day(fleet: Fleet) -> Counter[tuple[str, int]]:
    """Count the calls from each number on each day of UTC."""
    counts: Counter[tuple[str, int]] = Counter()
    for daemon in fleet.daemons:
        for time, event in daemon.log:
            if event.event == "dispatch.granted":
                counts[event.number, int(time // DAY - EVENING.timestamp() // DAY)] += 1  # type: ignore[attr-defined]  # a grant
    return counts


def test_no_number_makes_more_calls_in_a_day_than_it_may_and_the_rest_wait_for_the_next(
    tmp_path: Path,
) -> None:
    fleet = Fleet(tmp_path, pilot(day=12), start=EVENING)
    for _ in range(3):
        fleet.daemon(20)
    fleet.run()
    counts = calls_by_day(fleet)
    assert max(counts.values()) == 12
    assert sum(count for (_, day), count in counts.items() if day == 0) == 36
    assert sum(counts.values()) == 60
    assert {number for number, _ in counts} == set(NUMBERS)


def test_a_number_rests_in_every_log_when_no_daemon_has_any_call_left(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(day=4), start=EVENING)
    fleet.daemon(10)
    fleet.daemon(10)
    fleet.run()
    waited = [daemon for daemon in fleet.daemons if daemon.placed[-1] > MIDNIGHT]
    assert waited
    for daemon in waited:
        assert {event.number for event in daemon.named("number.resting")} == set(NUMBERS)
        assert daemon.named("number.rested")


@pytest.mark.parametrize(("newer", "contacts"), [(20, 40), (8, 20)], ids=["higher", "lower"])
def test_a_day_cap_of_a_newer_file_is_followed_up_and_down(newer: int, contacts: int, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(day=12), start=EVENING)
    first = fleet.daemon(contacts)
    fleet.tables = pilot(day=newer)
    fleet.daemon(contacts, generation=2)

    fleet.run((12.0, fleet.daemons[1].engine.start), first=1)

    counts = calls_by_day(fleet)
    assert {one.limit for one in first.named("limit.differs")} == {newer}
    assert {counts[number, 0] for number in NUMBERS} == {newer}
