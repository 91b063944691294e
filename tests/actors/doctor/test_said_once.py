"""Whatever a campaign goes through, advice is said when it begins and when it is over, never as a stream."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.doctor.advice import Finding
from tests.actors.doctor.lives import STEPS, Life, Step

HOUR = 3600.0
MOST_AN_HOUR = 12
"""Beginnings and ends of one finding: more would be a stream."""

LONG = 12 * HOUR


@settings(max_examples=200, derandomize=True)
@given(st.lists(STEPS, max_size=12), st.integers(0, 3))
def test_advice_is_said_when_it_begins_and_when_it_is_over(steps: list[Step], seed: int) -> None:
    life = Life(seed)
    so: dict[object, Finding] = {}
    for step in steps:
        for said in life.go_on(step):
            for one in said:
                if one.over:
                    begun = so.pop(one.key)
                    assert (begun.since, begun.at <= one.at) == (one.since, True)
                else:
                    assert one.key not in so
                    so[one.key] = one
            assert life.doctor.open == list(so.values())


@settings(max_examples=100, derandomize=True)
@given(st.lists(STEPS, min_size=1, max_size=4), st.integers(0, 3))
def test_what_comes_and_goes_all_day_is_no_stream_of_advice(steps: list[Step], seed: int) -> None:
    life = Life(seed)
    said: dict[object, list[float]] = {}
    began = -1.0
    while began < life.at < LONG:
        began = life.at
        for step in steps:
            for told in life.go_on(step):
                for one in told:
                    times = said.setdefault(one.key, [])
                    times.append(one.at)
                    late = [at for at in times if at > one.at - HOUR]
                    assert len(late) <= MOST_AN_HOUR, (one, late)
