"""Lay two runs' figures beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from trunkline.compare.intervals import Interval, newcombe, welch
from trunkline.summary.figures import Summary
from trunkline.summary.paths import FigurePath, Tree, all_figures, dotted_path, figure_of, figures

LEVEL = 0.95

_HIGHER_IS_BETTER = frozenset(("answer_rate", "answered", "reached", "reach_rate"))
_LOWER_IS_BETTER = frozenset(
    ("seconds", "refused", "voided", "exhausted", "canceled", "stalled", "rejected", "full")
)
_BAD_OUTCOMES = frozenset(("failed", "canceled", "unknown"))


class Difference(msgspec.Struct, frozen=True):
    """One figure of both runs.

    `difference` is b minus a. `low` and `high` are its confidence interval;
    None where it has none. `better` is 1 where higher is better, -1 where
    lower is, 0 where neither.
    """

    figure: str
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    better: int

    @property
    def certain(self) -> bool:
        """Tell whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    @property
    def worsening(self) -> float | None:
        """Give by how much b is worse than a; negative: it is better."""
        return None if self.difference is None or not self.better else -self.better * self.difference


class Comparison(msgspec.Struct, frozen=True):
    """Two runs side by side; `level` is that of the intervals."""

    a: str
    b: str
    level: float
    differences: list[Difference]


def compare(a: Summary, b: Summary, *, level: float = LEVEL) -> Comparison:
    """Compare every figure that either run has, in the order of the summary."""
    left, right = figures(a), figures(b)
    paths = dict.fromkeys(
        [*(path for path, _ in all_figures(left)), *(path for path, _ in all_figures(right))]
    )
    return Comparison(a.run, b.run, level, [_difference(path, left, right, level) for path in paths])


def direction(path: FigurePath) -> int:
    """Tell whether more of a figure is better (1), worse (-1) or neither (0)."""
    name = path[-1]
    if path[0] == "outcome":
        return -1 if name in _BAD_OUTCOMES else int(name == "answered")
    if path[0] == "wait":
        return 0 if name in ("count", "sd") else -1
    if name in _HIGHER_IS_BETTER:
        return 1
    return -1 if name in _LOWER_IS_BETTER else 0


def _difference(path: FigurePath, left: Tree, right: Tree, level: float) -> Difference:
    a, b = figure_of(left, path), figure_of(right, path)
    interval = None if a is None or b is None else _interval(path, left, right, level)
    return Difference(
        dotted_path(path),
        a,
        b,
        None if a is None or b is None else round(b - a, 9),
        None if interval is None else round(interval[0], 9),
        None if interval is None else round(interval[1], 9),
        direction(path),
    )


def _interval(path: FigurePath, left: Tree, right: Tree, level: float) -> Interval | None:
    name = path[-1]
    if path[0] == "wait" and name == "mean":
        ours, theirs = _means(left, path), _means(right, path)
        return None if ours is None or theirs is None else welch(ours, theirs, level)
    counts = _COUNTS.get(name)
    if counts is None:
        return None
    first, second = _proportion(left, path, *counts), _proportion(right, path, *counts)
    return None if first is None or second is None else newcombe(first, second, level)


_COUNTS: Mapping[str, tuple[str, str]] = {
    "answer_rate": ("answered", "counted"),
    "reach_rate": ("reached", ""),
}
"""Rates that are one count by another; "" stands for everybody who could be dialed."""


def _proportion(tree: Tree, path: FigurePath, part: str, whole: str) -> tuple[int, int] | None:
    count = figure_of(tree, (*path[:-1], part))
    if whole:
        of = figure_of(tree, (*path[:-1], whole))
    else:
        of = sum(_siblings(tree, path, ("reached", "exhausted", "canceled", "stalled")))
    return None if count is None or not of else (int(count), int(of))


def _siblings(tree: Tree, path: FigurePath, names: tuple[str, ...]) -> Iterator[float]:
    for name in names:
        yield figure_of(tree, (*path[:-1], name)) or 0.0


def _means(tree: Tree, path: FigurePath) -> tuple[float, float, int] | None:
    mean, sd, count = (figure_of(tree, (*path[:-1], name)) for name in ("mean", "sd", "count"))
    return None if mean is None or sd is None or count is None else (mean, sd, int(count))
