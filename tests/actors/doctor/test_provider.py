"""What only a provider does: fail calls, and take long to make them ring."""

from __future__ import annotations

import random

from actors.doctor.provider import ProviderDetector


def hear(detector: ProviderDetector, rate: float, count: int, seed: int = 1) -> list[int]:
    draws = random.Random(seed)
    alarms = []
    for index in range(count):
        fault = draws.random() < rate
        if detector.hear("east", fault=fault, cause="503" if fault else None, at=float(index)) is not None:
            alarms.append(index)
    return alarms


def test_a_provider_that_fails_a_third_of_its_calls_is_named_within_a_hundred() -> None:
    detector = ProviderDetector()
    hear(detector, 0.01, 1000)

    alarms = hear(detector, 0.35, 200, seed=2)

    assert alarms
    assert alarms[0] < 100


def test_a_provider_that_always_failed_some_is_no_alarm() -> None:
    assert hear(ProviderDetector(), 0.05, 20_000) == []


def test_the_causes_of_the_failures_are_told() -> None:
    detector = ProviderDetector()
    found = None
    while found is None:
        found = detector.hear("east", fault=True, cause="503", at=0.0)

    assert found.causes == {"503": found.failed}
    assert found.failed == found.calls


def test_the_delay_of_late_follows_faster_than_the_usual_one() -> None:
    detector = ProviderDetector()
    for seconds in [0.5] * 500 + [4.0] * 60:
        detector.hear("east", fault=False, cause=None, at=0.0, ring_delay=seconds)

    delays = detector.delays("east")

    assert delays is not None
    assert delays[0] > 3.0
    assert delays[1] < 1.0
    assert detector.delays("west") is None


def test_a_connection_that_fails_no_more_is_back_after_some_good_calls() -> None:
    detector = ProviderDetector()
    hear(detector, 1.0, 50)
    good = 0
    while not detector.is_back("east"):
        detector.hear("east", fault=False, cause=None, at=0.0)
        good += 1

    assert 10 <= good <= 40
    assert hear(detector, 1.0, 50), "and is watched again"
