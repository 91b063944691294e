"""Whose calls are answered less than they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actors.doctor.decline import Decline, DeclineDetector
from actors.doctor.streams import Scope
from tests.actors.doctor.callers import Call, Factor, always, calls, drift, swing, victim

SEEDS = 6
ONSET = 4000


def found(seed: int, factor: Factor, *, count: int = 10_000, numbers: int = 20) -> list[tuple[Call, Decline]]:
    detector = DeclineDetector()
    alarms = []
    for call, heard in calls(seed, factor, count=count, numbers=numbers):
        decline = detector.hear(heard)
        if decline is not None:
            alarms.append((call, decline))
    return alarms


def first(seed: int, factor: Factor, **options: int) -> tuple[Call, Decline] | None:
    alarms = found(seed, factor, **options)
    return alarms[0] if alarms else None


def since_onset(concerns: Callable[[Call], bool]) -> Factor:
    return lambda call: 0.25 if call.index >= ONSET and concerns(call) else 1.0


@pytest.mark.parametrize("factor", [always, swing(0.3), drift(0.6)], ids=["steady", "day and night", "drift"])
def test_a_healthy_campaign_raises_hardly_an_alarm(factor: Factor) -> None:
    """Numbers differ, countries differ, contacts are tried again: at most one alarm in six."""
    alarms = [alarm for seed in range(SEEDS) for alarm in found(seed, factor)]

    assert len(alarms) <= 1


def test_a_number_whose_answers_collapse_is_named_within_200_of_its_calls() -> None:
    factor = since_onset(lambda call: call.number == victim())
    right = 0
    for seed in range(SEEDS):
        alarm = first(seed, factor, numbers=10)
        if alarm is not None and alarm[1].scope is Scope.NUMBER and alarm[1].name == victim():
            right += alarm[0].index >= ONSET and alarm[1].calls <= 220

    assert right >= SEEDS - 1


@pytest.mark.parametrize(
    ("scope", "name", "concerns"),
    [
        (Scope.CONNECTION, "c1", lambda call: call.connection == "c1"),
        (Scope.COUNTRY, "GB", lambda call: call.region == "GB"),
        (Scope.EVERYWHERE, None, lambda call: True),
    ],
)
def test_a_common_decline_is_put_down_to_what_its_calls_have_in_common(
    scope: Scope, name: str | None, concerns: Callable[[Call], bool]
) -> None:
    alarms = [first(seed, since_onset(concerns)) for seed in range(SEEDS)]

    right = [one for one in alarms if one is not None and (one[1].scope, one[1].name) == (scope, name)]
    assert len(right) >= SEEDS - 1


def test_a_decline_that_begins_with_an_hour_of_the_day_is_put_down_to_the_hour() -> None:
    def evening(call: Call) -> float:
        return 0.25 if call.local_hour >= 18 else 1.0

    scopes = [
        {decline.scope for _, decline in found(seed, evening, numbers=12, count=8000)}
        for seed in range(SEEDS)
    ]

    assert sum(Scope.HOUR in said for said in scopes) >= SEEDS - 1


def test_a_number_that_was_always_worse_is_no_alarm() -> None:
    def worse(call: Call) -> float:
        return 0.3 if call.number == victim() else 1.0

    assert [found(seed, worse, count=5000) for seed in range(6)] == [[]] * 6


def test_a_muted_number_raises_no_alarm() -> None:
    detector = DeclineDetector()
    detector.mute(victim())
    factor = since_onset(lambda call: call.number == victim())

    alarms = [detector.hear(heard) for _, heard in calls(1, factor, numbers=10)]

    assert not any(alarms)


def test_a_number_on_trial_is_accused_again_within_few_calls() -> None:
    factor = since_onset(lambda call: call.number == victim())
    detector = DeclineDetector()
    since: int | None = None
    for call, heard in calls(3, factor, numbers=10):
        decline = detector.hear(heard)
        if decline is None or decline.name != victim():
            continue
        if since is not None:
            assert decline.calls <= 110
            return
        since = call.index
        detector.on_trial(victim())
    pytest.fail("the number was not accused twice")


def test_calls_that_say_nothing_of_their_number_are_left_out() -> None:
    detector = DeclineDetector()
    for _, heard in calls(1, count=300):
        detector.hear(heard)
    before = detector.expectations.serial

    nothing = next(heard for _, heard in calls(2, count=1))
    from msgspec.structs import replace

    detector.hear(replace(nothing, answered=None, fault=True))

    assert detector.expectations.serial == before
