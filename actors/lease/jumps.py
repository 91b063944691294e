"""Find out that a host slept, was stopped, or had its clock set."""

from __future__ import annotations

import msgspec

TOLERANCE_SECONDS = 0.25
"""Clocks that were read one after the other may differ by so much, and be slewed."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """Three clocks at one moment, in seconds.

    `monotonic` stops while the host sleeps, `boot` does not, `wall` is set.
    """

    monotonic: float
    boot: float
    wall: float


def jump_between(before: Reading, after: Reading) -> str | None:
    """Say which clock has moved against the others; None where they agree."""
    slept = (after.boot - before.boot) - (after.monotonic - before.monotonic)
    if abs(slept) > TOLERANCE_SECONDS:
        return f"the host slept for {slept:.1f} s"
    stepped = (after.wall - before.wall) - (after.boot - before.boot)
    if abs(stepped) > TOLERANCE_SECONDS:
        return f"the host's clock was set by {stepped:+.1f} s"
    return None
