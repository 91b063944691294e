"""What calls have in common: a connection, a country, a local hour, or just the campaign.

Each stream is tested for a drop by itself. Its calls come in batches: the
test's sum starts anew only between two of them.
"""

from __future__ import annotations

from enum import Enum
from math import log

from actors.doctor.expectation import Course
from runtime.calls import E164

SUSPICION = 3.0
"""The sum from which on a stream's calls teach nothing, and are told apart by who makes them."""

HOLD = 400
"""Its calls after which they teach again: a drop that no test confirms is the new normal."""


class Scope(str, Enum):
    """Whose calls a decline is seen in."""

    NUMBER = "number"
    CONNECTION = "connection"
    COUNTRY = "country"
    HOUR = "hour"
    EVERYWHERE = "everywhere"


class Stream:
    """The calls of one group under test: Page's sum, and what came since it last was zero.

    `expected` is the sum of the rates that these calls were expected to have.
    """

    __slots__ = (
        "_answered",
        "_began",
        "_calls",
        "_evidence",
        "_expected",
        "_hour",
        "answered",
        "calls",
        "course",
        "expected",
        "first_hour",
        "held",
        "members",
        "name",
        "scope",
        "since",
        "sum",
        "suspect",
        "teaches",
    )

    def __init__(self, scope: Scope, name: str | int | None) -> None:
        self.scope = scope
        self.name = name
        self.course = Course()
        """How its calls have done since ever."""
        self.members: dict[E164, float] = {}
        """What each number adds to the sum, since that is a suspicion."""
        self.sum = 0.0
        self.since = 0.0
        self.first_hour: int | None = None
        """The local hour of the first call under suspicion."""
        self.calls = 0
        self.answered = 0
        self.expected = 0.0
        self.held = 0
        """How many calls have been under suspicion at a stretch."""
        self.suspect = False
        """Whether there is a suspicion: its calls are told apart by who makes them."""
        self.teaches = True
        """Whether what is learnt from its calls may become what is expected."""
        self._empty()

    def _empty(self) -> None:
        self._began = 0.0
        self._hour: int | None = None
        self._evidence = 1.0
        self._calls = 0
        self._answered = 0
        self._expected = 0.0

    def gather(
        self, at: float, hour: int | None, evidence: float, calls: int, answered: int, expected: float
    ) -> None:
        """Take in calls that began at `at`, for the next time that it adds them up.

        `evidence` is their likelihood ratio.
        """
        if not self._calls or at < self._began:
            self._began, self._hour = at, hour
        self._evidence *= evidence
        self._calls += calls
        self._answered += answered
        self._expected += expected

    def add_up(self) -> None:
        """Add what was gathered to the sum; below zero nothing is suspected."""
        calls, evidence = self._calls, self.sum + log(self._evidence)
        if evidence <= 0.0:
            if self.calls:
                self.clear()
            self._empty()
            return
        if not self.calls:
            self.since, self.first_hour = self._began, self._hour
        self.calls += calls
        self.answered += self._answered
        self.expected += self._expected
        self.sum = evidence
        self.held = self.held + calls if evidence > SUSPICION else 0
        self.suspect = self.held > 0
        self.teaches = not 0 < self.held <= HOLD
        if not self.suspect:
            self.members.clear()
        self._empty()

    def clear(self) -> None:
        """Start anew: nothing is suspected."""
        self.sum = self.expected = 0.0
        self.calls = self.answered = self.held = 0
        self.suspect = False
        self.teaches = True
        self.members.clear()
