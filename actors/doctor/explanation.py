"""Choose what explains a drop: the number or stream whose own likelihood is the highest.

A subset dilutes nothing, a superset gathers more. Where two explain the same
calls about as well, more calls are waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

import msgspec

from actors.doctor.accusation import is_group_accused, is_number_accused, score
from actors.doctor.caller import Caller
from actors.doctor.changepoint import RATIO
from actors.doctor.evening import AHEAD, is_of_the_hour
from actors.doctor.expectation import Expectations
from actors.doctor.places import Place
from actors.doctor.streams import Scope, Stream
from runtime.calls import E164

CLARITY = 2.5
"""How much better the best explanation should be than the next, in log-likelihood."""

PATIENCE = 60
"""Calls of the campaign that an alarm waits for a clear explanation, at most."""

HINT_PATIENCE = 500
"""The same of a number whose group drops about as much."""

ALL_SHARE = 0.95
"""Of all calls under suspicion: a group of so many is everybody."""

LOOK_AGAIN = 20
"""Calls of the campaign after which it looks again whether another country has come to an hour."""


class Suspect(msgspec.Struct, frozen=True):
    """Calls that are answered less: whose, since when, how many, and how surely.

    `score` is what speaks for their being the cause; `of` is the number or
    stream itself.
    """

    scope: Scope
    name: str | int | None
    since: float
    calls: int
    answered: int
    expected: float
    sum: float
    score: float
    of: Caller | Stream


class Explanation:
    """What explains a campaign's drop, once that is clear."""

    __slots__ = ("_again_from", "_asked", "_callers", "_expectations", "_places", "_since", "_streams")

    def __init__(
        self,
        expectations: Expectations,
        callers: Mapping[E164, Caller],
        streams: Mapping[tuple[Scope, str | int | None], Stream],
        places: Mapping[tuple[str | None, int | None], Place],
    ) -> None:
        self._expectations = expectations
        self._callers = callers
        self._streams = streams
        self._places = places
        self._since = self._asked = 0
        """Since which call of the campaign an alarm has waited, and when it was last asked for."""
        self._again_from = 0

    def find(self, at: float) -> Suspect | None:
        """Give what an alarm at `at` is due to; None to wait, or where nothing is sure."""
        serial = self._expectations.serial
        if serial < self._again_from:
            return None
        suspects = self._suspects()
        best = suspects[0]
        if not self._is_accused(best, at):
            return None
        if serial - self._asked > HINT_PATIENCE:
            self._since = serial
        self._asked = serial
        waited = serial - self._since
        if waited < HINT_PATIENCE and isinstance(best.of, Caller) and self._is_hinted(best.of):
            return None
        clarity = 2 * CLARITY if best.scope in (Scope.COUNTRY, Scope.HOUR) else CLARITY
        near = [
            one for one in suspects[1:] if one.scope is not best.scope and best.score - one.score < clarity
        ]
        if near and waited < PATIENCE:
            return None
        if near:
            likelier = self._likelier([best, *near], at)
            if likelier is None:
                self._again_from = serial + LOOK_AGAIN
                return None
            best = likelier
        self._asked = -HINT_PATIENCE
        return best

    def _suspects(self) -> list[Suspect]:
        """List all that may be the cause, the likeliest first."""
        found = [
            Suspect(
                one.scope,
                one.name,
                one.since,
                one.calls,
                one.answered,
                one.expected,
                one.sum,
                score(one, self._callers),
                one,
            )
            for one in self._streams.values()
        ]
        for caller in self._callers.values():
            if caller.odds > 1.0:
                calls, answered, expected = caller.suspected
                expected *= caller.factor.value(0, 0.0)
                found.append(
                    Suspect(
                        Scope.NUMBER,
                        caller.number,
                        caller.since,
                        calls,
                        answered,
                        expected,
                        caller.sum,
                        caller.sum,
                        caller,
                    )
                )
        return sorted(found, key=lambda one: one.score, reverse=True)

    def _is_accused(self, suspect: Suspect, at: float) -> bool:
        watched = max(1, len(self._callers))
        if isinstance(suspect.of, Caller):
            return is_number_accused(suspect.of, watched)
        return is_group_accused(suspect.of, suspect.score, at, watched)

    def _is_hinted(self, caller: Caller) -> bool:
        """Tell whether calls that others make, too, are answered less: about as surely as this number's.

        Or those of its connection's other numbers rather like a drop than as
        expected, by their likelihoods.
        """
        if caller.on_trial:
            return False
        answered, expected = caller.others_on_connection
        if answered * log(RATIO) + (1.0 - RATIO) * expected > 0.0:
            return True
        return any(
            len(stream.members) > 1 and stream.sum > caller.sum - CLARITY
            for stream in self._streams.values()
            if caller.number in stream.members
        )

    def _likelier(self, suspects: list[Suspect], at: float) -> Suspect | None:
        """Choose among suspects that explain the same calls about as well; None to wait for more.

        An hour of the day is the cause if the drop began as that hour did and
        no other country was answered as expected in it; else it isn't.
        """
        whole = [one for one in suspects if one.scope is Scope.EVERYWHERE]
        if whole:
            suspects = [one for one in suspects if one is whole[0] or not _is_all(one, whole[0])]
        others = [one for one in suspects if one.scope is not Scope.HOUR]
        countries = {one.name: one.score for one in others if one.scope is Scope.COUNTRY}
        most = max(countries.values(), default=0.0)
        for one in suspects:
            if not isinstance(one.of, Stream) or one.scope is not Scope.HOUR or one.of.first_hour != one.name:
                continue
            ahead = bool(countries) and one.score > most + AHEAD
            is_it = is_of_the_hour(one.of, at, countries, self._places.values(), ahead=ahead)
            if is_it is None:
                return None
            if is_it:
                return one
        return others[0] if others else suspects[0]


def _is_all(suspect: Suspect, whole: Suspect) -> bool:
    """Tell whether a connection's or a country's calls are all calls, so that it explains no more."""
    return suspect.scope in (Scope.CONNECTION, Scope.COUNTRY) and suspect.calls > ALL_SHARE * whole.calls
