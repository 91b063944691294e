"""How often a call is expected to be answered, by whom it calls and from where.

A call's expectation is the recent answer rate of calls like it (its country,
first or later attempt, sticky or not) times its number's factor: how much
more or less than such calls that number has been answered so far. So a
number that was always worse, a country that answers less, the hours of a day
and a campaign that has come to its retries surprise nobody.
"""

from __future__ import annotations

from enum import Enum
from math import sqrt

RECENT_FADE = 2.0 ** (-1.0 / 300.0)
"""What was recent halves in 300 of the campaign's calls: it follows the hours of a day."""

RELATION_FADE = 2.0 ** (-1.0 / 1000.0)
"""How kinds of call differ from each other is remembered for longer: 1,000 calls of the kind."""

NUMBER_FADE = 2.0 ** (-1.0 / 1000.0)
"""A number's factor is slower: what it was, not what it has become."""

CONTEXT_PRIOR = 20.0
RELATION_PRIOR = 5.0
NUMBER_PRIOR = 10.0
CAUTION = 0.3
"""Standard errors that a number's factor is taken lower, for what is not known of it yet."""

PENDING = 0.1
"""How much calls under suspicion count in what is expected of their number."""

WARM_CALLS = 60
"""Counted calls before a number is watched at all."""

WARM_CAMPAIGN = 200
"""Counted calls of a campaign before anything is."""


class Turn(Enum):
    """Which of its contact's calls a call is, as far as that tells how it is answered."""

    FIRST = "first"
    LATER = "later"
    OWN_NUMBER = "own number"


class Context:
    """Calls to one country at one turn: recent answers, and how they relate to all calls' rate."""

    __slots__ = (
        "answered",
        "counted",
        "heard",
        "heard_answered",
        "rate",
        "related_answered",
        "related_expected",
    )

    def __init__(self, rate: float) -> None:
        self.rate = rate
        """The share that is expected to be answered, now."""
        self.heard = 0
        self.heard_answered = 0
        """What was heard since it was last worked out."""
        self.answered = 0.0
        self.counted = 0.0
        self.related_answered = RELATION_PRIOR
        self.related_expected = RELATION_PRIOR

    def learn(self, overall: float, fade: float) -> None:
        """Take in what was heard, while all calls were answered `overall`; what was before fades."""
        heard = self.heard
        self.answered = self.answered * fade + self.heard_answered
        self.counted = self.counted * fade + heard
        if heard:
            forget = RELATION_FADE**heard
            self.related_expected = self.related_expected * forget + overall * heard
            self.related_answered = self.related_answered * forget + self.heard_answered
            self.heard = self.heard_answered = 0

    def expect(self, overall: float) -> None:
        """Work out the rate, while all calls are answered `overall`."""
        prior = CONTEXT_PRIOR * overall * self.related_answered / self.related_expected
        self.rate = (self.answered + prior) / (self.counted + CONTEXT_PRIOR)


OTHERS_PRIOR = 20.0
"""Answers as expected that others' calls are believed to have had besides."""


class Course:
    """How calls have been answered against what was expected of them; it only grows."""

    __slots__ = ("answered", "expected")

    def __init__(self) -> None:
        self.answered = 0
        self.expected = 0.0

    def share_since(self, answered: int, expected: float, own_answered: int, own_expected: float) -> float:
        """Give how much of what was expected was answered since it stood so, one number's calls left out.

        At most 1.
        """
        answers = max(0, self.answered - answered - own_answered) + OTHERS_PRIOR
        return min(1.0, answers / (max(0.0, self.expected - expected - own_expected) + OTHERS_PRIOR))


class NumberFactor:
    """How a number is answered against what was expected of such calls."""

    __slots__ = ("answered", "calls", "expected")

    def __init__(self) -> None:
        self.calls = 0
        self.answered = 0.0
        self.expected = 0.0

    def value(self, answered: int, expected: float) -> float:
        """Give the factor while so many answers, of so many expected, are under suspicion."""
        seen = self.answered + NUMBER_PRIOR + PENDING * answered
        return (seen - CAUTION * sqrt(seen)) / (self.expected + NUMBER_PRIOR + PENDING * expected)

    def add(self, calls: int, answered: float, expected: float) -> None:
        """Take in calls that nothing is suspected of; `expected` is the sum of their rates."""
        fade = NUMBER_FADE**calls
        self.calls += calls
        self.answered = self.answered * fade + answered
        self.expected = self.expected * fade + expected


class Expectations:
    """The rates of a campaign's kinds of call."""

    __slots__ = ("_contexts", "answered", "counted", "serial")

    def __init__(self) -> None:
        self.serial = 0
        """How many counted calls were heard."""
        self.answered = 0.0
        self.counted = 0.0
        self._contexts: dict[tuple[str | None, Turn], Context] = {}

    @property
    def overall(self) -> float:
        """Give the share of all calls that was answered of late."""
        return (self.answered + 1.0) / (self.counted + 5.0)

    def context(self, region: str | None, turn: Turn) -> Context:
        """Find what is expected of calls to a country at a turn."""
        context = self._contexts.get((region, turn))
        if context is None:
            context = self._contexts[region, turn] = Context(self.overall)
        return context

    def age(self, share: float) -> None:
        """Let what was recent count for less: time has passed. How things relate stays."""
        self.answered *= share
        self.counted *= share
        for context in self._contexts.values():
            context.answered *= share
            context.counted *= share

    def learn(self, calls: int) -> None:
        """Take in what was heard in so many calls of the campaign, and expect accordingly."""
        self.serial += calls
        overall = self.overall
        fade = RECENT_FADE**calls
        heard = answered = 0
        for context in self._contexts.values():
            heard += context.heard
            answered += context.heard_answered
            context.learn(overall, fade)
        fade = RECENT_FADE**heard
        self.counted = self.counted * fade + heard
        self.answered = self.answered * fade + answered
        overall = self.overall
        for context in self._contexts.values():
            context.expect(overall)
