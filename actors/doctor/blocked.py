"""Tell when the network, or the callees, refuse a number's calls.

603+, 607 and 608 are rare by nature: a few in tens of calls say more than
any answer rate. The test is Page's, of a share of 15 % against 1 %: five in
fifty calls are enough, and a healthy number is accused once in some 100,000
calls. The same test the other way says when it is over: some sixty calls
without one.
"""

from __future__ import annotations

from math import log

import msgspec

from runtime.calls import E164
from runtime.causes import CauseClass

USUAL, ALARMING = 0.01, 0.15
HIT = log(ALARMING / USUAL)
MISS = log((1.0 - ALARMING) / (1.0 - USUAL))
THRESHOLD = 12.0
OVER = 9.0
BLOCKING = frozenset((CauseClass.BLOCKED_NETWORK, CauseClass.UNWANTED))


class Blocked(msgspec.Struct, frozen=True):
    """A number is refused: `blocked` of its last `calls`, by cause class."""

    number: E164
    since: float
    calls: int
    blocked: dict[str, int]


class _Watch:
    __slots__ = ("blocked", "calls", "down", "since", "sum")

    def __init__(self, at: float) -> None:
        self.sum = 0.0
        self.since = at
        self.calls = 0
        self.blocked: dict[str, int] = {}
        self.down = False
        """Whether it is known to be blocked; then `sum` speaks for its being over."""


class BlockedDetector:
    """Watch each number's causes; constant memory a number."""

    def __init__(self) -> None:
        self.watched: dict[E164, _Watch] = {}
        """The numbers that were refused of late: calls without a cause matter only to them."""

    def hear(self, number: E164, cause: CauseClass | None, at: float) -> Blocked | None:
        """Take in a call's cause; say so when a number turns out to be blocked."""
        watch = self.watched.get(number)
        if cause not in BLOCKING:
            if watch is not None:
                watch.calls += 1
                watch.sum += -MISS if watch.down else MISS
                if watch.sum <= 0.0:
                    del self.watched[number]
            return None
        if watch is None:
            watch = self.watched[number] = _Watch(at)
        if watch.down:
            watch.sum = max(0.0, watch.sum - HIT)
            return None
        assert cause is not None
        watch.calls += 1
        watch.sum += HIT
        watch.blocked[cause.value] = watch.blocked.get(cause.value, 0) + 1
        if watch.sum <= THRESHOLD:
            return None
        found = Blocked(number, watch.since, watch.calls, watch.blocked)
        down = self.watched[number] = _Watch(at)
        down.down = True
        return found

    def is_over(self, number: E164) -> bool:
        """Tell whether a number that was blocked is no longer; then it is watched anew."""
        watch = self.watched.get(number)
        if watch is None or not watch.down or watch.sum <= OVER:
            return False
        del self.watched[number]
        return True

    def forget(self, number: E164) -> None:
        """Watch a number anew."""
        self.watched.pop(number, None)
