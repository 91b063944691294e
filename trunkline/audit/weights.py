"""The answer rates behind the draws, worked out anew from the ends.

A number's weight is (s + k m)/(n + k), with s answered of n counted results,
both fading by half in `half_life_attempts` results of that number, k
`prior_attempts`, and m = (S + 1)/(N + 5) from the sums over the pool.
"""

from __future__ import annotations

from collections import deque
from math import isclose
from typing import NamedTuple

from trunkline.audit.limits import DECISION_SECONDS

COUNTED = frozenset({"answered", "no_answer", "busy", "voicemail", "rejected"})
"""The outcomes that say something of a number; failed, canceled and unknown don't."""

MOST_STEPS = 4096
"""How many results one looks back for a weight at most."""


class _Step(NamedTuple):
    """A result, or a number that came or went: what was so before it."""

    time: float
    number: str
    rate: tuple[float, float]
    """The number's answered and counted results."""
    sums: tuple[float, float]
    """Those of the whole pool."""


NOTHING = (0.0, 0.0)


class Weights:
    """One campaign's answer rates, and what they were of late."""

    def __init__(self, prior: float, half_life: float) -> None:
        self.known = True
        """False once they can't be followed any more."""
        self._prior = prior
        self._decay = 2.0 ** (-1.0 / half_life)
        self._rates: dict[str, tuple[float, float]] = {}
        self._sums = NOTHING
        self._recent: deque[_Step] = deque(maxlen=MOST_STEPS)

    def count(self, number: str, outcome: str, now: float) -> None:
        """Count a result of a number that is in the pool."""
        if outcome not in COUNTED:
            return
        before = self._rates.get(number, NOTHING)
        rate = before[0] * self._decay + (outcome == "answered"), before[1] * self._decay + 1.0
        self._remember(now, number)
        self._rates[number] = rate
        self._add(rate[0] - before[0], rate[1] - before[1])

    def join(self, number: str, now: float) -> None:
        """Take a number into the sums that has been in the pool before."""
        answered, counted = self._rates.get(number, NOTHING)
        self._remember(now, number)
        self._add(answered, counted)

    def leave(self, number: str, now: float) -> None:
        """Take a number that has left the pool out of the sums."""
        answered, counted = self._rates.get(number, NOTHING)
        self._remember(now, number)
        self._add(-answered, -counted)

    def weight(self, number: str) -> float:
        """Give a number's weight as it is now."""
        return self._weight(self._rates.get(number, NOTHING), self._sums)

    def was_lately(self, number: str, weight: float, now: float) -> bool:
        """Tell whether a number had this weight at any moment since a grant of now was decided."""
        rate, sums = self._rates.get(number, NOTHING), self._sums
        if isclose(self._weight(rate, sums), weight, rel_tol=1e-6):
            return True
        for step in reversed(self._recent):
            if step.time < now - DECISION_SECONDS:
                break
            sums = step.sums
            if step.number == number:
                rate = step.rate
            if isclose(self._weight(rate, sums), weight, rel_tol=1e-6):
                return True
        return False

    def _remember(self, now: float, number: str) -> None:
        self._recent.append(_Step(now, number, self._rates.get(number, NOTHING), self._sums))

    def _add(self, answered: float, counted: float) -> None:
        self._sums = self._sums[0] + answered, self._sums[1] + counted

    def _weight(self, rate: tuple[float, float], sums: tuple[float, float]) -> float:
        mean = (sums[0] + 1.0) / (sums[1] + 5.0)
        return (rate[0] + self._prior * mean) / (rate[1] + self._prior)
