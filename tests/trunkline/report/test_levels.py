"""Levels over time: bounded in memory, and no peak is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.report.levels import MOST_BUCKETS, Levels

CHANGES = st.lists(
    st.tuples(st.floats(min_value=0.0, max_value=500.0), st.integers(0, 2), st.booleans()), max_size=300
)


def drawn(changes: list[tuple[float, int, bool]]) -> tuple[Levels, list[tuple[float, tuple[int, ...]]]]:
    """Apply changes; return the levels and every state with its time."""
    levels = Levels(1000.0)
    for name in ("east", "north", "west"):
        levels.add(name)
    now = 1000.0
    states: list[tuple[float, tuple[int, ...]]] = [(now, (0, 0, 0))]
    for later, place, up in changes:
        if not up and levels.levels[place] == 0:
            continue
        now += later
        levels.change(now, place, 1 if up else -1)
        states.append((now, tuple(levels.levels)))
    levels.finish(now + 1.0)
    return levels, states


@given(CHANGES)
def test_the_highest_sum_and_each_levels_highest_stay(changes: list[tuple[float, int, bool]]) -> None:
    levels, states = drawn(changes)

    assert max(sum(state) for _, state in levels.points()) == max(sum(state) for _, state in states)
    for place in range(3):
        most = max(most for _, _, most in levels.ranges(place))
        assert most == max(state[place] for _, state in states)


@given(CHANGES)
def test_what_is_drawn_is_what_was(changes: list[tuple[float, int, bool]]) -> None:
    levels, states = drawn(changes)

    seen = {state for _, state in states}
    assert {state for _, state in levels.points()} <= seen


@given(CHANGES)
def test_points_come_in_the_order_of_time(changes: list[tuple[float, int, bool]]) -> None:
    levels, _ = drawn(changes)
    times = [at for at, _ in levels.points()]

    assert times == sorted(times)


def test_a_long_run_takes_no_more_than_2000_points() -> None:
    levels = Levels(0.0)
    place = levels.add("east")

    for second in range(100_000):
        levels.change(float(second), place, 1 if second % 2 == 0 else -1)
    levels.change(100_000.0, place, 1)
    levels.change(100_000.0, place, 1)
    levels.change(100_000.0, place, -2)
    levels.finish(100_001.0)

    points = list(levels.points())
    assert MOST_BUCKETS / 2 < len(points) <= 2 * MOST_BUCKETS + 1
    assert max(state[0] for _, state in points) == 2


def test_a_level_that_stood_for_no_time_is_no_low() -> None:
    levels = Levels(0.0)
    place = levels.add("east")
    levels.change(10.0, place, 1)

    for second in range(11, 40):
        levels.change(float(second), place, -1)
        levels.change(float(second), place, 1)
    levels.finish(40.0)

    assert {state for at, state in levels.points() if at >= 11.0} == {(1,)}


def test_what_comes_from_before_counts_as_now() -> None:
    levels = Levels(0.0)
    place = levels.add("east")

    levels.change(10.0, place, 1)
    levels.change(5.0, place, 1)
    levels.finish(20.0)

    times = [at for at, _ in levels.points()]
    assert times == sorted(times)
    assert max(state[0] for _, state in levels.points()) == 2
