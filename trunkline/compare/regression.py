"""How much worse a figure may get from one run to the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from trunkline.compare.comparison import Comparison, Difference, direction
from trunkline.config.suggest import did_you_mean
from trunkline.config.thresholds import follow
from trunkline.config.times import duration
from trunkline.config.wording import quoted
from trunkline.summary.paths import dotted_path, known_figures, parse_path

_WRITTEN = re.compile(r"\s*(\S.*?)\s+(\d+(?:\.\d+)?)\s*(%|[smhd])?\s*", re.ASCII)


class BadRegression(ValueError):
    """A `--max-regression` that can't be."""


class Regression(msgspec.Struct, frozen=True):
    """The most that a figure may worsen: by `most`, or by that share of A's."""

    text: str
    figure: str
    most: float
    relative: bool


class Judged(msgspec.Struct, frozen=True):
    """A regression, what the figure came to, and whether that is allowed."""

    regression: str
    figure: str
    a: float | None
    b: float | None
    worse_by: float | None
    passed: bool


def read_regression(text: str) -> Regression:
    """Read "answer_rate 2%" (of A's) or "wait.p95 30s" (in the figure's own unit)."""
    match = _WRITTEN.fullmatch(text)
    path = parse_path(match[1]) if match else None
    if match is None or path is None:
        raise BadRegression(f'{quoted(text)}: write a figure and how much, as in "answer_rate 2%"')
    path, wrong = follow(known_figures(), path)
    if wrong is not None:
        raise BadRegression(f"{quoted(text)}: {wrong}")
    if not direction(path):
        raise BadRegression(f"{quoted(text)}: neither more nor less of {dotted_path(path)} is worse")
    unit = match[3] or ""
    most = float(match[2]) / 100 if unit == "%" else duration(match[2] + unit) if unit else float(match[2])
    return Regression(text.strip(), dotted_path(path), most, unit == "%")


def judge(comparison: Comparison, regressions: Sequence[Regression]) -> list[Judged]:
    """Say of each whether it is kept; a figure without a value keeps nothing.

    Raises BadRegression for a figure that neither run has.
    """
    found = {one.figure: one for one in comparison.differences}
    judged = []
    for regression in regressions:
        difference = found.get(regression.figure)
        if difference is None:
            hint = did_you_mean(regression.figure, found)
            raise BadRegression(f"{quoted(regression.text)}: neither run has {regression.figure}{hint}")
        judged.append(_judge(regression, difference))
    return judged


def _judge(regression: Regression, difference: Difference) -> Judged:
    worse = difference.worsening
    allowed = regression.most * (abs(difference.a or 0.0) if regression.relative else 1.0)
    return Judged(
        regression.text,
        regression.figure,
        difference.a,
        difference.b,
        worse,
        worse is not None and worse <= allowed + 1e-12,
    )
