"""What only a provider does: fail calls, and take long to make them ring."""

from __future__ import annotations

import random

from actors.doctor.provider import Line, ProviderDetector


def hear(line: Line, rate: float, count: int, seed: int = 1) -> list[int]:
    draws = random.Random(seed)
    alarms = []
    for index in range(count):
        fault = draws.random() < rate
        if line.hear(float(index), "503" if fault else None, fault=fault) is not None:
            alarms.append(index)
    return alarms


def test_a_provider_that_fails_a_third_of_its_calls_is_named_within_a_hundred() -> None:
    line = Line("east")
    hear(line, 0.01, 1000)

    alarms = hear(line, 0.35, 200, seed=2)

    assert alarms
    assert alarms[0] < 100


def test_a_provider_that_always_failed_some_is_no_alarm() -> None:
    assert hear(Line("east"), 0.05, 20_000) == []


def test_the_causes_of_the_failures_are_told() -> None:
    line = Line("east")
    found = None
    while found is None:
        found = line.hear(0.0, "503", fault=True)

    assert found.causes == {"503": found.failed}
    assert found.failed == found.calls


def test_the_delay_of_late_follows_faster_than_the_usual_one() -> None:
    detector = ProviderDetector()
    for seconds in [0.5] * 500 + [4.0] * 60:
        detector.line("east").rang(seconds)

    delays = detector.delays("east")

    assert delays is not None
    assert delays[0] > 3.0
    assert delays[1] < 1.0
    assert detector.delays("west") is None


def test_a_connection_that_fails_no_more_is_back_after_some_good_calls() -> None:
    line = Line("east")
    hear(line, 1.0, 50)
    good = 0
    while not line.is_back():
        line.hear(0.0, None, fault=False)
        good += 1

    assert 10 <= good <= 40
    assert hear(line, 1.0, 50), "and is watched again"


def test_good_calls_that_are_only_counted_are_what_a_connection_was_used_to() -> None:
    counted, heard = Line("east"), Line("east")
    for line in (counted, heard):
        hear(line, 0.05, 2000)
    counted.good += 300
    for _ in range(300):
        heard.hear(0.0, None, fault=False)

    assert hear(counted, 0.5, 100, seed=3) == hear(heard, 0.5, 100, seed=3)
