"""A threshold, and whether a run's figures hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import assert_never

import msgspec

from trunkline.summary.figures import ThresholdFigures
from trunkline.summary.paths import FigurePath, Tree, dotted_path, figure_of


class Comparison(Enum):
    """How a figure has to be to the limit."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    EQUAL = "=="
    OTHER = "!="

    def holds(self, value: float, limit: float) -> bool:
        """Tell whether the value is to the limit as it has to be."""
        match self:
            case Comparison.ABOVE:
                return value > limit
            case Comparison.AT_LEAST:
                return value >= limit
            case Comparison.BELOW:
                return value < limit
            case Comparison.AT_MOST:
                return value <= limit
            case Comparison.EQUAL:
                return value == limit
            case Comparison.OTHER:
                return value != limit
            case _:
                assert_never(self)


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that has to be above, below, … a limit.

    `text` is how it was written. With `abort_after` the run is stopped when
    it fails that many seconds after the start, or later.
    """

    text: str
    figure: FigurePath
    comparison: Comparison
    limit: float
    abort_after: float | None = None

    def holds(self, value: float | None) -> bool:
        """Tell whether a value passes; no value passes nothing."""
        return value is not None and self.comparison.holds(value, self.limit)


def judge(
    thresholds: Sequence[Threshold], figures: Tree, aborted_at: Mapping[Threshold, float] | None = None
) -> list[ThresholdFigures]:
    """Say of each threshold what its figure came to and whether it holds."""
    found = []
    for threshold in thresholds:
        value = figure_of(figures, threshold.figure)
        found.append(
            ThresholdFigures(
                threshold=threshold.text,
                figure=dotted_path(threshold.figure),
                value=value,
                passed=threshold.holds(value),
                aborted_at=(aborted_at or {}).get(threshold),
            )
        )
    return found
