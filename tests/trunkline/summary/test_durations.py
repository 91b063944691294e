"""Percentiles from buckets: near the exact ones, in bounded memory."""

from __future__ import annotations

import statistics
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.summary.durations import ERROR, Durations

SECONDS = st.floats(min_value=0.0, max_value=366 * 86400.0)


def durations(*seconds: float) -> Durations:
    found = Durations()
    for one in seconds:
        found.add(one)
    return found


@given(st.lists(SECONDS, min_size=1), st.floats(min_value=0.0, max_value=1.0))
def test_a_quantile_is_within_the_stated_error_of_the_exact_one(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]

    (found,) = durations(*seconds).quantiles(share)

    assert abs(found - exact) <= max(0.001, exact * ERROR * 1.001)


@given(st.lists(SECONDS, min_size=1))
def test_the_longest_is_exact(seconds: list[float]) -> None:
    longest = max(seconds)

    assert durations(*seconds).quantiles(1.0) == [longest if longest >= 0.001 else 0.0]


@given(st.floats(min_value=0.001, max_value=1e6))
def test_equal_durations_have_exact_percentiles(seconds: float) -> None:
    assert durations(*[seconds] * 5).quantiles(0.5, 0.95, 0.99) == [seconds] * 3


@given(st.lists(st.floats(min_value=0.01, max_value=1e5), min_size=2, max_size=50))
def test_mean_and_deviation_are_those_of_the_sample(seconds: list[float]) -> None:
    found = durations(*seconds)

    assert found.mean == pytest.approx(statistics.fmean(seconds))
    assert found.deviation == pytest.approx(statistics.stdev(seconds), abs=1e-2)


@given(st.lists(SECONDS), st.lists(SECONDS, min_size=1))
def test_two_merged_are_as_one_that_took_in_both(some: list[float], others: list[float]) -> None:
    merged = durations(*some).merged(durations(*others))
    whole = durations(*some, *others)

    assert merged.count == whole.count
    assert merged.most == whole.most
    assert merged.quantiles(0.1, 0.5, 0.9) == whole.quantiles(0.1, 0.5, 0.9)


def test_a_million_durations_take_no_more_room_than_their_buckets() -> None:
    random = Random(1)
    found = durations(*(random.lognormvariate(3.0, 2.0) for _ in range(200_000)))

    assert found.count == 200_000
    assert len(found._buckets) < 12_000
    assert sys.getsizeof(found._buckets) < 1_000_000


def test_without_any_duration_there_is_no_quantile() -> None:
    with pytest.raises(ValueError, match="no duration"):
        Durations().quantiles(0.5)


def test_without_any_duration_there_is_neither_mean_nor_deviation() -> None:
    assert (Durations().mean, Durations().deviation, durations(1.0).deviation) == (None, None, None)
