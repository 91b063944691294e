"""Episodes: what is different about a simulated connection for a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.calls import E164
from runtime.carriers.changes import all_habits, condition_over_time, habits_over_time
from runtime.carriers.options import BadOption, Change, Episode, NumberOptions, SimulatedOptions

NUMBER = E164("+14155550100")


def test_an_episode_holds_from_its_start_up_to_its_end() -> None:
    habits = habits_over_time(SimulatedOptions(), None, [Episode(at=10, until=20, answer_rate=0.1)])

    assert [habits.at(at).answer_rate for at in (9.9, 10, 19.9, 20)] == [0.3, 0.1, 0.1, 0.3]


def test_an_episode_without_an_end_goes_on() -> None:
    habits = habits_over_time(SimulatedOptions(), None, [Episode(at=10, answer_rate=0.1)])

    assert habits.at(1e9).answer_rate == 0.1


def test_an_episode_stands_over_changes_of_connection_and_number() -> None:
    options = SimulatedOptions(changes=(Change(at=5, answer_rate=0.5),))
    number = NumberOptions(answer_rate=0.4)

    habits = habits_over_time(options, number, [Episode(at=10, until=20, answer_rate=0.1)])

    assert [habits.at(at).answer_rate for at in (6, 15, 25)] == [0.4, 0.1, 0.4]


def test_a_numbers_episode_touches_no_other_number() -> None:
    of_all, numbers = all_habits(SimulatedOptions(), {}, [Episode(at=0, number=NUMBER, answer_rate=0.0)])

    assert of_all.at(1).answer_rate == 0.3
    assert {number: habits.at(1).answer_rate for number, habits in numbers.items()} == {NUMBER: 0.0}


def test_a_connections_episode_touches_the_numbers_that_differ_too() -> None:
    numbers = {NUMBER: NumberOptions(answer_rate=0.5)}

    _, habits = all_habits(SimulatedOptions(), numbers, [Episode(at=1, answer_rate=0.1)])

    assert [habits[NUMBER].at(at).answer_rate for at in (0, 1)] == [0.5, 0.1]


def test_what_a_connection_loses_comes_back() -> None:
    episodes = [
        Episode(at=10, until=30, away=True),
        Episode(at=20, until=40, real_limit=3),
        Episode(at=20, until=50, lose_events=0.5),
    ]

    condition = condition_over_time(SimulatedOptions(real_limit=9), episodes)

    seen = [(now.away, now.real_limit, now.lose_events) for now in map(condition.at, (5, 10, 25, 35, 45, 55))]
    assert seen == [
        (False, 9, 0.0),
        (True, 9, 0.0),
        (True, 3, 0.5),
        (False, 3, 0.5),
        (False, 9, 0.5),
        (False, 9, 0.0),
    ]


def test_rates_that_can_not_be_together_in_an_episode_are_refused() -> None:
    with pytest.raises(BadOption):
        habits_over_time(SimulatedOptions(), None, [Episode(at=1, answer_rate=0.9)])


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 50), st.floats(0, 0.6)), max_size=6),
    st.floats(0, 200),
)
def test_the_last_listed_episode_under_way_decides(
    drawn: list[tuple[float, float, float]], at: float
) -> None:
    episodes = [Episode(at=start, until=start + lasts, answer_rate=rate) for start, lasts, rate in drawn]

    found = habits_over_time(SimulatedOptions(), None, episodes).at(at).answer_rate

    under_way = [episode.answer_rate for episode in episodes if episode.holds(at)]
    assert found == (under_way[-1] if under_way else 0.3)
