"""Tell whether what speaks for a drop is enough to say so."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from actors.doctor.caller import Caller
from actors.doctor.changepoint import NUMBER_THRESHOLD, chance_of_so_few, sure_enough
from actors.doctor.streams import Stream
from runtime.calls import E164

SLOW_SECONDS = 6 * 3600.0
"""A group's drop that takes longer to show is the day's swing, or a drift."""

GROUP_SHARE = 0.45
"""A group that is still answered more than so, of what was expected, is going with the day."""

NUMBER_SHARE = 0.45
"""The same for a number: what is left of a lucky start is more than so."""

SHARED = 4.0
"""The evidence that a group's other numbers must give besides the one that gives the most."""


def is_number_accused(caller: Caller, watched: int) -> bool:
    """Tell whether a number is answered less than it was, beyond what luck does among `watched`."""
    if caller.sum <= NUMBER_THRESHOLD + log(watched):
        return False
    if caller.on_trial:
        return True
    factor = caller.factor
    _, answered, expected = caller.suspected
    expected *= caller.others_share
    if answered > NUMBER_SHARE * expected * factor.value(answered, expected):
        return False
    chance = chance_of_so_few(factor.answered, factor.expected, answered, expected)
    return sure_enough(chance, factor.expected, watched)


def is_group_accused(stream: Stream, evidence: float, at: float, watched: int) -> bool:
    """Tell whether calls that have something in common are answered less, and suddenly so."""
    sudden = at - stream.since <= SLOW_SECONDS and stream.answered <= GROUP_SHARE * stream.expected
    return sudden and evidence > NUMBER_THRESHOLD + log(watched)


def score(stream: Stream, callers: Mapping[E164, Caller]) -> float:
    """Give the evidence for a stream's being the cause; little where one number alone makes it up."""
    sums = [callers[number].sum for number in stream.members if number in callers]
    others = stream.sum - max(sums, default=0.0)
    return stream.sum if len(sums) > 1 and others > SHARED else min(stream.sum, others)
