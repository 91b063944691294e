"""What lasts, and what only comes and goes."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from actors.doctor.lasting import Lasting


def test_what_holds_long_enough_begins_and_what_is_gone_long_enough_is_over() -> None:
    state = Lasting(120.0, 300.0)

    looks = [(0.0, True), (60.0, True), (120.0, True), (180.0, False), (420.0, False), (480.0, False)]

    assert [state.look(at, holds) for at, holds in looks] == [False, False, True, True, True, False]


def test_what_breaks_off_starts_anew() -> None:
    state = Lasting(120.0, 300.0)

    looks = [(0.0, True), (60.0, False), (120.0, True), (180.0, True), (240.0, True)]

    assert [state.look(at, holds) for at, holds in looks] == [False, False, False, False, True]


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 10), st.integers(1, 10))
def test_it_turns_at_most_once_in_the_time_that_it_takes(holds: list[bool], begin: int, end: int) -> None:
    state = Lasting(60.0 * begin, 60.0 * end)

    states = [state.look(60.0 * minute, one) for minute, one in enumerate(holds)]

    turned = [minute for minute in range(1, len(states)) if states[minute] != states[minute - 1]]
    assert all(later - earlier >= min(begin, end) for earlier, later in itertools.pairwise(turned))
