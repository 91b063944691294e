"""Tell whose calls are answered less than they were: a number's, or many numbers'.

Every counted call is part of several streams: its number's, connection's,
country's, local hour's and all calls'. Each is tested for a drop against what
its calls were expected to have. When one alarms, the stream that explains the
drop best, by its own likelihood, names the cause: a subset dilutes nothing,
a superset gathers more.
"""

from __future__ import annotations

from enum import Enum
from math import log

import msgspec

from actors.doctor.changepoint import (
    GROUP_THRESHOLD,
    LOG_RATIO,
    NUMBER_THRESHOLD,
    DropTest,
    chance_of_so_few,
    missed_step,
    sure_enough,
)
from actors.doctor.expectation import (
    LEAST,
    MOST,
    WARM_CALLS,
    WARM_CAMPAIGN,
    Expectations,
    NumberFactor,
)
from actors.doctor.heard import Heard
from runtime.calls import E164


class Scope(str, Enum):
    """Whose calls a decline is seen in."""

    NUMBER = "number"
    CONNECTION = "connection"
    COUNTRY = "country"
    HOUR = "hour"
    EVERYWHERE = "everywhere"


class Decline(msgspec.Struct, frozen=True):
    """Answers became fewer: in whose calls, since when, and how surely.

    `answered` of `calls` were answered since `since` (seconds since the
    epoch), where `expected` would have been; `evidence` is the
    log-likelihood ratio.
    """

    scope: Scope
    name: str | int | None
    since: float
    calls: int
    answered: int
    expected: float
    evidence: float


class Stream:
    """The calls of one group under test."""

    __slots__ = ("first_hour", "members", "name", "scope", "test")

    def __init__(self, scope: Scope, name: str | int | None) -> None:
        self.scope = scope
        self.name = name
        self.test = DropTest()
        self.members: dict[E164, float] = {}
        """The numbers whose calls are under suspicion, and what each adds to the sum."""
        self.first_hour: int | None = None
        """The local hour of the first of them."""


TRIAL_START = 6.0
"""The sum that a number on trial starts with: some forty calls decide."""


class Group:
    """Calls of one connection, country and local hour: the streams that they are part of.

    `expected` and `answered` fade: how such calls did of late.
    """

    __slots__ = ("answered", "began", "expected", "hour", "last", "region", "streams", "tests")

    def __init__(self, at: float, region: str | None, hour: int | None, streams: tuple[Stream, ...]) -> None:
        self.began = self.last = at
        """When the hour began, as far as this group's calls tell, and when its last call ended."""
        self.region = region
        self.hour = hour
        self.streams = streams
        self.tests = tuple(stream.test for stream in streams)
        self.expected = 0.0
        self.answered = 0.0


CLARITY = 2.5
"""How much better the best explanation should be than the next, in log-likelihood."""

AGE_SECONDS, AGE_FADE = 1800.0, 0.9
"""What was recent fades with time, too, where there are few calls."""

PAUSE_SECONDS, PAUSE_FADE = 3600.0, 0.1
"""When nobody was called for so long the hour of the day is another."""

SLOW_SECONDS = 6 * 3600.0
"""A group's drop that takes longer to show is the day's swing, or a drift."""

GROUP_SHARE = 0.5
"""A group that is still answered more than so, of what was expected, is going with the day."""

NUMBER_SHARE = 0.45
"""The same for a number: what is left of a lucky start is more than so."""

SHARED = 4.0
"""The evidence that a group's other numbers must give besides the one that gives the most."""

HINT, HINT_PATIENCE = 2.0, 100
"""With so much from a group's other numbers its number waits: so many calls of the campaign."""

PATIENCE = 60
"""Calls that an alarm waits for that, at most."""

SUSPICION = 3.0
"""The sum from which on a group's calls teach nothing."""

HOLD = 400
"""Calls of the campaign after which they teach again: a drop that no test confirms is the new normal."""

RELEARN = 600
"""Calls of the campaign after a common decline in which what is now becomes what is expected."""

ALL_SHARE = 0.95
"""Of all calls under suspicion: a group of so many is everybody."""

HOUR_STARTS_CALLS = 25
"""A drop that begins within so many calls of the hour's begin may be the hour's."""

NEXT_COUNTRY_SECONDS = 3900.0
"""How long a drop that began with an hour waits for another country's coming to that hour."""

LOOK_AGAIN = 20
"""Calls of the campaign after which it looks again whether one has."""

HALF_DAY_HOURS = 12
"""An evening's and its night's hours: while fewer answer in them, they are neither tested nor learnt from."""

HOUR_FADE = 0.99
KNOWN_HOUR = 6.0
"""Expected answers from which on another country's calls in an hour say how that hour is."""


class DeclineDetector:
    """One campaign's streams; constant memory a number, connection, country and hour."""

    def __init__(self) -> None:
        self.expectations = Expectations()
        self._streams: dict[tuple[Scope, str | int | None], Stream] = {}
        self._groups: dict[tuple[str, str | None, int | None], Group] = {}
        self._own: dict[E164, Stream] = {}
        self._waited = 0
        self._again_from = 0
        self._held = 0
        self._ailing: set[int] = set()
        self._on_trial: set[E164] = set()
        self._aged_at = 0.0
        self._tests_from = WARM_CAMPAIGN
        self._muted: dict[E164, None] = {}

    def hear(self, heard: Heard) -> Decline | None:
        """Take in a call's end; say so when answers have become fewer."""
        answered = heard.answered
        if answered is None:
            return None
        number, at, region = heard.number, heard.at, heard.region
        if at - self._aged_at > AGE_SECONDS:
            self._age(at)
        if self._ailing and heard.local_hour in self._ailing:
            return None
        muted = number in self._muted
        group = self._groups.get((heard.connection, region, heard.local_hour)) or self._group_of(heard)
        if at - group.last > 3600.0:
            group.began = at
        group.last = at
        expectations = self.expectations
        held = muted or self._holds(group)
        rate = expectations.take(region, heard.fresh, heard.sticky, answered, held)
        if muted:
            return None
        factor = expectations.numbers.get(number) or expectations.number(number)
        if factor.calls < WARM_CALLS:
            factor.add(1, 1.0 if answered else 0.0, rate)
            return None
        own = self._own.get(number) or self._own_stream(number)
        test = own.test
        expected = rate * factor.value(test.answered, test.expected)
        expected = LEAST if expected < LEAST else MOST if expected > MOST else expected
        step = LOG_RATIO if answered else missed_step(expected)
        if test.add(at, step, answered, rate):
            factor.add(test.calls, float(test.answered), test.expected)
            test.clear()
        if expectations.serial < self._tests_from:
            return None
        alarm = test.sum > NUMBER_THRESHOLD and self._alarms(own, factor)
        group.expected = group.expected * HOUR_FADE + expected
        group.answered = group.answered * HOUR_FADE + answered
        for stream in group.streams:
            test = stream.test
            evidence = test.sum + step
            if evidence <= 0.0:
                if test.calls:
                    test.clear()
                    stream.members.clear()
                continue
            # As `test.add` does, without calling it: every call passes here five times.
            if not test.calls:
                test.since = at
                stream.first_hour = heard.local_hour
            test.calls += 1
            test.expected += expected
            if answered:
                test.answered += 1
            test.sum = evidence
            members = stream.members
            members[number] = members.get(number, 0.0) + step
            if evidence > GROUP_THRESHOLD and len(members) > 1:
                if at - test.since > SLOW_SECONDS:
                    test.clear()
                    members.clear()
                    continue
                alarm = True
        return self._explain(at) if alarm else None

    def mute(self, number: E164) -> None:
        """Watch a number no longer: it is known to be down, or not dialed."""
        self._muted[number] = None
        self._drop(number)

    def on_trial(self, number: E164) -> None:
        """Watch a number again by what it was once; it is half accused already."""
        self._muted.pop(number, None)
        test = self._own_stream(number).test
        test.clear()
        test.sum = TRIAL_START
        self._on_trial.add(number)

    def forget(self, number: E164) -> None:
        """Watch a number again, and get to know it anew."""
        self._muted.pop(number, None)
        self.expectations.numbers.pop(number, None)
        self._drop(number)

    def wake(self, evening: int, hours: int) -> None:
        """Watch calls again that come `hours` or more after `evening`: they answer as they did before it.

        The hours between stay as they are known to be; nobody is told of them
        again the next day.
        """
        for later in range(hours, HALF_DAY_HOURS):
            self._ailing.discard((evening + later) % 24)

    def _age(self, at: float) -> None:
        """Forget some of what was recent; after a pause the day has gone on, and most of it."""
        paused = at - self._aged_at > PAUSE_SECONDS
        self._aged_at = at
        self.expectations.age(PAUSE_FADE if paused else AGE_FADE)
        if paused:
            for stream in self._streams.values():
                if stream.scope is not Scope.NUMBER:
                    stream.test.clear()
                    stream.members.clear()

    def _alarms(self, stream: Stream, factor: NumberFactor) -> bool:
        test = stream.test
        watched = max(1, len(self.expectations.numbers))
        if test.sum <= NUMBER_THRESHOLD + log(watched):
            return False
        if stream.name in self._on_trial:
            return True
        if test.answered > NUMBER_SHARE * test.expected * factor.value(test.answered, test.expected):
            return False
        chance = chance_of_so_few(factor.answered, factor.expected, test.answered, test.expected)
        return sure_enough(chance, factor.expected, watched)

    def _drop(self, number: E164) -> None:
        self._own.pop(number, None)
        self._streams.pop((Scope.NUMBER, number), None)

    def _own_stream(self, number: E164) -> Stream:
        stream = self._own[number] = self._stream(Scope.NUMBER, number)
        return stream

    def _holds(self, group: Group) -> bool:
        for test in group.tests:
            if test.sum > SUSPICION and self._held < HOLD:
                self._held += 1
                return True
        self._held = 0
        return False

    def _group_of(self, heard: Heard) -> Group:
        hour = heard.local_hour
        streams = [
            self._stream(Scope.CONNECTION, heard.connection),
            self._stream(Scope.EVERYWHERE, None),
        ]
        if heard.region is not None:
            streams.append(self._stream(Scope.COUNTRY, heard.region))
        if hour is not None:
            # A drop that begins in an hour goes on in the next.
            streams.append(self._stream(Scope.HOUR, hour))
            streams.append(self._stream(Scope.HOUR, (hour - 1) % 24))
        group = Group(heard.at, heard.region, hour, tuple(streams))
        self._groups[heard.connection, heard.region, hour] = group
        return group

    def _stream(self, scope: Scope, name: str | int | None) -> Stream:
        stream = self._streams.get((scope, name))
        if stream is None:
            stream = self._streams[scope, name] = Stream(scope, name)
        return stream

    def _explain(self, at: float) -> Decline | None:
        serial = self.expectations.serial
        if serial < self._again_from:
            return None
        suspects = sorted(self._streams.values(), key=_score, reverse=True)
        best = suspects[0]
        if not self._surely(best, at):
            return None
        self._waited += 1
        if best.scope is Scope.NUMBER and self._waited < HINT_PATIENCE and self._is_hinted(str(best.name)):
            return None
        clarity = 2 * CLARITY if best.scope is Scope.COUNTRY else CLARITY
        near = [
            one
            for one in suspects[1:]
            if one.scope is not best.scope and _score(best) - _score(one) < clarity
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
        test = best.test
        expected = test.expected
        if best.scope is Scope.NUMBER:
            expected *= self.expectations.number(E164(str(best.name))).value(0, 0.0)
        found = Decline(
            best.scope,
            best.name,
            test.since,
            test.calls,
            test.answered,
            round(expected, 1),
            round(test.sum, 2),
        )
        if best.scope is not Scope.NUMBER:
            self._tests_from = serial + RELEARN
        if best.scope is Scope.HOUR and isinstance(best.name, int):
            self._ailing.update((best.name + later) % 24 for later in range(HALF_DAY_HOURS))
        if best.scope is Scope.CONNECTION:
            for member in best.members:
                self.expectations.numbers.pop(member, None)
        for stream in self._streams.values():
            stream.test.clear()
            stream.members.clear()
        return found

    def _is_hinted(self, name: str) -> bool:
        """Tell whether other numbers of a group seem to drop with this one."""
        number = E164(name)
        if number in self._on_trial:
            return False
        for stream in self._streams.values():
            own = stream.members.get(number)
            if own is not None and stream.test.sum - max(own, *stream.members.values()) > HINT:
                return True
        return False

    def _surely(self, best: Stream, at: float) -> bool:
        """Tell whether the best explanation is one that may be said."""
        if best.scope is Scope.NUMBER:
            return self._alarms(best, self.expectations.number(E164(str(best.name))))
        test = best.test
        sudden = at - test.since <= SLOW_SECONDS and test.answered <= GROUP_SHARE * test.expected
        return sudden and _score(best) > NUMBER_THRESHOLD + log(max(1, len(self.expectations.numbers)))

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
            is_it = self._is_of_the_hour(hour, at, countries)
            if is_it is None:
                return None
            if is_it:
                return hour
        return others[0] if others else suspects[0]

    def _is_of_the_hour(self, hour: Stream, at: float, declining: list[str | int | None]) -> bool | None:
        expected = answered = 0.0
        began = at
        elsewhere = False
        for group in self._groups.values():
            if group.region in declining or not declining:
                if group.hour == hour.name:
                    began = min(began, group.began)
                continue
            elsewhere = elsewhere or at - group.last < NEXT_COUNTRY_SECONDS
            if group.hour == hour.name:
                expected += group.expected
                answered += group.answered
        if expected >= KNOWN_HOUR:
            return answered < 0.6 * expected
        since = hour.test.since
        seconds_a_call = (at - since) / max(1, hour.test.calls)
        if abs(since - began) > HOUR_STARTS_CALLS * seconds_a_call:
            return False
        if elsewhere and at - since < NEXT_COUNTRY_SECONDS:
            return None
        return True


def is_from(evening: int, hour: int | None) -> bool:
    """Tell whether an hour is one of the half day that begins with `evening`."""
    return hour is not None and (hour - evening) % 24 < HALF_DAY_HOURS


def _is_all(stream: Stream, whole: Stream) -> bool:
    """Tell whether a connection's or a country's calls are all calls, so that it explains no more."""
    return (
        stream.scope in (Scope.CONNECTION, Scope.COUNTRY) and stream.test.calls > ALL_SHARE * whole.test.calls
    )


def _score(stream: Stream) -> float:
    """Give the evidence for a stream's being the cause; little where one number alone makes it up."""
    total = stream.test.sum
    if stream.scope is Scope.NUMBER or not stream.members:
        return total
    others = total - max(stream.members.values())
    return total if others > SHARED else min(total, others)
