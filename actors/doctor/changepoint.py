"""Find the call at which answers became fewer: Page's test (Biometrika, 1954).

Each counted call adds the log-likelihood ratio of "answered `RATIO` as often
as expected" against "as expected"; a sum below zero starts anew. Where the
expectation is exact, a healthy stream's sum passes h about once in e^h / I
calls, I being the divergence a call (0.1 at an answer rate of 0.2).
"""

from __future__ import annotations

from math import exp, lgamma, log

RATIO = 0.4
"""The drop that the test is best at. One to a quarter is found as soon, and more surely, as by 0.25."""

NUMBER_THRESHOLD = 7.0
"""The sum that raises an alarm for one number; the logarithm of how many are watched is added."""

GROUP_THRESHOLD = 18.0
"""The same for a connection, a country, an hour or all calls: there are plenty of them to wait for."""

SURENESS = 5e-3
"""The chance that an alarm for one number must be below, given what little is known of how it was.

It is divided by how many numbers are watched, and `FEW` more; by no less than `LEAST_WATCHED`.
"""

FEW, LEAST_WATCHED = 5, 20
KNOWN = 40.0
"""Expected answers from which on a number counts as known; before, a lucky start must not be taken for it."""


def sure_enough(chance: float, exposure_before: float, watched: int) -> bool:
    """Tell whether so small a chance is no luck, with so many numbers and so much known of this one."""
    return chance < SURENESS * min(1.0, exposure_before / KNOWN) / max(watched + FEW, LEAST_WATCHED)


def missed_step(expected: float) -> float:
    """Give the likelihood ratio of an unanswered call; an answered one has RATIO."""
    return (1.0 - RATIO * expected) / (1.0 - expected)


def chance_of_so_few(before: float, exposure_before: float, now: int, exposure_now: float) -> float:
    """Give the chance of at most `now` answers if nothing had changed.

    Given the sum of answers before and now, those of now are binomial with
    the share of the exposures (Przyborowski and Wilenski, Biometrika 1940);
    an exposure is a sum of expected rates. `before` is rounded.
    """
    trials = round(before) + now
    share = exposure_now / (exposure_before + exposure_now)
    if not 0.0 < share < 1.0:
        return 1.0
    log_share, log_rest = log(share), log(1.0 - share)
    whole = lgamma(trials + 1)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(k + 1) - lgamma(trials - k + 1) + k * log_share + (trials - k) * log_rest)
            for k in range(now + 1)
        ),
    )
