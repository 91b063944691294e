"""Choose what explains a drop: the stream whose own likelihood is the highest.

A subset dilutes nothing, a superset gathers more. Where two explain the same
calls about as well, more calls are waited for.
"""

from __future__ import annotations

from collections.abc import Container

from actors.doctor.accusation import is_group_accused, is_number_accused, score
from actors.doctor.evening import is_of_the_hour
from actors.doctor.expectation import Expectations
from actors.doctor.streams import Scope, Stream, Streams
from runtime.calls import E164

CLARITY = 2.5
"""How much better the best explanation should be than the next, in log-likelihood."""

HINT, HINT_PATIENCE = 2.0, 100
"""With so much from a group's other numbers its number waits: so many calls of the campaign."""

PATIENCE = 60
"""Calls that an alarm waits for a clear explanation, at most."""

ALL_SHARE = 0.95
"""Of all calls under suspicion: a group of so many is everybody."""

LOOK_AGAIN = 20
"""Calls of the campaign after which it looks again whether another country has come to an hour."""


class Explanation:
    """What explains a campaign's drop, once that is clear."""

    __slots__ = ("_again_from", "_expectations", "_on_trial", "_streams", "_waited")

    def __init__(self, streams: Streams, expectations: Expectations, on_trial: Container[E164]) -> None:
        self._streams = streams
        self._expectations = expectations
        self._on_trial = on_trial
        self._waited = 0
        self._again_from = 0

    def find(self, at: float) -> Stream | None:
        """Give the stream that an alarm at `at` is due to; None to wait, or where nothing is sure."""
        serial = self._expectations.serial
        if serial < self._again_from:
            return None
        suspects = sorted(self._streams.streams.values(), key=score, reverse=True)
        best = suspects[0]
        if not self._is_accused(best, at):
            return None
        self._waited += 1
        if best.scope is Scope.NUMBER and self._waited < HINT_PATIENCE and self._is_hinted(str(best.name)):
            return None
        clarity = 2 * CLARITY if best.scope is Scope.COUNTRY else CLARITY
        near = [
            one for one in suspects[1:] if one.scope is not best.scope and score(best) - score(one) < clarity
        ]
        if near and self._waited < PATIENCE:
            return None
        if near:
            likelier = self._likelier([best, *near], at)
            if likelier is None:
                self._again_from = serial + LOOK_AGAIN
                return None
            best = likelier
        self._waited = 0
        return best

    def _is_accused(self, stream: Stream, at: float) -> bool:
        if stream.scope is not Scope.NUMBER:
            return is_group_accused(stream, at, self._expectations.watched)
        number = E164(str(stream.name))
        factor = self._expectations.number(number)
        on_trial = number in self._on_trial
        return is_number_accused(stream.test, factor, self._expectations.watched, on_trial=on_trial)

    def _is_hinted(self, name: str) -> bool:
        """Tell whether other numbers of a group seem to drop with this one."""
        number = E164(name)
        if number in self._on_trial:
            return False
        for stream in self._streams.streams.values():
            own = stream.members.get(number)
            if own is not None and stream.test.sum - max(own, *stream.members.values()) > HINT:
                return True
        return False

    def _likelier(self, suspects: list[Stream], at: float) -> Stream | None:
        """Choose among streams that explain the same calls about as well; None to wait for more.

        An hour of the day is the cause if the drop began as that hour did and
        no other country was answered as expected in it; else it isn't.
        """
        whole = [one for one in suspects if one.scope is Scope.EVERYWHERE]
        if whole:
            suspects = [one for one in suspects if one is whole[0] or not _is_all(one, whole[0])]
        hours = [one for one in suspects if one.scope is Scope.HOUR and one.first_hour == one.name]
        others = [one for one in suspects if one.scope is not Scope.HOUR]
        for hour in hours:
            countries = [one.name for one in others if one.scope is Scope.COUNTRY]
            is_it = is_of_the_hour(hour, at, countries, self._streams.groups.values())
            if is_it is None:
                return None
            if is_it:
                return hour
        return others[0] if others else suspects[0]


def _is_all(stream: Stream, whole: Stream) -> bool:
    """Tell whether a connection's or a country's calls are all calls, so that it explains no more."""
    return (
        stream.scope in (Scope.CONNECTION, Scope.COUNTRY) and stream.test.calls > ALL_SHARE * whole.test.calls
    )
