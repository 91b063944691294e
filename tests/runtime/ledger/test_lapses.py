"""An observer says less than what has passed, and only of what it saw itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.ledger.lapses import Lapses
from runtime.ledger.statement import Row, Sighting

LEASE = 10_000


def row(version: int, remaining: int | None = None) -> Row:
    return Row("other", version, 1, 0, 0, LEASE, remaining, False, 0)


def test_a_version_that_stays_is_measured_from_when_it_was_first_seen() -> None:
    lapses = Lapses()
    lapses.see([row(3)], 100.0)
    lapses.see([row(3)], 104.0)

    assert lapses.quiet(107.5) == (Sighting("other", 3, 7_500),)


def test_a_newer_version_begins_anew() -> None:
    lapses = Lapses()
    lapses.see([row(3)], 100.0)
    lapses.see([row(4)], 106.0)

    assert lapses.quiet(110.0) == ()


def test_nothing_is_said_of_a_node_that_may_still_renew_in_time() -> None:
    lapses = Lapses()
    lapses.see([row(3)], 100.0)

    assert lapses.quiet(104.9) == ()


def test_what_was_measured_by_a_clock_that_jumped_is_forgotten() -> None:
    lapses = Lapses()
    lapses.see([row(3)], 100.0)

    lapses.forget()

    assert lapses.quiet(200.0) == ()


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(0, 60_000)), min_size=1, max_size=8))
def test_a_countdown_is_never_lower_than_what_is_left_by_any_reply(heard: list[tuple[float, int]]) -> None:
    lapses = Lapses()
    now, ends = 0.0, []
    for passed, remaining in heard:
        now += passed
        lapses.see([row(3, remaining)], now)
        ends.append(now + remaining / 1000)

    (claim,) = lapses.countdowns(now)

    assert claim.milliseconds >= max(0.0, min(ends) - now) * 1000 - 1e-3
