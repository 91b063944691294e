"""How often a call is expected to be answered, by whom it calls and from where.

A call's expectation is the recent answer rate of calls like it (its country,
first or later attempt, sticky or not) times its number's factor: how much
more or less than such calls that number has been answered so far. So a
number that was always worse, a country that answers less, the hours of a day
and a campaign that has come to its retries surprise nobody.
"""

from __future__ import annotations

from math import sqrt

from runtime.calls import E164

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

LEAST, MOST = 0.01, 0.95


class Context:
    """Calls of one kind: recent answers, and how they relate to all calls' rate."""

    __slots__ = ("answered", "counted", "related_answered", "related_expected", "serial")

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.answered = 0.0
        self.counted = 0.0
        self.related_answered = RELATION_PRIOR
        self.related_expected = RELATION_PRIOR


class NumberFactor:
    """How a number is answered against what was expected of such calls."""

    __slots__ = ("answered", "calls", "expected")

    def __init__(self) -> None:
        self.calls = 0
        self.answered = 0.0
        self.expected = 0.0

    @property
    def warm(self) -> bool:
        """Tell whether enough is known to judge it by."""
        return self.calls >= WARM_CALLS

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
    """The rates of a campaign's kinds of call, and its numbers' factors."""

    __slots__ = ("_contexts", "answered", "counted", "numbers", "serial")

    def __init__(self) -> None:
        self.serial = 0
        self.answered = 0.0
        self.counted = 0.0
        self.numbers: dict[E164, NumberFactor] = {}
        self._contexts: dict[tuple[str | None, bool, bool], Context] = {}

    @property
    def watched(self) -> int:
        """Count the numbers among which one may be unlucky."""
        return max(1, len(self.numbers))

    def number(self, number: E164) -> NumberFactor:
        """Find a number's factor."""
        factor = self.numbers.get(number)
        if factor is None:
            factor = self.numbers[number] = NumberFactor()
        return factor

    def age(self, share: float) -> None:
        """Let what was recent count for less: time has passed. How things relate stays."""
        self.answered *= share
        self.counted *= share
        for context in self._contexts.values():
            context.answered *= share
            context.counted *= share

    def take(self, region: str | None, fresh: bool, sticky: bool, answered: bool, held: bool) -> float:
        """Give the answer rate that a call like this had so far, then count the call.

        While `held` nothing is learnt: what is suspected to have changed must
        not become what is expected.
        """
        serial = self.serial = self.serial + 1
        all_answered, all_counted = self.answered, self.counted
        overall = (all_answered + 1.0) / (all_counted + 5.0)
        key = (region, fresh, sticky)
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = Context(serial)
        fade = RECENT_FADE ** (serial - context.serial)
        recent, counted = context.answered * fade, context.counted * fade
        related, expected = context.related_answered, context.related_expected
        rate = (recent + CONTEXT_PRIOR * overall * related / expected) / (counted + CONTEXT_PRIOR)
        if held:
            return rate
        one = 1.0 if answered else 0.0
        context.serial = serial
        context.counted = counted + 1.0
        context.answered = recent + one
        context.related_expected = expected * RELATION_FADE + overall
        context.related_answered = related * RELATION_FADE + one
        self.counted = all_counted * RECENT_FADE + 1.0
        self.answered = all_answered * RECENT_FADE + one
        return rate
