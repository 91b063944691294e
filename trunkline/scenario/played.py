"""What of a scenario has been played, over all lives of a daemon."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trunkline.config import EventTable


class UnappliedEvent(msgspec.Struct, frozen=True):
    """An event of the scenario that never happened; `at` in seconds from the start."""

    at: float
    kind: str
    what: str
    reason: str


class LimitForATime(msgspec.Struct, frozen=True):
    """A limit to be given back; `until` is seconds since the epoch."""

    event: EventTable
    limit: int
    before: int
    until: float


class Played(msgspec.Struct):
    """How far a scenario is; events by their place in time, counted from 1.

    `restart` ends a simulated daemon's life and begins another, or gives
    False where it can't; None where the daemon is a real one, whose next life
    knows nothing of this.
    """

    restart: Callable[[EventTable], bool] | None = None
    applied: set[int] = msgspec.field(default_factory=set)
    limited: dict[int, LimitForATime] = msgspec.field(default_factory=dict)
    failed: list[UnappliedEvent] = msgspec.field(default_factory=list)
