"""The tenant's numbers and connections, as its pool sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from actors.pool.allowance import Allowance
from actors.pool.geography import Place
from actors.pool.shared_day import SharedDay
from actors.settings import ConnectionSettings, NumberSettings, NumberStatus
from actors.slots import SlotSource, slots_of
from runtime.calls import E164

if TYPE_CHECKING:
    from actors.pool.cells import Cell


class PooledConnection:
    """A connection as one pool sees it: its allowance and whether it is usable."""

    __slots__ = ("allowance", "cells", "enabled", "name", "opened", "rate_bound")

    def __init__(self, settings: ConnectionSettings) -> None:
        self.name = settings.name
        self.allowance = Allowance(settings.max_concurrent)
        self.enabled = settings.enabled
        self.opened = False
        self.rate_bound = False
        """Whether its last refusal was for its call rate, not for its slots."""
        self.cells: list[Cell] = []

    @property
    def usable(self) -> bool:
        """Tell whether its numbers are eligible: enabled, breaker not open."""
        return self.enabled and not self.opened

    def has_room(self) -> bool:
        """Tell whether one of its numbers may be offered now."""
        allowance = self.allowance
        return (
            allowance.in_use < allowance.limit
            and (not allowance.full or allowance.tickets > 0)
            and self.enabled
            and not self.opened
        )


class PooledNumber:
    """A number's status, its own limit and its day count."""

    __slots__ = (
        "connection",
        "day_cap",
        "day_count",
        "day_ends_at",
        "flagged",
        "in_use",
        "number",
        "open_offers",
        "paused",
        "place",
        "quarantined",
        "removed",
        "resting",
        "seats",
        "shared_day",
        "short",
        "source",
        "timezone",
    )

    def __init__(
        self, settings: NumberSettings, place: Place, connection: PooledConnection, *, shared: bool = False
    ) -> None:
        self.number: E164 = settings.number
        self.place = place
        self.connection = connection
        self.flagged = settings.status is NumberStatus.SPAM
        self.paused = settings.status is NumberStatus.PAUSED
        self.source: SlotSource | None = (
            None if settings.max_concurrent is None else slots_of(settings.max_concurrent, shared=shared)
        )
        """Where the slots of its own limit come from; None where it has none."""
        self.day_cap = settings.max_calls_per_day
        self.timezone = settings.timezone
        self.removed = False
        self.quarantined = False
        """Whether the doctor lets it rest."""
        self.in_use = 0
        self.day_count = 0
        self.day_ends_at: float | None = None
        self.open_offers = 0
        self.resting = False
        self.shared_day: SharedDay | None = None
        """Its day's calls, where they are shared with other daemons."""
        self.short = False
        """Whether none of them is at hand; there may be more."""
        self.seats: list[tuple[Cell, int]] = []
        """Where it sits in each campaign's cells: the cell, the leaf."""

    @property
    def limit(self) -> int | None:
        """Give its own limit as it is configured; None where it has none."""
        return None if self.source is None else self.source.configured

    def spend_day(self, calls: int) -> None:
        """Count calls of a day that is shared, or uncount such as were not placed."""
        day = self.shared_day
        assert day is not None
        day.spend(calls)
        self.short = day.short

    @property
    def standing(self) -> bool:
        """Tell whether it is active: not flagged, not paused, not removed."""
        return not (self.flagged or self.paused or self.removed)

    @property
    def eligible(self) -> bool:
        """Tell whether it may be dialed from at all, its connection aside."""
        return not (self.flagged or self.paused or self.removed or self.resting or self.quarantined)

    def free(self) -> bool:
        """Tell whether it is eligible and below its own limit."""
        return (self.source is None or self.in_use < self.source.limit) and not (
            self.flagged or self.paused or self.removed or self.resting or self.quarantined or self.short
        )

    @property
    def status(self) -> str:
        """Name its state: active, paused, spam, resting or removed."""
        return "removed" if self.removed else self.status_if_there

    @property
    def status_if_there(self) -> str:
        """Name the state that it is in, or would be in if it were not removed."""
        if self.flagged:
            return "spam"
        if self.paused:
            return "paused"
        return "resting" if self.resting or self.quarantined else "active"


def end_of_day(timezone: str, at: float) -> float:
    """Find the end of the day that `at` lies in, in the given timezone.

    Both are seconds since the epoch; the end is the next local midnight, so
    a day of 23 or 25 hours is one day.
    """
    zone = ZoneInfo(timezone)
    local = datetime.fromtimestamp(at, zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone) + timedelta(days=1)
    end = midnight.astimezone(UTC).timestamp()
    return end if end > at else end + 3600.0
