"""When a campaign stands still, and what it waits for."""

from __future__ import annotations

from actors.doctor.stalls import FULL_SECONDS, STILL_SECONDS, Stall, StallDetector


def look(
    detector: StallDetector,
    at: float,
    waiting: dict[str, int],
    *,
    placed: int = 5,
    in_use: int = 0,
    halted: str | None = None,
) -> Stall | None:
    return detector.look(at, waiting, placed=placed, available=3, in_use=in_use, halted=halted)


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
    look(detector, 0.0, {"calling_hours": 90, "paused": 1})

    stall = look(detector, 600.0, {"calling_hours": 90, "paused": 1})
    planned = look(detector, 660.0, {"calling_hours": 90})

    assert stall is not None
    assert stall.cause == "paused"
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
