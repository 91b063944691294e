"""Tell whose calls are answered less than they were: a number's, or many numbers'.

Every counted call is its number's, and part of several streams: its
connection's, country's, local hour's and all calls'. Each is tested for a drop
against what its calls were expected to have, a number's call by call, what it
has in common with others batch by batch; when one alarms, what explains the
drop best is the cause.
"""

from __future__ import annotations

from math import exp

import msgspec

from actors.doctor.accusation import SLOW_SECONDS, is_number_accused
from actors.doctor.caller import Caller
from actors.doctor.changepoint import GROUP_THRESHOLD, LOOK_CLOSER, MOST, RATIO, for_so_many
from actors.doctor.expectation import WARM_CAMPAIGN, Expectations, Turn
from actors.doctor.explanation import Explanation
from actors.doctor.groups import Groups
from actors.doctor.heard import Heard
from actors.doctor.places import Tally
from actors.doctor.streams import Scope
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

RELEARN = 600
"""Calls of the campaign after a common decline in which what is now becomes what is expected."""

LEAST_BATCH, MOST_BATCH, BATCH_A_NUMBER = 10, 200, 3
"""Calls that are told of to their streams together: three a number."""


class DeclineDetector:
    """One campaign's numbers and streams; constant memory a number, connection, country and hour."""

    def __init__(self) -> None:
        self.expectations = Expectations()
        self.callers: dict[E164, Caller] = {}
        groups = self._groups = Groups(self.expectations, self.callers)
        self.places = groups.places
        self.tally = groups.tally
        """Find where a country's calls at a local hour are counted."""
        self._explanation = Explanation(self.expectations, self.callers, groups.streams, groups.places)
        self._muted: dict[E164, None] = {}
        self._ages_at = 0.0
        self._aged_at = 0.0
        self._tests_from = WARM_CAMPAIGN
        self._heard = 0
        self._batch = LEAST_BATCH
        self._alarming = exp(LOOK_CLOSER + for_so_many(0))
        self._busy: list[Caller] = []
        self._tallied: list[Tally] = []
        """Whose calls the streams have not been told of."""

    def hear(self, heard: Heard) -> Decline | None:
        """Take in a call's end; say so when answers have become fewer."""
        if heard.answered is None:
            return None
        turn = Turn.OWN_NUMBER if heard.sticky else Turn.FIRST if heard.fresh else Turn.LATER
        caller = self.caller(heard.number, heard.connection)
        tally = self.tally(heard.at, heard.region, heard.local_hour, turn)
        return self.count(caller, tally, heard.at, heard.answered)

    def caller(self, number: E164, connection: str) -> Caller:
        """Find a number, which calls on a connection."""
        caller = self.callers.get(number)
        if caller is None:
            caller = self.callers[number] = Caller(number, self._groups.course)
            caller.muted = number in self._muted
        if caller.connection is None or caller.connection.name != connection:
            caller.connection = self._groups.stream(Scope.CONNECTION, connection)
            self._groups.look_at(caller)
        return caller

    def count(self, caller: Caller, tally: Tally, at: float, answered: bool) -> Decline | None:
        """Take in a call's end; say so when answers have become fewer.

        Every ended call passes here: what can wait for the end of its batch does.
        """
        context = tally.context
        rate = context.rate
        if caller.apart or tally.apart:
            if caller.warming and not tally.apart:
                context.heard += 1
                caller.calls += 1
                caller.expected += rate
                if answered:
                    context.heard_answered += 1
                    caller.answered += 1
                if caller.calls >= caller.warm_at:
                    self._warmed(caller, at)
                return self._apart(tally, at)
            if not self._groups.is_tested(caller, tally, answered):
                return self._apart(tally, at)
        self._heard += 1
        expected = rate * caller.level
        if expected > MOST:
            expected = MOST
        if not tally.calls:
            self._begin(tally, at)
        if caller.evidence == 1.0:
            self._busy.append(caller)
        tally.calls += 1
        tally.expected += expected
        caller.calls += 1
        caller.expected += rate
        if answered:
            step = RATIO
            tally.answered += 1
            caller.answered += 1
        else:
            step = (1.0 - RATIO * expected) / (1.0 - expected)
        tally.evidence *= step
        caller.evidence *= step
        before = caller.odds
        odds = before * step
        if odds > 1.0:
            if before == 1.0:
                caller.begin(at, answered, rate, tally.place.course)
            caller.odds = odds
            if odds > self._alarming:
                return self._suspect(caller, at)
        elif before != 1.0:
            caller.odds = 1.0
        return self._work(at) if self._heard >= self._batch else None

    def mute(self, number: E164) -> None:
        """Watch a number no longer: it is known to be down, or not dialed."""
        self._muted[number] = None
        caller = self.callers.get(number)
        if caller is not None:
            caller.clear(caller.since)
            caller.muted = caller.apart = True

    def on_trial(self, number: E164) -> None:
        """Watch a number again by what it was once; it is half accused already."""
        self._muted.pop(number, None)
        caller = self.callers.get(number)
        if caller is not None:
            caller.put_on_trial(caller.since, TRIAL_START)
            self._groups.look_at(caller)

    def forget(self, number: E164) -> None:
        """Watch a number again, and get to know it anew."""
        self._muted.pop(number, None)
        self.callers.pop(number, None)

    def wake(self, evening: int, hours: int) -> None:
        """Watch calls again that come `hours` or more after `evening`: they answer as they did before it.

        The hours between stay as they are known to be; nobody is told of them
        again the next day.
        """
        self._groups.wake(evening, hours)

    def _apart(self, tally: Tally, at: float) -> Decline | None:
        """Take in that a call has ended which is not tested."""
        tally.place.ended += 1
        self._heard += 1
        return self._work(at) if self._heard >= self._batch else None

    def _warmed(self, caller: Caller, at: float) -> None:
        """Begin to test a number that is known well enough now."""
        caller.warmed(at)
        self._groups.look_at(caller)

    def _begin(self, tally: Tally, at: float) -> None:
        """Begin to count for one more batch."""
        tally.began = at
        self._tallied.append(tally)
        if at > self._ages_at:
            self._age(at)

    def _age(self, at: float) -> None:
        """Forget some of what was recent; after a pause the day has gone on, and most of it."""
        paused = at - self._aged_at > PAUSE_SECONDS
        self._aged_at = at
        self._ages_at = at + AGE_SECONDS
        self.expectations.age(PAUSE_FADE if paused else AGE_FADE)
        if paused:
            self._groups.clear()

    def _suspect(self, caller: Caller, at: float) -> Decline | None:
        """Look at a number that is answered less, beside all that it has in common with others."""
        watched = len(self.callers)
        if not is_number_accused(caller, watched, others_share=1.0):
            return self._work(at) if self._heard >= self._batch else None
        found = self._work(at)
        if found is not None or self.expectations.serial < self._tests_from:
            return found
        return self._conclude(at) if is_number_accused(caller, watched) else None

    def _work(self, at: float) -> Decline | None:
        """Tell the streams of a batch of calls; say so where one of them is answered less."""
        tests = self.expectations.serial >= self._tests_from
        streams = self._groups.tell(at, self._busy, self._tallied) if tests else ()
        whole = self._groups.course
        for tally in self._tallied:
            tally.place.ended += tally.calls
            for course in (whole, tally.place.course):
                course.answered += tally.answered
                course.expected += tally.expected
            tally.context.heard += tally.calls - tally.held
            tally.context.heard_answered += tally.answered - tally.held_answered
            tally.clear()
        self._tallied.clear()
        self.expectations.learn(self._heard)
        for caller in self._busy:
            caller.learn()
        self._busy.clear()
        self._heard = 0
        watched = len(self.callers)
        self._batch = min(MOST_BATCH, max(LEAST_BATCH, BATCH_A_NUMBER * watched))
        self._alarming = exp(LOOK_CLOSER + for_so_many(watched))
        alarm = False
        for stream in streams:
            if stream.sum > GROUP_THRESHOLD and len(stream.members) > 1:
                if at - stream.since > SLOW_SECONDS:
                    stream.clear()
                else:
                    alarm = True
        return self._conclude(at) if alarm else None

    def _conclude(self, at: float) -> Decline | None:
        """Say what was found, and get to know anew what has changed."""
        cause = self._explanation.find(at)
        if cause is None:
            return None
        found = Decline(
            cause.scope,
            cause.name,
            cause.since,
            cause.calls,
            cause.answered,
            round(cause.expected, 1),
            round(cause.sum, 2),
        )
        if cause.scope is not Scope.NUMBER:
            self._tests_from = self.expectations.serial + RELEARN
        if cause.scope is Scope.HOUR and isinstance(cause.name, int):
            self._groups.sleep(cause.name)
        if cause.scope is Scope.CONNECTION:
            for caller in self.callers.values():
                if caller.connection is cause.of:
                    caller.forget()
        for caller in self.callers.values():
            caller.clear(at)
        self._groups.clear()
        return found
