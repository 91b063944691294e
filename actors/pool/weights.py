"""Weigh numbers by how often they are answered.

A number's weight is its answer rate, smoothed towards the rate of the whole
pool: (s + k·m)/(n + k) with s answered of n counted attempts, k attempts of
prior and m = (S + 1)/(N + 5) from the pool's sums. s and n forget: both halve
in `half_life_attempts` results of that number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from runtime.calls import Outcome

_COUNTS: Mapping[Outcome, bool | None] = {
    Outcome.ANSWERED: True,
    Outcome.NO_ANSWER: False,
    Outcome.BUSY: False,
    Outcome.VOICEMAIL: False,
    Outcome.REJECTED: False,
    Outcome.FAILED: None,
    Outcome.CANCELED: None,
    Outcome.UNKNOWN: None,
}


class AnswerRate:
    """One number's answered and counted attempts in one campaign, fading."""

    __slots__ = ("answered", "counted")

    def __init__(self, answered: float = 0.0, counted: float = 0.0) -> None:
        self.answered = answered
        self.counted = counted

    def __repr__(self) -> str:
        return f"AnswerRate(answered={self.answered!r}, counted={self.counted!r})"

    def record(self, answered: bool, decay: float) -> None:
        """Fade what was by `decay`, then add one counted result."""
        self.answered = self.answered * decay + (1.0 if answered else 0.0)
        self.counted = self.counted * decay + 1.0

    def weight(self, mean: float, prior: float) -> float:
        """Give the smoothed answer rate (s + k·m)/(n + k)."""
        return (self.answered + prior * mean) / (self.counted + prior)


def counts(outcome: Outcome) -> bool | None:
    """Tell what an outcome says of its number: answered, not, or nothing."""
    return _COUNTS[outcome]


def decay_of(half_life_attempts: float) -> float:
    """Give the factor that halves what was in so many results."""
    return float(2.0 ** (-1.0 / half_life_attempts))


def pooled_mean(answered: float, counted: float) -> float:
    """Give the pool's rate m = (S + 1)/(N + 5): a fifth before any result."""
    return (answered + 1.0) / (counted + 5.0)


def draw_share(weight: float, total_weight: float, candidates: int, exploration: float) -> float:
    """Give the probability (1-e)·w/W + e/candidates that a draw had."""
    return (1.0 - exploration) * weight / total_weight + exploration / candidates


def draw_thompson(rates: Sequence[AnswerRate], mean: float, prior: float, draws: Random) -> int:
    """Draw a rate for each number from what is known of it; the best wins.

    Each is drawn from Beta(s + k·m, (n - s) + k·(1 - m)) (Thompson, 1933),
    one after the other in the given order. Returns the winner's index.
    """
    best = -1
    highest = -1.0
    answered_before = prior * mean
    missed_before = prior - answered_before
    for index, rate in enumerate(rates):
        drawn = draws.betavariate(
            rate.answered + answered_before, rate.counted - rate.answered + missed_before
        )
        if drawn > highest:
            best, highest = index, drawn
    if best < 0:
        raise ValueError("nothing is drawable")
    return best
