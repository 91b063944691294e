"""One number under observation: how it is answered, and whether that has become less.

The test is Page's (see `changepoint`), kept as the likelihood ratio itself
rather than its logarithm, so that a call costs a multiplication. Counts only
grow; what they were when the suspicion began, and when they were last
learnt from, stands beside them.
"""

from __future__ import annotations

from math import exp, log

from actors.doctor.changepoint import evidence_of_drop
from actors.doctor.expectation import NUMBER_PRIOR, WARM_CALLS, Course, NumberFactor
from actors.doctor.provider import Line
from actors.doctor.streams import Stream
from runtime.calls import E164

LEARNT_TOGETHER = 10
"""Calls of a number without a suspicion that its factor learns from together."""

NOWHERE = Line("")
"""The connection of a number that has made no call."""


class Caller:
    """A number's calls: `expected` is the sum of the rates that such calls had, whoever makes them."""

    __slots__ = (
        "_course",
        "_courses",
        "answered",
        "apart",
        "begun",
        "calls",
        "connection",
        "evidence",
        "expected",
        "factor",
        "learnt",
        "level",
        "line",
        "muted",
        "number",
        "odds",
        "on_trial",
        "since",
        "told",
        "warm_at",
        "warming",
    )

    def __init__(self, number: E164, course: Course) -> None:
        self.number = number
        self._course = course
        self._courses = [(course, 0, 0.0)]
        """How all calls, and those of a country, had done when the suspicion began."""
        self.connection: Stream | None = None
        self.line = NOWHERE
        self.calls = 0
        self.answered = 0
        self.expected = 0.0
        self.begun = self.learnt = self.told = (0, 0, 0.0)
        """Calls, answers and what was expected when the suspicion began, if there is one; as far as its
        factor has learnt; and as far as the streams that it is part of were told."""
        self.odds = 1.0
        """The likelihood ratio of fewer answers since the suspicion began; 1 where there is none."""
        self.evidence = 1.0
        """The same of the calls that its connection has not been told of."""
        self.since = 0.0
        self.factor = NumberFactor()
        self.level = 1.0
        """How much of a rate is expected of this number."""
        self.muted = False
        """Whether it is known to be down, or not dialed."""
        self.warming = True
        self.warm_at = WARM_CALLS
        """How many calls it has made when it is known well enough to be watched."""
        self.apart = True
        """Whether its calls need a closer look: it is muted, warming, or on a connection under suspicion."""
        self.on_trial = False

    @property
    def sum(self) -> float:
        """Give the log-likelihood ratio of fewer answers."""
        return log(self.odds)

    @property
    def suspected(self) -> tuple[int, int, float]:
        """Give calls, answers and the sum of rates since the suspicion began."""
        calls, answered, expected = self.begun
        return self.calls - calls, self.answered - answered, self.expected - expected

    @property
    def others_share(self) -> float:
        """Give how much of what was expected others' calls were answered since, at most 1.

        Others' to anybody, or to the country that it called when the
        suspicion began, whichever is less: what the day does to all calls,
        or to a country's, is not this number's.
        """
        _, answered, expected = self.suspected
        return min(
            course.share_since(begun_answered, begun_expected, answered, expected * self.level)
            for course, begun_answered, begun_expected in self._courses
        )

    @property
    def others_on_connection(self) -> tuple[int, float]:
        """Give the answers, and what was expected, of its connection's other calls since."""
        if len(self._courses) < 3:
            return 0, 0.0
        course, begun_answered, begun_expected = self._courses[2]
        _, answered, expected = self.suspected
        others = course.expected - begun_expected - expected * self.level
        return max(0, course.answered - begun_answered - answered), max(0.0, others)

    def evidence_of_drop(self, others_share: float) -> float:
        """Give what speaks for a drop since the suspicion began, while others' calls were answered so."""
        calls, answered, expected = self.suspected
        if not calls:
            return 0.0
        factor = self.factor
        return evidence_of_drop(
            factor.answered + NUMBER_PRIOR,
            factor.expected + NUMBER_PRIOR,
            answered,
            calls,
            expected * others_share,
        )

    def clear(self, at: float) -> None:
        """Suspect nothing: what was under suspicion teaches nothing either."""
        self.odds = self.evidence = 1.0
        self.begun = self.learnt = self.told = self.calls, self.answered, self.expected
        self._courses = [(self._course, self._course.answered, self._course.expected)]
        self.since = at

    def put_on_trial(self, at: float, evidence: float) -> None:
        """Watch it again by what it was once, accused by so much already."""
        self.clear(at)
        self.muted = False
        self.on_trial = True
        self.odds = exp(evidence)

    def forget(self) -> None:
        """Get to know it anew."""
        self.factor = NumberFactor()
        self.warming = self.apart = True
        self.warm_at = self.calls + WARM_CALLS
        self.level = 1.0

    def warmed(self, at: float) -> None:
        """Take in the calls by which it has become known."""
        calls, answered, expected = self.learnt
        self.factor.add(self.calls - calls, self.answered - answered, self.expected - expected)
        self.warming = False
        self.clear(at)
        self.level = self.factor.value(0, 0.0)

    def begin(self, at: float, answered: bool, rate: float, country: Course) -> None:
        """Begin to suspect it, with a call to a country that has been counted just now."""
        self.begun = self.calls - 1, self.answered - answered, self.expected - rate
        self._courses = [(one, one.answered, one.expected) for one in self._with(country)]
        self.since = at

    def _with(self, country: Course) -> tuple[Course, ...]:
        if self.connection is None:
            return self._course, country
        return self._course, country, self.connection.course

    def learn(self) -> None:
        """Let its factor learn from the calls that nothing is suspected of; its streams have been told."""
        now = self.told = self.calls, self.answered, self.expected
        self.evidence = 1.0
        learnt, quiet = self.learnt, self.odds == 1.0
        if quiet and now[0] - learnt[0] < LEARNT_TOGETHER:
            return
        begun = now if quiet else self.begun
        if begun is not learnt:
            self.factor.add(begun[0] - learnt[0], begun[1] - learnt[1], begun[2] - learnt[2])
            self.learnt = begun
        self.level = self.factor.value(now[1] - begun[1], now[2] - begun[2])
