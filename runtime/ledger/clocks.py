"""See a host's clocks jump against each other, and tell wall time without them.

CLOCK_REALTIME is set by operators and time services, CLOCK_MONOTONIC stands
still while a host sleeps, and a virtual machine that was moved or restored
may find any of the three changed. A lease trusts CLOCK_BOOTTIME; where it
parts from the others nobody knows which is right, so the lease is over.
"""

from __future__ import annotations

import msgspec

TOLERANCE = 1.0
"""Seconds that a time service may slew the wall clock between two looks."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """All clocks of a host, read together, in seconds."""

    boottime: float
    monotonic: float
    realtime: float


def jumped(before: Reading, after: Reading) -> bool:
    """Tell whether a clock moved otherwise than CLOCK_BOOTTIME did.

    A clock may be read a little later than the next: TOLERANCE allows it.
    """
    passed = after.boottime - before.boottime
    return (
        passed < 0
        or abs(after.monotonic - before.monotonic - passed) > TOLERANCE
        or abs(after.realtime - before.realtime - passed) > TOLERANCE
    )


def wall_time(anchor: Reading, boottime: float) -> float:
    """Tell the seconds since the epoch by an early reading and what has passed since.

    A clock that is set while the daemon runs changes neither `not_after` nor
    whose day it is.
    """
    return anchor.realtime + boottime - anchor.boottime
