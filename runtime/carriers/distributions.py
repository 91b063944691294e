"""Draw a simulated call's luck from a key, the same in every run.

A call's randomness comes from a hash of its name and of nothing else, so it
depends neither on the order of calls nor on what other calls did: two runs
with the same seed meet the same people in the same mood.
"""

from __future__ import annotations

import math
import struct
from hashlib import blake2b
from statistics import NormalDist

Draws = tuple[float, float, float, float, float, float, float, float]
"""One call's luck: eight uniform draws."""

_unpack = struct.Struct("<8d").unpack
_FRACTIONS = sum((1 << 52) - 1 << 64 * word for word in range(8))
_ONES = sum(0x3FF << 64 * word + 52 for word in range(8))
_SHIFT = 1.0 - 2.0**-53
_standard_normal = NormalDist()

TALK_SIGMA = 0.8
"""The spread of talk times: the standard deviation of their logarithm."""


def uniforms(key: str) -> Draws:
    """Give eight independent draws from the open interval (0, 1).

    52 bits of a 64-bit word each, shifted by half a step: neither 0 nor 1
    can come out, so that logarithms and quantiles are finite.
    """
    words = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass")).digest(), "little")
    # Eight floats in [1, 2) at once: the bits of each word but its twelve lowest, below 1's exponent.
    a, b, c, d, e, f, g, h = _unpack((words >> 12 & _FRACTIONS | _ONES).to_bytes(64, "little"))
    return (
        a - _SHIFT,
        b - _SHIFT,
        c - _SHIFT,
        d - _SHIFT,
        e - _SHIFT,
        f - _SHIFT,
        g - _SHIFT,
        h - _SHIFT,
    )


def ring_time(mean: float, u1: float, u2: float, u3: float, u4: float) -> float:
    """Give a gamma-distributed time of shape 4 with this mean, in seconds.

    The sum of four exponentials, each -log(u) * mean / 4 (the Erlang
    distribution); its standard deviation is half its mean.
    """
    return -math.log(u1 * u2 * u3 * u4) * mean * 0.25


def talk_time(mean: float, u: float) -> float:
    """Give a log-normal time with this mean, in seconds.

    With sigma = `TALK_SIGMA`, mu = log(mean) - sigma**2 / 2 makes `mean`
    the distribution's mean; its median is 0.73 of that.
    """
    return mean * math.exp(TALK_SIGMA * _standard_normal.inv_cdf(u) - 0.5 * TALK_SIGMA**2)
