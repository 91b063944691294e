"""When contacts came, found by their index."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.pool.arrivals import Arrivals

BATCHES = st.lists(
    st.tuples(st.integers(min_value=1, max_value=50), st.floats(min_value=0.0, max_value=1e6)), min_size=1
)


@given(BATCHES)
def test_every_contact_came_with_its_batch(batches: list[tuple[int, float]]) -> None:
    arrivals = Arrivals()
    came: list[float] = []
    now = 0.0
    for size, later in batches:
        now += later
        arrivals.note(len(came), now)
        came += [now] * size

    assert [arrivals.time_of(index) for index in range(len(came))] == came


def test_what_comes_at_one_instant_is_kept_once() -> None:
    arrivals = Arrivals()

    for first in range(0, 1_000_000, 200):
        arrivals.note(first, 5.0)

    assert (arrivals.time_of(0), arrivals.time_of(999_999)) == (5.0, 5.0)
    assert len(arrivals) == 1
