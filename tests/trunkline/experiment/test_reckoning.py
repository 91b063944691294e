"""Means, paired differences, and their intervals."""

from __future__ import annotations

from random import Random
from statistics import fmean
from typing import Any

import pytest

from trunkline.experiment import Reckoning, reckon
from trunkline.experiment.reckoning import SettingReckoning
from trunkline.experiment.work import FIGURES, RunOutcome


def outcomes(plan: Any, answered: list[float | None]) -> list[RunOutcome]:
    return [
        RunOutcome(
            run.fingerprint,
            run.setting,
            run.seed,
            "failed" if value is None else "finished",
            figures=None if value is None else {**dict.fromkeys(FIGURES), "answered": value},
        )
        for run, value in zip(plan.runs, answered, strict=True)
    ]


def rows(reckoning: Reckoning) -> tuple[SettingReckoning, SettingReckoning]:
    first, second = reckoning.settings
    return first, second


def test_differences_are_taken_seed_by_seed(planned: Any) -> None:
    plan = planned("rotation=uniform,thompson", seeds=4)
    luck = [100.0, 200.0, 300.0, 400.0]

    first, second = rows(reckon(plan, outcomes(plan, [*luck, *(value + 5 for value in luck)])))

    assert first.differences == {}
    difference = second.differences["answered"]
    assert (difference.mean, difference.low, difference.high) == (5.0, 5.0, 5.0)
    spread = second.figures["answered"]
    assert (spread.low or 0) < 200 < 300 < (spread.high or 0), "the means themselves are far less sure"


def test_a_seed_that_failed_under_one_setting_is_left_out_of_the_differences(planned: Any) -> None:
    plan = planned("rotation=uniform,thompson", seeds=4)
    values = [1.0, 2.0, 3.0, 4.0, 3.0, None, 5.0, 6.0]

    _, second = rows(reckon(plan, outcomes(plan, values)))

    assert second.failed == 1
    assert (second.figures["answered"].count, second.differences["answered"].count) == (3, 3)
    assert second.differences["answered"].mean == 2.0


def test_a_figure_that_no_run_has_is_not_estimated(planned: Any) -> None:
    plan = planned(seeds=3)

    (row,) = reckon(plan, outcomes(plan, [1.0, 2.0, 3.0])).settings

    assert row.figures["regret"].mean is None
    assert row.figures["answered"].mean == 2.0


def test_two_values_have_no_interval(planned: Any) -> None:
    plan = planned(seeds=2)

    (row,) = reckon(plan, outcomes(plan, [1.0, 2.0])).settings

    assert (row.figures["answered"].low, row.figures["answered"].high) == (None, None)


def test_the_same_runs_give_the_same_interval_and_a_higher_level_a_wider_one(planned: Any) -> None:
    plan = planned(seeds=12)
    random = Random(1)
    made = outcomes(plan, [random.gauss(50, 10) for _ in range(12)])

    (narrow,), (again,), (wide,) = (reckon(plan, made, level=level).settings for level in (0.8, 0.8, 0.99))

    assert narrow == again
    assert (wide.figures["answered"].low or 0) < (narrow.figures["answered"].low or 0)


@pytest.mark.parametrize("shape", ["even", "skewed"])
def test_the_interval_covers_the_true_mean_about_as_often_as_it_says(planned: Any, shape: str) -> None:
    plan = planned(seeds=20)
    random = Random(7)
    covered = 0
    for _ in range(60):
        drawn = [random.gauss(5, 2) if shape == "even" else random.expovariate(0.2) for _ in range(20)]
        (row,) = reckon(plan, outcomes(plan, list(drawn))).settings
        estimate = row.figures["answered"]
        assert estimate.mean == pytest.approx(fmean(drawn))
        covered += (estimate.low or 0) <= 5 <= (estimate.high or 0)
    assert covered >= 48, "of 60, where 57 are expected; small samples cover a little less"
