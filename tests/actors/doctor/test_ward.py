"""A call counts where its contact was in the hour in which it began, whenever it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from actors.doctor.expectation import Turn
from actors.doctor.local_hour import LocalHours
from actors.doctor.ward import EndedCall, Ward
from actors.messages import Index, Kind, Profile, Release
from actors.pool.campaign import HeldNumber
from actors.pool.cells import Tier
from runtime.calls import E164, CallId, Outcome

SEVEN = datetime(2026, 6, 1, 17, tzinfo=UTC).timestamp()
"""Seven in the evening in Berlin."""

GERMAN = Profile(7, "DE", ("Europe/Berlin",), None, ("Europe/Berlin",))


def answered(since: float, until: float) -> EndedCall:
    """Make an answered call: a contact's first, from the pool."""
    campaign: Any = SimpleNamespace(profiles={GERMAN.key: GERMAN})
    number = SimpleNamespace(number=E164("+4930901820"), connection=SimpleNamespace(name="east"))
    choice: Any = SimpleNamespace(number=number, tier=Tier.POOL)
    key = (GERMAN.key, None, (), None)
    held = HeldNumber(campaign, Index(0), Kind.FRESH, (0.0, 0), key, choice, None, False, None, since=since)
    return held, Release(CallId("call"), Outcome.ANSWERED), until


def heard_at(ward: Ward, hour: int) -> int:
    return ward.doctor.tally(SEVEN, "DE", hour, Turn.FIRST).place.ended


@pytest.mark.parametrize("talked", [20.0, 1200.0, 7200.0])
def test_who_answers_before_the_hour_counts_in_that_hour_however_long_the_talk(talked: float) -> None:
    ward = Ward(LocalHours())

    ward.listen([answered(SEVEN - 10, SEVEN - 10 + talked)])

    assert (heard_at(ward, 18), heard_at(ward, 19)) == (1, 0)


def test_calls_of_two_hours_that_end_in_turn_are_kept_apart() -> None:
    ward = Ward(LocalHours())

    ward.listen([answered(SEVEN - 10, SEVEN + 5), answered(SEVEN + 1, SEVEN + 6)])
    ward.listen([answered(SEVEN - 20, SEVEN + 7), answered(SEVEN + 2, SEVEN + 8)])

    assert (heard_at(ward, 18), heard_at(ward, 19)) == (2, 2)


def test_a_call_that_began_hours_ago_counts_in_its_own_hour_beside_those_of_now() -> None:
    ward = Ward(LocalHours())

    ward.listen(
        [answered(SEVEN + 1, SEVEN + 6), answered(SEVEN - 7000, SEVEN + 7), answered(SEVEN + 2, SEVEN + 8)]
    )

    assert [heard_at(ward, hour) for hour in (17, 18, 19)] == [1, 0, 2]
