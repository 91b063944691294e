"""Tell whose calls are answered less than they were: a number's, or many numbers'.

Every counted call is part of several streams: its number's, connection's,
country's, local hour's and all calls'. Each is tested for a drop against what
its calls were expected to have; when one alarms, what explains the drop best
is the cause.
"""

from __future__ import annotations

import msgspec

from actors.doctor.accusation import SLOW_SECONDS, is_number_accused
from actors.doctor.changepoint import GROUP_THRESHOLD, LOG_RATIO, NUMBER_THRESHOLD, DropTest, missed_step
from actors.doctor.evening import half_day
from actors.doctor.expectation import (
    LEAST,
    MOST,
    WARM_CALLS,
    WARM_CAMPAIGN,
    Expectations,
    NumberFactor,
)
from actors.doctor.explanation import Explanation
from actors.doctor.heard import Heard
from actors.doctor.streams import Group, Scope, Stream, Streams
from runtime.calls import E164


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


TRIAL_START = 6.0
"""The sum that a number on trial starts with: some forty calls decide."""

AGE_SECONDS, AGE_FADE = 1800.0, 0.9
"""What was recent fades with time, too, where there are few calls."""

PAUSE_SECONDS, PAUSE_FADE = 3600.0, 0.1
"""When nobody was called for so long the hour of the day is another."""

SUSPICION = 3.0
"""The sum from which on a group's calls teach nothing."""

HOLD = 400
"""Calls of the campaign after which they teach again: a drop that no test confirms is the new normal."""

RELEARN = 600
"""Calls of the campaign after a common decline in which what is now becomes what is expected."""

HOUR_FADE = 0.99
"""How a group's answers of late fade, a call."""


class DeclineDetector:
    """One campaign's streams; constant memory a number, connection, country and hour."""

    def __init__(self) -> None:
        self.expectations = Expectations()
        self._on_trial: set[E164] = set()
        self._streams = Streams()
        self._groups, self._own = self._streams.groups, self._streams.own
        self._explanation = Explanation(self._streams, self.expectations, self._on_trial)
        self._held = 0
        self._ailing: set[int] = set()
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
        group = self._groups.get((heard.connection, region, heard.local_hour))
        group = group or self._streams.group_of(heard)
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
        own = self._own.get(number) or self._streams.begin(number)
        test = own.test
        expected = rate * factor.value(test.answered, test.expected)
        expected = LEAST if expected < LEAST else MOST if expected > MOST else expected
        step = LOG_RATIO if answered else missed_step(expected)
        if test.add(at, step, answered, rate):
            factor.add(test.calls, float(test.answered), test.expected)
            test.clear()
        if expectations.serial < self._tests_from:
            return None
        alarm = test.sum > NUMBER_THRESHOLD and self._is_accused(number, test, factor)
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
                    stream.clear()
                    continue
                alarm = True
        if not alarm:
            return None
        cause = self._explanation.find(at)
        return None if cause is None else self._conclude(cause)

    def mute(self, number: E164) -> None:
        """Watch a number no longer: it is known to be down, or not dialed."""
        self._muted[number] = None
        self._streams.drop(number)

    def on_trial(self, number: E164) -> None:
        """Watch a number again by what it was once; it is half accused already."""
        self._muted.pop(number, None)
        test = self._streams.begin(number).test
        test.clear()
        test.sum = TRIAL_START
        self._on_trial.add(number)

    def forget(self, number: E164) -> None:
        """Watch a number again, and get to know it anew."""
        self._muted.pop(number, None)
        self.expectations.numbers.pop(number, None)
        self._streams.drop(number)

    def wake(self, evening: int, hours: int) -> None:
        """Watch calls again that come `hours` or more after `evening`: they answer as they did before it.

        The hours between stay as they are known to be; nobody is told of them
        again the next day.
        """
        self._ailing.difference_update(half_day(evening, hours))

    def _age(self, at: float) -> None:
        """Forget some of what was recent; after a pause the day has gone on, and most of it."""
        paused = at - self._aged_at > PAUSE_SECONDS
        self._aged_at = at
        self.expectations.age(PAUSE_FADE if paused else AGE_FADE)
        if paused:
            self._streams.clear(numbers=False)

    def _is_accused(self, number: E164, test: DropTest, factor: NumberFactor) -> bool:
        return is_number_accused(test, factor, self.expectations.watched, on_trial=number in self._on_trial)

    def _holds(self, group: Group) -> bool:
        for test in group.tests:
            if test.sum > SUSPICION and self._held < HOLD:
                self._held += 1
                return True
        self._held = 0
        return False

    def _conclude(self, cause: Stream) -> Decline:
        """Say what was found, and get to know anew what has changed."""
        test, scope, name = cause.test, cause.scope, cause.name
        expected = test.expected
        if scope is Scope.NUMBER:
            expected *= self.expectations.number(E164(str(name))).value(0, 0.0)
        else:
            self._tests_from = self.expectations.serial + RELEARN
        found = Decline(
            scope, name, test.since, test.calls, test.answered, round(expected, 1), round(test.sum, 2)
        )
        if scope is Scope.HOUR and isinstance(name, int):
            self._ailing.update(half_day(name))
        if scope is Scope.CONNECTION:
            for member in cause.members:
                self.expectations.numbers.pop(member, None)
        self._streams.clear(numbers=True)
        return found
