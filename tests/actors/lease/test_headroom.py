from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.lease.headroom import FEW, KEEP_SECONDS, LONGEST_PAUSE_SECONDS, Headroom

LOOK = 0.2


class Watched:
    """A headroom that is looked at five times a second, as the lease's actor does."""

    def __init__(self) -> None:
        self.headroom = Headroom()
        self.now = 0.0

    def look(self, holds: int, uses: int, first: int = 0, later: int = 0, seconds: float = LOOK) -> int:
        """Look for so long at the same; returns the last word."""
        wants = 0
        for _ in range(max(1, round(seconds / LOOK))):
            self.now += LOOK
            wants = self.headroom.wants(self.now, holds, uses, first, later)
        return wants


def test_contacts_that_wait_are_asked_for() -> None:
    watched = Watched()
    assert watched.look(holds=0, uses=0, first=7) == 7
    assert watched.look(holds=3, uses=3, first=4, seconds=30.0) == 4


def test_slots_idle_for_a_second_before_they_are_given_back() -> None:
    watched = Watched()
    watched.look(holds=5, uses=5, seconds=3.0)
    assert watched.look(holds=5, uses=2, seconds=KEEP_SECONDS - LOOK) == 3
    assert watched.look(holds=5, uses=2, seconds=2 * LOOK) == 0


def test_slots_that_have_just_come_have_a_second_to_be_used() -> None:
    watched = Watched()
    watched.look(holds=0, uses=0, first=9, seconds=2.0)
    watched.headroom.raised(watched.now)
    assert watched.look(holds=9, uses=1, seconds=KEEP_SECONDS - LOOK) == 8
    assert watched.look(holds=9, uses=1, seconds=2.0) == 0


def test_twice_the_last_seconds_growth_is_kept_while_use_grows() -> None:
    watched = Watched()
    watched.look(holds=100, uses=0, seconds=2.0)
    for uses in range(1, 6):
        wants = watched.look(holds=100, uses=uses)
    assert 8 <= wants <= 10


def test_few_are_asked_for_by_those_who_wait_for_other_limits_too() -> None:
    watched = Watched()
    assert watched.look(holds=0, uses=0, later=1000) == FEW
    assert watched.look(holds=30, uses=30, later=1000) == FEW


def test_after_slots_that_could_not_be_used_there_is_a_pause_that_doubles() -> None:
    watched = Watched()
    pauses = []
    for _ in range(4):
        watched.look(holds=4, uses=0, seconds=KEEP_SECONDS + LOOK)
        begun = watched.now
        while watched.look(holds=0, uses=0, first=9) == 0:
            pass
        pauses.append(round(watched.now - begun, 1))
    assert pauses == sorted(pauses)
    assert pauses[-1] <= LONGEST_PAUSE_SECONDS + LOOK
    assert pauses[-1] > 1.5 * pauses[0]


def test_slots_that_come_elsewhere_end_the_pause() -> None:
    watched = Watched()
    watched.look(holds=4, uses=0, seconds=KEEP_SECONDS + LOOK)
    assert watched.look(holds=0, uses=0, first=9) == 0
    watched.headroom.ask_again()
    assert watched.look(holds=0, uses=0, first=9) == 9


def test_slots_that_nobody_can_use_yet_go_back_sooner() -> None:
    headroom = Headroom()
    headroom.raised(0.0)
    assert headroom.wants(0.2, 3, 0, 0, 0, futile=True) == 3
    assert headroom.wants(0.9, 3, 0, 0, 0, futile=True) == 0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.booleans()
        ),
        max_size=60,
    )
)
def test_it_never_wants_less_than_nothing(
    looks: list[tuple[int, int, int, int, bool]],
) -> None:
    watched = Watched()
    for holds, uses, first, later, raised in looks:
        if raised:
            watched.headroom.raised(watched.now)
        assert watched.look(holds + uses, uses, first, later) >= 0
