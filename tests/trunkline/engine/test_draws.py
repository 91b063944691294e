"""Drawn numbers as a distribution, over whole audited runs."""

from __future__ import annotations

from collections import Counter
from math import sqrt
from typing import Any

from tests.trunkline.engine.pilots import NEVER, US, always, ends, grants, pilot

FIVE = [f"+1415555{index:04d}" for index in range(100, 105)]
CHI_SQUARE_4 = 18.47
"""Passed by chance once in a thousand runs, with four degrees of freedom."""


def chi_square(counts: Counter[str]) -> float:
    expected = sum(counts.values()) / len(FIVE)
    return sum((counts[number] - expected) ** 2 / expected for number in FIVE)


def drawn(log: Any) -> Counter[str]:
    return Counter(call.number for call in grants(log) if call.candidates == len(FIVE))


def test_before_any_result_all_numbers_are_drawn_evenly(dial: Any) -> None:
    """Failed calls say nothing of a number, so none ever has a result."""
    tables = pilot(*FIVE, options=always("failed"), retry_after=NEVER, max_carrier_failures=1)
    tables["connections"][0]["breaker_failure_rate"] = 1.0
    tables["connections"][0]["max_concurrent"] = 10
    counts: Counter[str] = Counter()
    for seed in range(4):
        _, log = dial(tables, {"spring": US[:19]}, seed)
        assert {call.weight for call in grants(log)} == {0.2}
        counts += drawn(log)
    for seed in range(4, 40):
        counts += drawn(dial(tables, {"spring": US[:19]}, seed)[1])
    assert sum(counts.values()) == 40 * 19
    assert chi_square(counts) < CHI_SQUARE_4


def test_a_uniform_rotation_stays_even_whatever_the_answers(dial: Any) -> None:
    numbers = [
        {"number": number, "simulated": {"answer_rate": 0.1 * place, "voicemail_rate": 0.1}}
        for place, number in enumerate(FIVE)
    ]
    tables = pilot(*numbers, rotation="uniform", retry_after=NEVER)
    _, log = dial(tables, {"spring": US[:1000]})
    assert sum(drawn(log).values()) > 900
    assert chi_square(drawn(log)) < CHI_SQUARE_4


def test_numbers_are_drawn_as_often_as_the_logged_shares_say(dial: Any) -> None:
    """The share of one grant is the chance of the number that was drawn; summed over numbers as drawn.

    For each number: how often it was drawn, against the sum of chances it had,
    known for the others from the weights they were drawn with just before.
    """
    numbers = [
        {"number": number, "simulated": {"answer_rate": 0.08 * (place + 1), "voicemail_rate": 0.1}}
        for place, number in enumerate(FIVE[:2])
    ]
    tables = pilot(*numbers, prior_attempts=5, retry_after=NEVER, max_concurrent=4)
    _, log = dial(tables, {"spring": US[:1000]})
    first, second = FIVE[:2]
    expected = variance = 0.0
    times = 0
    for call in grants(log):
        if call.candidates != 2:
            continue
        assert call.share is not None
        chance = call.share if call.number == first else 1.0 - call.share  # there are two
        expected += chance
        variance += chance * (1 - chance)
        times += call.number == first
    assert expected > 100
    assert abs(times - expected) / sqrt(variance) < 4
    assert times < sum(call.number == second for call in grants(log))


def test_a_number_that_answers_three_times_as_well_grows_its_share_under_a_tenants_cap(dial: Any) -> None:
    numbers = [
        {
            "number": number,
            "connection": f"trunk{place}",
            "simulated": {"answer_rate": 0.45 if place == 0 else 0.15, "voicemail_rate": 0.1},
        }
        for place, number in enumerate(FIVE)
    ]
    tables = pilot(*numbers, retry_after=NEVER)
    tables["connections"] = [
        {"name": f"trunk{place}", "max_concurrent": 20, "options": {"failure_rate": 0}}
        for place in range(len(FIVE))
    ]
    tables["tenants"][0]["max_concurrent"] = 10
    _, log = dial(tables, {"spring": US[:1000]})
    calls = grants(log)
    assert {call.candidates for call in calls} == {5}  # every connection has free slots all the time
    early = sum(call.number == FIVE[0] for call in calls[:100]) / 100
    late = sum(call.number == FIVE[0] for call in calls[-500:]) / 500
    assert late > 0.3  # an even share is 0.2, the weights' limit 0.45 / 1.05
    assert late > early


def test_proportional_and_thompson_answer_more_than_uniform_on_the_same_seeds(dial: Any) -> None:
    numbers = [
        {"number": number, "simulated": {"answer_rate": rate, "voicemail_rate": 0.1}}
        for number, rate in zip(FIVE, (0.6, 0.1, 0.1, 0.1, 0.1), strict=True)
    ]

    def answered(rotation: str) -> int:
        tables = pilot(*numbers, rotation=rotation, retry_after=NEVER, max_concurrent=5)
        return sum(
            end.outcome == "answered"
            for seed in range(3)
            for end in ends(dial(tables, {"spring": US[:500]}, seed)[1])
        )

    uniform, proportional, thompson = map(answered, ("uniform", "proportional", "thompson"))
    assert proportional > 1.1 * uniform
    assert thompson > 1.1 * uniform
