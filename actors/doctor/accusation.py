"""Tell whether what speaks for a drop in a stream is enough to say so."""

from __future__ import annotations

from math import log

from actors.doctor.changepoint import NUMBER_THRESHOLD, DropTest, chance_of_so_few, sure_enough
from actors.doctor.expectation import NumberFactor
from actors.doctor.streams import Scope, Stream

SLOW_SECONDS = 6 * 3600.0
"""A group's drop that takes longer to show is the day's swing, or a drift."""

GROUP_SHARE = 0.5
"""A group that is still answered more than so, of what was expected, is going with the day."""

NUMBER_SHARE = 0.45
"""The same for a number: what is left of a lucky start is more than so."""

SHARED = 4.0
"""The evidence that a group's other numbers must give besides the one that gives the most."""


def is_number_accused(test: DropTest, factor: NumberFactor, watched: int, *, on_trial: bool) -> bool:
    """Tell whether a number is answered less than it was, beyond what luck does among `watched`."""
    if test.sum <= NUMBER_THRESHOLD + log(watched):
        return False
    if on_trial:
        return True
    if test.answered > NUMBER_SHARE * test.expected * factor.value(test.answered, test.expected):
        return False
    chance = chance_of_so_few(factor.answered, factor.expected, test.answered, test.expected)
    return sure_enough(chance, factor.expected, watched)


def is_group_accused(stream: Stream, at: float, watched: int) -> bool:
    """Tell whether calls that have something in common are answered less, and suddenly so."""
    test = stream.test
    sudden = at - test.since <= SLOW_SECONDS and test.answered <= GROUP_SHARE * test.expected
    return sudden and score(stream) > NUMBER_THRESHOLD + log(watched)


def score(stream: Stream) -> float:
    """Give the evidence for a stream's being the cause; little where one number alone makes it up."""
    total = stream.test.sum
    if stream.scope is Scope.NUMBER or not stream.members:
        return total
    others = total - max(stream.members.values())
    return total if others > SHARED else min(total, others)
