"""When a campaign stands still, and what it waits for."""

from __future__ import annotations

import itertools
from typing import Any

from actors.doctor.stalls import FULL_SECONDS, STILL_SECONDS, Stall, StallDetector


def look(
    detector: StallDetector,
    at: float,
    waiting: dict[str, int],
    *,
    placed: int = 5,
    in_use: int = 0,
    available: int = 0,
    **what: Any,
) -> Stall | None:
    halted = what.pop("halted", None)
    return detector.look(
        at, waiting, placed=placed, available=available, in_use=in_use, halted=halted, **what
    )


def test_a_campaign_that_places_calls_stands_not_still() -> None:
    detector = StallDetector()

    for minute in range(10):
        assert look(detector, 60.0 * minute, {"turn": 9}, placed=minute) is None


def test_what_most_wait_for_is_the_cause() -> None:
    detector = StallDetector()
    waiting = {"no_eligible_number": 7, "day_cap": 2}
    look(detector, 0.0, waiting)

    stall = look(detector, STILL_SECONDS, waiting)

    assert stall is not None
    assert (stall.cause, stall.contacts, stall.seconds) == ("no_eligible_number", 9, STILL_SECONDS)
    assert stall.waiting == {"day_cap": 2, "no_eligible_number": 7}


def test_what_is_planned_is_the_cause_only_where_nothing_else_is() -> None:
    detector = StallDetector()
    look(detector, 0.0, {"calling_hours": 90, "day_cap": 10})

    stall = look(detector, 600.0, {"calling_hours": 90, "day_cap": 10})
    planned = look(detector, 660.0, {"calling_hours": 90, "day_cap": 1})

    assert stall is not None
    assert stall.cause == "day_cap"
    assert planned is not None
    assert planned.cause == "calling_hours"


def test_slots_full_of_long_calls_are_a_stall_only_after_longer() -> None:
    detector = StallDetector()
    look(detector, 0.0, {"tenant_full": 4}, in_use=2)

    assert look(detector, STILL_SECONDS, {"tenant_full": 4}, in_use=2) is None
    assert look(detector, FULL_SECONDS, {"tenant_full": 4}, in_use=2) is not None


def test_where_nobody_waits_nothing_stalls() -> None:
    detector = StallDetector()
    look(detector, 0.0, {})

    assert look(detector, 10_000.0, {}) is None


def test_what_halts_the_engine_is_the_cause_before_all_others() -> None:
    detector = StallDetector()
    look(detector, 0.0, {"turn": 4})

    stall = look(detector, 300.0, {"turn": 4}, halted="journal_away")

    assert stall is not None
    assert stall.cause == "journal_away"


def cause_after(seconds: float, waiting: dict[str, int], **what: Any) -> str | None:
    detector = StallDetector()
    look(detector, 0.0, waiting, **what)
    stall = look(detector, seconds, waiting, **what)
    return None if stall is None else stall.cause


def test_a_paused_campaign_waits_for_whoever_paused_it_however_many_retries_are_not_due() -> None:
    assert cause_after(300.0, {"retry_due": 500, "paused": 2}) == "paused"


def test_one_contact_that_waits_for_its_own_number_is_no_stall_of_all_whose_retries_are_not_due() -> None:
    assert cause_after(300.0, {"retry_due": 4000, "day_cap": 1}) == "retry_due"


def test_contacts_that_wait_for_their_countrys_numbers_while_others_are_free_wait_for_a_match() -> None:
    assert cause_after(700.0, {"number_full": 40}, available=6) == "country_match"
    assert cause_after(700.0, {"number_full": 40}, available=0) == "number_full"


def test_probes_of_open_connections_are_no_dialing() -> None:
    detector = StallDetector()
    waiting = {"connection_open": 40}

    causes = []
    for minute in range(10):
        stall = look(detector, 60.0 * minute, waiting, placed=100 + minute, probing=True)
        causes.append(None if stall is None else stall.cause)

    assert causes == [None, None] + ["breaker"] * 8


def test_where_calls_are_longer_than_ten_minutes_their_gaps_are_a_stall_once() -> None:
    detector = StallDetector()
    stalls = []
    placed = 0
    for minute in range(200):
        placed += minute % 20 == 0
        stall = look(detector, 60.0 * minute, {"tenant_full": 9}, placed=placed, in_use=1)
        stalls.append(stall is not None)

    begun = sum(now and not before for before, now in itertools.pairwise(stalls))
    assert begun == 1


def test_a_stall_that_comes_and_goes_is_named_again_only_after_ten_minutes_of_it() -> None:
    detector = StallDetector()
    named = []
    for minute in range(20):
        placed = 1 if minute < 4 else 2
        if look(detector, 60.0 * minute, {"day_cap": 9}, placed=placed) is not None:
            named.append(minute)

    assert named == [2, 3, *range(14, 20)]


def test_a_campaign_that_waits_for_more_contacts_has_nobody_left_to_dial() -> None:
    assert cause_after(300.0, {}, open_ended=True) == "contacts_exhausted"
    assert cause_after(300.0, {}, open_ended=True, in_use=1) is None
