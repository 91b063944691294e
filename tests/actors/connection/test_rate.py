"""A connection's call rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.connection.rate import CallRate


def test_as_many_tokens_are_there_as_calls_a_second() -> None:
    rate = CallRate(3)
    assert [rate.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert rate.left(0.0) == 0


def test_a_token_comes_back_one_second_after_its_place_and_not_before() -> None:
    rate = CallRate(1)
    rate.take(10.0)
    rate.placed(10.5)
    assert rate.left(11.499) == 0
    assert rate.next_free(11.0) == 11.5
    assert rate.left(11.5) == 1
    assert rate.next_free(11.5) is None


def test_a_reservation_holds_its_token_for_as_long_as_it_takes() -> None:
    rate = CallRate(1)
    rate.take(0.0)
    assert rate.left(100.0) == 0
    assert rate.next_free(100.0) is None


def test_a_token_that_is_given_back_is_free_at_once() -> None:
    rate = CallRate(1)
    rate.take(0.0)
    rate.give_back()
    assert rate.left(0.0) == 1


def test_without_a_limit_there_is_always_one() -> None:
    rate = CallRate(None)
    for _ in range(100):
        assert rate.take(0.0)
        rate.placed(0.0)
    assert rate.left(0.0) is None
    assert rate.next_free(0.0) is None


@pytest.mark.parametrize("per_second", [1, None])
def test_a_token_that_is_not_held_can_be_neither_placed_nor_given_back(per_second: int | None) -> None:
    rate = CallRate(per_second)
    with pytest.raises(ValueError, match="no token is held"):
        rate.give_back()
    with pytest.raises(ValueError, match="no token is held"):
        rate.placed(0.0)


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "place", "give back", "wait for the next"]),
        # Steps of time that meet the window's edge exactly, and any others.
        st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0]) | st.floats(min_value=0.0, max_value=1.5),
    ),
    max_size=80,
)


@given(st.integers(1, 4), steps)
def test_no_second_has_more_places_than_the_rate(per_second: int, steps: list[tuple[str, float]]) -> None:
    rate, now, held = CallRate(per_second), 1_000.0, 0
    places: list[float] = []
    for step, seconds in steps:
        now += seconds
        match step:
            case "take":
                free = rate.left(now)
                taken = rate.take(now)
                assert taken == (free != 0)
                held += taken
            case "place" if held:
                rate.placed(now)
                places.append(now)
                held -= 1
            case "give back" if held:
                rate.give_back()
                held -= 1
            case "wait for the next":
                instant = rate.next_free(now)
                if instant is not None:
                    before = rate.left(now)
                    now = max(now, instant)
                    after = rate.left(now)
                    assert before is not None
                    assert after is not None
                    assert after > before
        in_window = sum(place + 1.0 > now for place in places)
        assert rate.reserved == held
        assert held + in_window <= per_second
        assert rate.left(now) == per_second - held - in_window
    # The windows that count begin at a place.
    for start in places:
        assert sum(start <= place < start + 1.0 for place in places) <= per_second
