"""Add up what several daemons have counted of a campaign's answers: pure.

Each daemon states absolute totals of its own results for every number, never
a difference, so what it states can be said again, late and in any order. Its
answered and counted attempts fade with every result of the number, whoever
had it: so a total names the place among all daemons' results up to which it
has faded, and whoever adds up lets it fade further. Results that two daemons
had before they heard of each other's fade one another. Alone, a daemon comes
to the same figures as without any of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from runtime.calls import E164


class Totals(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What one daemon has counted of one number in one campaign.

    `results` is the plain number of its results. `answered` and `counted`
    have faded up to the `at`th result of all daemons.
    """

    results: int = 0
    at: int = 0
    answered: float = 0.0
    counted: float = 0.0

    def after(self, answered: bool, at: int, decay: float) -> Totals:
        """Give the totals with one more result, the `at`th of all."""
        faded = decay ** (at - self.at)
        return Totals(
            self.results + 1,
            at,
            self.answered * faded + (1.0 if answered else 0.0),
            self.counted * faded + 1.0,
        )


NumberTotals: TypeAlias = dict[E164, Totals]
"""One daemon's totals in one campaign, by number."""

Statement: TypeAlias = dict[str, NumberTotals]
"""All of one daemon's totals, by campaign."""

_NOTHING = Totals()


class SharedRates:
    """One campaign's totals: this daemon's own, and those that others have stated.

    Until this daemon has heard what its earlier life had stated, it keeps
    each result, for what that life could not state any more.
    """

    def __init__(self, decay: float) -> None:
        self.own: NumberTotals = {}
        self._decay = decay
        self._others: dict[str, NumberTotals] = {}
        self._places: dict[E164, int] = {}
        """How many results all daemons have had of each number, as far as is known here."""
        self._unmatched: dict[E164, list[bool]] | None = {}

    def record(self, number: E164, answered: bool) -> None:
        """Count a result of this daemon's own."""
        place = self._places[number] = self._places.get(number, 0) + 1
        self.own[number] = self.own.get(number, _NOTHING).after(answered, place, self._decay)
        if self._unmatched is not None:
            self._unmatched.setdefault(number, []).append(answered)

    def hear(self, daemon: str, stated: Mapping[E164, Totals]) -> set[E164]:
        """Take in what another daemon has stated; returns the numbers of which that is news."""
        known = self._others.setdefault(daemon, {})
        news = {
            number
            for number, totals in stated.items()
            if totals.results > known.get(number, _NOTHING).results
        }
        for number in news:
            known[number] = stated[number]
        self._place(news)
        return news

    def match(self, stated: Mapping[E164, Totals]) -> set[E164]:
        """Go on from what this daemon's earlier life has stated, which other daemons' results have faded.

        The first results here are those that it had counted; what comes after
        them it had not stated yet, and counts as new. Returns the numbers that
        this may change.
        """
        unmatched, self._unmatched = self._unmatched or {}, None
        numbers = stated.keys() | unmatched.keys()
        for number in sorted(numbers):
            totals = self.own[number] = stated.get(number, _NOTHING)
            self._place((number,))
            for answered in unmatched.get(number, [])[totals.results :]:
                self.record(number, answered)
        return numbers

    def sums(self, number: E164) -> tuple[float, float]:
        """Give the answered and counted attempts over all daemons, faded up to the newest result."""
        place, decay = self._places.get(number, 0), self._decay
        answered = counted = 0.0
        for totals in self._stated_of(number):
            faded = decay ** (place - totals.at)
            answered += totals.answered * faded
            counted += totals.counted * faded
        return answered, counted

    def _place(self, numbers: Iterable[E164]) -> None:
        """Find the place of the newest result: a total may have faded by some that are not known here."""
        for number in numbers:
            stated = self._stated_of(number)
            results = sum(totals.results for totals in stated)
            self._places[number] = max(results, *(totals.at for totals in stated))

    def _stated_of(self, number: E164) -> list[Totals]:
        found = [totals[number] for totals in (self.own, *self._others.values()) if number in totals]
        return found or [_NOTHING]
