"""Confidence intervals of differences: of two proportions, and of two means.

They are short closed formulas, so they stand here and not in a dependency of
a hundred megabytes; the tests compare them with published examples and with
SciPy's.
"""

from __future__ import annotations

import math
from statistics import NormalDist

Interval = tuple[float, float]

FEWEST = 10
"""Fewer values than this give no interval of means: it would say more than is known."""

_normal = NormalDist()


def wilson(successes: int, count: int, level: float = 0.95) -> Interval:
    """Give Wilson's score interval of a proportion.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22 (1927).
    """
    z = _normal.inv_cdf(0.5 + level / 2)
    p = successes / count
    middle = p + z * z / (2 * count)
    spread = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    whole = 1 + z * z / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def newcombe(first: tuple[int, int], second: tuple[int, int], level: float = 0.95) -> Interval:
    """Give the interval of the second proportion minus the first.

    Each is (successes, count). R. G. Newcombe, "Interval estimation for the
    difference between independent proportions", Statistics in Medicine 17
    (1998), method 10: from the two Wilson intervals, no continuity
    correction.
    """
    p, q = first[0] / first[1], second[0] / second[1]
    p_low, p_high = wilson(*first, level)
    q_low, q_high = wilson(*second, level)
    difference = q - p
    low = difference - math.hypot(q - q_low, p_high - p)
    high = difference + math.hypot(q_high - q, p - p_low)
    return low, high


def welch(
    first: tuple[float, float, int], second: tuple[float, float, int], level: float = 0.95
) -> Interval | None:
    """Give the interval of the second mean minus the first.

    Each is (mean, standard deviation of the sample, count). B. L. Welch, "The
    generalization of 'Student's' problem", Biometrika 34 (1947). None where
    one has fewer than `FEWEST` values.
    """
    (mean, sd, count), (other, other_sd, other_count) = first, second
    if min(count, other_count) < FEWEST:
        return None
    a, b = sd * sd / count, other_sd * other_sd / other_count
    difference = other - mean
    if a + b == 0:
        return difference, difference
    freedom = (a + b) ** 2 / (a * a / (count - 1) + b * b / (other_count - 1))
    spread = student_quantile(0.5 + level / 2, freedom) * math.sqrt(a + b)
    return difference - spread, difference + spread


def student_quantile(share: float, freedom: float) -> float:
    """Give Student's t quantile, to 0.1 % from 9 degrees of freedom on.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    x = _normal.inv_cdf(share)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / freedom**power for power, term in enumerate(terms, 1))
