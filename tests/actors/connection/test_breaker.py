"""A connection's breaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.connection.breaker import (
    FIRST_WAIT_SECONDS,
    GOOD_PROBES,
    LEAST_PLACES,
    LONGEST_WAIT_SECONDS,
    WINDOW_PLACES,
    Breaker,
    BreakerState,
    Closed,
    Opened,
    Reopened,
)


def opened_breaker(now: float = 0.0) -> Breaker:
    breaker = Breaker(0.5)
    for _ in range(LEAST_PLACES):
        breaker.record(True, now)
    assert breaker.state is BreakerState.OPEN
    return breaker


def probe(breaker: Breaker, good: bool, now: float) -> Closed | Reopened | None:
    breaker.take_probe()
    return breaker.probe_result(good, now)


def test_nineteen_faults_say_nothing_and_the_twentieth_opens() -> None:
    breaker = Breaker(0.5)
    assert [breaker.record(True, 0.0) for _ in range(19)] == [None] * 19
    assert breaker.record(True, 7.0) == Opened(faults=20, places=20, wait_seconds=30.0)
    assert breaker.next_probe_at == 37.0


def test_half_of_the_calls_is_enough_and_less_is_not() -> None:
    at_half, below = Breaker(0.5), Breaker(0.5)
    for _ in range(10):
        assert at_half.record(False, 0.0) is None
    for _ in range(9):
        assert at_half.record(True, 0.0) is None
    assert at_half.record(True, 0.0) == Opened(10, 20, 30.0)
    for fault in [False] * 26 + [True] * 24:
        assert below.record(fault, 0.0) is None
    assert below.state is BreakerState.CLOSED


def test_it_opens_on_the_twentieth_call_also_if_that_one_is_good() -> None:
    breaker = Breaker(0.5)
    for _ in range(19):
        assert breaker.record(True, 0.0) is None
    assert breaker.record(False, 0.0) == Opened(19, 20, 30.0)


def test_only_the_last_fifty_calls_count() -> None:
    breaker = Breaker(0.5)
    for _ in range(1000):
        breaker.record(False, 0.0)
    results = [breaker.record(True, 0.0) for _ in range(25)]
    assert results == [None] * 24 + [Opened(25, WINDOW_PLACES, 30.0)]


def test_no_probe_is_due_before_half_a_minute() -> None:
    breaker = opened_breaker(100.0)
    assert not breaker.probe_due(129.999)
    assert breaker.probe_due(130.0)


def test_there_is_one_probe_at_a_time() -> None:
    breaker = opened_breaker()
    breaker.take_probe()
    assert breaker.state is BreakerState.PROBING
    assert not breaker.is_closed
    assert breaker.next_probe_at is None
    assert not breaker.probe_due(1e9)
    with pytest.raises(ValueError, match="no probe while probing"):
        breaker.take_probe()


def test_a_probe_that_was_not_placed_stays_due() -> None:
    breaker = opened_breaker()
    breaker.take_probe()
    breaker.return_probe()
    assert breaker.state is BreakerState.OPEN
    assert breaker.probe_due(30.0)


def test_after_a_good_probe_the_next_follows_at_once_and_the_third_closes() -> None:
    breaker = opened_breaker()
    assert probe(breaker, True, 31.0) is None
    assert breaker.probe_due(31.0)
    assert probe(breaker, True, 32.0) is None
    assert probe(breaker, True, 33.0) == Closed(3)
    assert breaker.state is BreakerState.CLOSED
    assert breaker.is_closed


def test_a_bad_probe_doubles_the_wait_up_to_ten_minutes() -> None:
    breaker, now, waits = opened_breaker(), 30.0, []
    for _ in range(6):
        reopened = probe(breaker, False, now)
        assert isinstance(reopened, Reopened)
        assert breaker.next_probe_at == now + reopened.wait_seconds
        waits.append(reopened.wait_seconds)
        now += reopened.wait_seconds
    assert waits == [60.0, 120.0, 240.0, 480.0, 600.0, 600.0]


def test_good_probes_must_be_in_a_row() -> None:
    breaker = opened_breaker()
    probe(breaker, True, 30.0)
    probe(breaker, True, 30.0)
    assert probe(breaker, False, 30.0) == Reopened(good_probes=2, wait_seconds=60.0)
    assert [probe(breaker, True, 90.0) for _ in range(3)] == [None, None, Closed(3)]


def test_closing_forgets_the_faults_and_the_wait() -> None:
    breaker = opened_breaker()
    probe(breaker, False, 30.0)
    for _ in range(GOOD_PROBES):
        probe(breaker, True, 90.0)
    assert [breaker.record(True, 100.0) for _ in range(LEAST_PLACES)][-1] == Opened(
        20, 20, FIRST_WAIT_SECONDS
    )


def test_calls_that_end_while_it_is_open_change_nothing() -> None:
    breaker = opened_breaker()
    assert breaker.record(True, 1.0) is None
    breaker.take_probe()
    assert breaker.record(False, 31.0) is None
    assert breaker.state is BreakerState.PROBING
    for _ in range(2):
        breaker.probe_result(True, 31.0)
        breaker.take_probe()
    assert breaker.probe_result(True, 31.0) == Closed(3)


@pytest.mark.parametrize("state", ["closed", "open"])
def test_a_probe_that_is_not_out_has_no_result(state: str) -> None:
    breaker = opened_breaker() if state == "open" else Breaker(0.5)
    with pytest.raises(ValueError, match=f"no probe is out while {state}"):
        breaker.probe_result(True, 0.0)
    with pytest.raises(ValueError, match=f"no probe is out while {state}"):
        breaker.return_probe()


def test_a_closed_breaker_gives_no_probe() -> None:
    breaker = Breaker(0.5)
    assert not breaker.probe_due(1e9)
    with pytest.raises(ValueError, match="no probe while closed"):
        breaker.take_probe()


def test_each_change_says_why_in_one_line() -> None:
    assert Opened(13, 20, 30.0).why == "13 of the last 20 calls failed; probe in 30 s"
    assert Reopened(1, 60.0).why == "probe failed after 1 good; next probe in 60 s"
    assert Closed(3).why == "3 probes were good"


@given(st.lists(st.booleans(), max_size=300), st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_it_opens_exactly_when_the_window_reaches_the_rate(faults: list[bool], rate: float) -> None:
    breaker = Breaker(rate)
    for index, fault in enumerate(faults):
        window = faults[max(index + 1 - WINDOW_PLACES, 0) : index + 1]
        reached = len(window) >= LEAST_PLACES and sum(window) / len(window) >= rate
        opened = breaker.record(fault, float(index))
        assert opened == (Opened(sum(window), len(window), 30.0) if reached else None)
        if reached:
            return


@given(st.lists(st.sampled_from(["good", "bad", "return", "fault"]), max_size=200))
def test_it_never_rests_longer_than_ten_minutes_nor_closes_without_three_good_in_a_row(
    steps: list[str],
) -> None:
    breaker, now, row = opened_breaker(), 0.0, 0
    for step in steps:
        if breaker.state is BreakerState.CLOSED:
            assert row == GOOD_PROBES
            return
        assert breaker.next_probe_at is not None
        assert breaker.next_probe_at - now <= LONGEST_WAIT_SECONDS
        now = max(now, breaker.next_probe_at)
        assert breaker.probe_due(now)
        match step:
            case "good" | "bad":
                probe(breaker, step == "good", now)
                row = row + 1 if step == "good" else 0
            case "return":
                breaker.take_probe()
                breaker.return_probe()
            case _:
                breaker.record(True, now)
