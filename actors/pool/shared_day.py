"""A number's calls of a day, where its day cap is shared with other daemons."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from runtime.ledger.days import DaySpending


class SharedDay:
    """What is held of a day's calls, and what is spent of it; `now` is seconds since the epoch.

    `spent` were placed by an earlier life since the number's day began.
    """

    __slots__ = ("_zone", "held", "spending")

    def __init__(self, timezone: str, now: float, spent: int = 0) -> None:
        self._zone = ZoneInfo(timezone)
        today = self._day_at(now)
        self.spending = DaySpending(today, {today: spent})
        self.held = 0

    @property
    def short(self) -> bool:
        """Tell whether all that is held is spent."""
        return self.spending.uses >= self.held

    def spend(self, calls: int) -> None:
        """Count calls that are offered, or uncount such as were not placed."""
        if calls > 0:
            self.spending.spend(calls)
        else:
            self.spending.give_back(-calls)

    def look(self, now: float, open_offers: int) -> None:
        """Follow the number's own day."""
        self.spending.own_day_is(self._day_at(now), open_offers)

    def hold(self, slots: int, day: int) -> None:
        """Hold so many of the ledger's day from here on."""
        if day:
            self.spending.ledger_day_is(day)
        self.held = slots

    def _day_at(self, now: float) -> int:
        return datetime.fromtimestamp(now, self._zone).toordinal()
