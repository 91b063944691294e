"""Count what a daemon spends of a number's day, across the turn of the day.

The day is over for all at once: when no live daemon is left in it. Until then
one whose own clock says that the next has begun goes on spending of the old
day, and counts the same for the next. A call that is open when a day ends
counts in both.
"""

from __future__ import annotations

from collections.abc import Mapping


class DaySpending:
    """What is spent of the ledger's day, and what of the next one already.

    Days are as `date.toordinal` numbers them. `spent` is what earlier lives
    spent on which day, by their own clocks.
    """

    __slots__ = ("_earlier", "_ledger_day", "_own_day", "_spent", "carried")

    def __init__(self, own_day: int, spent: Mapping[int, int]) -> None:
        self._own_day = own_day
        self._ledger_day = 0
        self._earlier = dict(spent)
        self._spent = spent.get(own_day, 0)
        self.carried = 0
        """Spent since the daemon's own day became later than the ledger's."""

    @property
    def uses(self) -> int:
        """What is spent of the ledger's day; of one's own before it is known."""
        return self._spent

    @property
    def own_day(self) -> int:
        """The number's day by the daemon's own clock."""
        return self._own_day

    def spend(self, count: int = 1) -> None:
        """Count calls that are offered now."""
        self._spent += count
        if self._ledger_day and self._own_day > self._ledger_day:
            self.carried += count

    def give_back(self, count: int = 1) -> None:
        """Uncount calls that were not placed after all."""
        self._spent = max(0, self._spent - count)
        self.carried = max(0, self.carried - count)

    def own_day_is(self, own_day: int, open_calls: int) -> None:
        """Note the day by the daemon's own clock; a day never goes back."""
        if own_day <= self._own_day:
            return
        if not self._ledger_day:
            self._earlier[self._own_day] = self._spent
            self._spent = open_calls
        elif self._own_day <= self._ledger_day < own_day:
            self.carried = open_calls
        self._own_day = own_day

    def ledger_day_is(self, day: int) -> None:
        """Note whose day the newest reply is about."""
        if day == self._ledger_day:
            return
        if self._ledger_day:
            self._spent, self.carried = self.carried, 0
        else:
            today = {**self._earlier, self._own_day: self._spent}
            self._spent = sum(count for spent_on, count in today.items() if spent_on >= day)
            self.carried = sum(count for spent_on, count in today.items() if spent_on > day)
        self._ledger_day = day
