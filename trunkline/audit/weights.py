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


class _Result(NamedTuple):
    time: float
    number: str
    answered: float
    counted: float
    answered_before: float
    counted_before: float


class Weights:
    """One campaign's answer rates, and what they were of late."""

    def __init__(self, prior: float, half_life: float) -> None:
        self.known = True
        """False once they can't be followed any more."""
        self._prior = prior
        self._decay = 2.0 ** (-1.0 / half_life)
        self._rates: dict[str, tuple[float, float]] = {}
        self._answered = 0.0
        self._counted = 0.0
        self._recent: deque[_Result] = deque(maxlen=MOST_STEPS)

    def count(self, number: str, outcome: str, now: float) -> None:
        """Count a result of a number that is in the pool."""
        if outcome not in COUNTED:
            return
        before = self._rates.get(number, (0.0, 0.0))
        answered = before[0] * self._decay + (outcome == "answered")
        counted = before[1] * self._decay + 1.0
        self._rates[number] = answered, counted
        self._recent.append(_Result(now, number, answered, counted, *before))
        self._answered += answered - before[0]
        self._counted += counted - before[1]

    def join(self, number: str) -> None:
        """Take a number into the sums that has been in the pool before."""
        answered, counted = self._rates.get(number, (0.0, 0.0))
        self._answered += answered
        self._counted += counted

    def leave(self, number: str) -> None:
        """Take a number that has left the pool out of the sums."""
        answered, counted = self._rates.get(number, (0.0, 0.0))
        self._answered -= answered
        self._counted -= counted

    def weight(self, number: str) -> float:
        """Give a number's weight as it is now."""
        return self._weight(*self._rates.get(number, (0.0, 0.0)), self._answered, self._counted)

    def was_lately(self, number: str, weight: float, now: float) -> bool:
        """Tell whether a number had this weight at any moment since a grant of now was decided."""
        answered, counted = self._rates.get(number, (0.0, 0.0))
        all_answered, all_counted = self._answered, self._counted
        if isclose(self._weight(answered, counted, all_answered, all_counted), weight, rel_tol=1e-6):
            return True
        for result in reversed(self._recent):
            if result.time < now - DECISION_SECONDS:
                break
            all_answered -= result.answered - result.answered_before
            all_counted -= result.counted - result.counted_before
            if result.number == number:
                answered, counted = result.answered_before, result.counted_before
            if isclose(self._weight(answered, counted, all_answered, all_counted), weight, rel_tol=1e-6):
                return True
        return False

    def _weight(self, answered: float, counted: float, all_answered: float, all_counted: float) -> float:
        mean = (all_answered + 1.0) / (all_counted + 5.0)
        return (answered + self._prior * mean) / (counted + self._prior)
