"""Find the call at which answers became fewer: Page's test (Biometrika, 1954).

Each counted call adds the log-likelihood ratio of "answered `RATIO` as often
as expected" against "as expected"; a sum below zero starts anew. Where the
expectation is exact, a healthy stream's sum passes h about once in e^h / I
calls, I being the divergence a call (0.1 at an answer rate of 0.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

RATIO = 0.4
"""The drop that the test is best at. One to a quarter is found as soon, and more surely, as by 0.25."""

NUMBER_THRESHOLD = 4.8
"""The evidence that raises an alarm for one number; the logarithm of how many are watched is added."""

LEAST_WATCHED = 20
"""As if so many numbers were watched, at least: few make as many calls, and so as many false alarms."""

LOOK_CLOSER = 4.0
"""How much of a sum makes it worth working that out; the same logarithm is added."""

GROUP_THRESHOLD = 16.0
"""The sum that raises one for a connection, a country, an hour or all calls: plenty of them come."""

MOST = 0.95
"""No rate is expected to be more."""

NODES = tuple((node + 0.5) / 24.0 * 9.0 - 4.5 for node in range(24))
"""Where a rate that isn't known exactly is looked at, in standard deviations around its mean."""


def for_so_many(watched: int) -> float:
    """Give what is added to a threshold where so many numbers are watched (Bonferroni)."""
    return log(max(watched, LEAST_WATCHED))


def missed_step(expected: float) -> float:
    """Give the likelihood ratio of an unanswered call; an answered one has RATIO."""
    return (1.0 - RATIO * expected) / (1.0 - expected)


def evidence_of_drop(before: float, exposure: float, now: int, calls: int, expected: float) -> float:
    """Give the log-likelihood ratio of `RATIO` of a rate that is known from `before` answers only.

    `exposure` is the sum of what was expected of those calls, `expected` of
    the `calls` since, of which `now` were answered. What such calls are
    answered more or less than expected has the gamma distribution of that
    many answers in that exposure; the likelihoods are averaged over it
    (Robbins, Ann. Math. Stat. 1970: a mixture keeps the bound on false alarms).
    """
    rate, missed = expected / calls, calls - now
    mean, deviation = before / exposure, sqrt(before) / exposure
    same, fell = [], []
    for node in NODES:
        factor = mean + node * deviation
        if factor > 0.0:
            chance = min(MOST, factor * rate)
            weight = (before - 1.0) * log(factor) - exposure * factor + now * log(chance)
            same.append(weight + missed * log(1.0 - chance))
            fell.append(weight + now * log(RATIO) + missed * log(1.0 - RATIO * chance))
    return _log_sum(fell) - _log_sum(same)


def _log_sum(logarithms: Sequence[float]) -> float:
    most = max(logarithms)
    return most + log(sum(exp(one - most) for one in logarithms))
