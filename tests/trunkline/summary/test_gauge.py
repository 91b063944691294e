"""Calls in progress: the most, the mean, and how full the limit was."""

from __future__ import annotations

from trunkline.summary.gauge import Gauge


def test_the_mean_weighs_each_level_by_its_time() -> None:
    gauge = Gauge(start=100.0, limit=4)

    gauge.change(100.0, 1)
    gauge.change(130.0, 1)
    gauge.change(140.0, -2)

    assert gauge.mean(until=200.0) == (1 * 30 + 2 * 10) / 100


def test_a_peak_of_no_length_stays() -> None:
    gauge = Gauge(start=0.0)

    for _ in range(3):
        gauge.change(5.0, 1)
    for _ in range(3):
        gauge.change(5.0, -1)

    assert gauge.peak == 3
    assert gauge.mean(until=10.0) == 0.0


def test_use_is_against_the_limit_as_it_stood() -> None:
    gauge = Gauge(start=0.0, limit=4)

    gauge.change(0.0, 2)
    gauge.set_limit(50.0, 2)

    assert gauge.use(until=100.0) == round(200 / 300, 6)


def test_the_time_at_the_limit_and_above_it_is_full() -> None:
    gauge = Gauge(start=0.0, limit=4)

    gauge.change(0.0, 3)
    gauge.change(20.0, 1)
    gauge.set_limit(30.0, 2)
    gauge.change(40.0, -3)

    assert gauge.full(until=100.0) == 0.2


def test_without_a_limit_there_is_no_use() -> None:
    gauge = Gauge(start=0.0)

    gauge.change(0.0, 2)

    assert (gauge.use(until=10.0), gauge.full(until=10.0)) == (None, None)


def test_reading_twice_changes_nothing() -> None:
    gauge = Gauge(start=0.0, limit=2)
    gauge.change(0.0, 1)

    first = (gauge.mean(until=10.0), gauge.use(until=10.0))

    assert (gauge.mean(until=10.0), gauge.use(until=10.0)) == first == (1.0, 0.5)
