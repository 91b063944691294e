"""From the outcomes of runs to means, differences and their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import msgspec

from trunkline.experiment.grid import label
from trunkline.experiment.plan import Plan
from trunkline.experiment.work import FIGURES, RunOutcome

RESAMPLES = 9999
FEWEST = 3
"""Fewer values than this give no interval."""


class Estimate(msgspec.Struct, frozen=True):
    """A mean over `count` runs and its interval; None where there is none."""

    count: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def certain(self) -> bool:
        """Tell whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


class SettingReckoning(msgspec.Struct, frozen=True):
    """What a setting came to; `differences` are from the first setting, seed by seed."""

    setting: str
    runs: int
    stalled: int
    failed: int
    figures: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]


class Reckoning(msgspec.Struct, frozen=True):
    """An experiment's outcome; intervals are BCa bootstrap ones of this level."""

    level: float
    baseline: str
    settings: list[SettingReckoning]


def reckon(plan: Plan, outcomes: Sequence[RunOutcome], *, level: float = 0.95) -> Reckoning:
    """Work out every setting's means and its paired differences from the first."""
    interval = _bootstrap(level)
    size = len(plan.seeds)
    by_setting = [outcomes[start : start + size] for start in range(0, len(outcomes), size)]
    rows = []
    for setting, mine in zip(plan.settings, by_setting, strict=True):
        rows.append(
            SettingReckoning(
                label(setting),
                len(mine),
                sum(one.status == "stalled" for one in mine),
                sum(one.status == "failed" for one in mine),
                {name: _estimate(_values(mine, name), interval) for name in FIGURES},
                {}
                if mine is by_setting[0]
                else {name: _estimate(_paired(by_setting[0], mine, name), interval) for name in FIGURES},
            )
        )
    return Reckoning(level, rows[0].setting, rows)


def _values(outcomes: Sequence[RunOutcome], name: str) -> list[float]:
    found = (None if one.figures is None else one.figures[name] for one in outcomes)
    return [value for value in found if value is not None]


def _paired(first: Sequence[RunOutcome], second: Sequence[RunOutcome], name: str) -> list[float]:
    """Return the differences of the seeds that have the figure under both settings."""
    differences = []
    for one, other in zip(first, second, strict=True):
        assert one.seed == other.seed
        a = None if one.figures is None else one.figures[name]
        b = None if other.figures is None else other.figures[name]
        if a is not None and b is not None:
            differences.append(b - a)
    return differences


Bounds = tuple[float, float] | None


def _estimate(values: list[float], interval: Callable[[list[float]], Bounds]) -> Estimate:
    if not values:
        return Estimate(0, None, None, None)
    bounds = interval(values)
    low, high = (None, None) if bounds is None else bounds
    return Estimate(len(values), fmean(values), low, high)


def _bootstrap(level: float) -> Callable[[list[float]], Bounds]:
    """Return what gives the BCa bootstrap interval of a mean.

    Efron, "Better bootstrap confidence intervals", JASA 82 (1987), by SciPy.
    The resampling has a seed of its own, so the same runs give the same
    interval. Values that are all equal have none but themselves.
    """
    import numpy
    from scipy.stats import bootstrap

    def interval(values: list[float]) -> Bounds:
        if len(values) < FEWEST:
            return None
        if min(values) == max(values):
            return values[0], values[0]
        found = bootstrap(
            (numpy.asarray(values, dtype=float),),
            numpy.mean,
            n_resamples=RESAMPLES,
            confidence_level=level,
            method="BCa",
            rng=numpy.random.default_rng(0),
        ).confidence_interval
        low, high = float(found.low), float(found.high)
        return None if math.isnan(low) or math.isnan(high) else (low, high)

    return interval
