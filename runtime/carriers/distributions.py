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

_unpack = struct.Struct("<8Q").unpack
_standard_normal = NormalDist()

TALK_SIGMA = 0.8
"""The spread of talk times: the standard deviation of their logarithm."""


def uniforms(key: str) -> Draws:
    """Give eight independent draws from the open interval (0, 1).

    52 bits of a 64-bit word each, shifted by half a step: neither 0 nor 1
    can come out, so that logarithms and quantiles are finite.
    """
    a, b, c, d, e, f, g, h = _unpack(blake2b(key.encode("utf-8", "surrogatepass")).digest())
    return (  # unrolled: half the cost of a loop, and every call pays it
        ((a >> 12) + 0.5) * 2.0**-52,
        ((b >> 12) + 0.5) * 2.0**-52,
        ((c >> 12) + 0.5) * 2.0**-52,
        ((d >> 12) + 0.5) * 2.0**-52,
        ((e >> 12) + 0.5) * 2.0**-52,
        ((f >> 12) + 0.5) * 2.0**-52,
        ((g >> 12) + 0.5) * 2.0**-52,
        ((h >> 12) + 0.5) * 2.0**-52,
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
