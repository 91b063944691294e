"""Tell whether what speaks for a drop is enough to say so."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from actors.doctor.caller import Caller
from actors.doctor.changepoint import NUMBER_THRESHOLD, for_so_many
from actors.doctor.streams import Stream
from runtime.calls import E164

SLOW_SECONDS = 6 * 3600.0
"""A group's drop that takes longer to show is the day's swing, or a drift."""

GROUP_SHARE = 0.4
"""A group that is still answered more than so, of what was expected, is going with the day."""

GROUP_SCORE = 7.0
"""The evidence that a group must give; the logarithm of how many numbers are watched is added."""

TRIAL_THRESHOLD = 7.0
"""The same of a number on trial."""

SHARED = 4.0
"""The evidence that a group's other numbers must give besides the one that gives the most."""


def is_number_accused(caller: Caller, watched: int, others_share: float | None = None) -> bool:
    """Tell whether a number is answered less than it was, beyond what luck does among `watched`.

    Less, that is, by more than others' calls are, of which `others_share` is
    answered; asked of them if not given.
    """
    if caller.on_trial:
        return caller.sum > TRIAL_THRESHOLD + log(watched)
    share = caller.others_share if others_share is None else others_share
    evidence = caller.evidence_of_drop(share)
    return evidence > NUMBER_THRESHOLD + for_so_many(watched)


def is_group_accused(stream: Stream, evidence: float, at: float, watched: int) -> bool:
    """Tell whether calls that have something in common are answered less, and suddenly so."""
    sudden = at - stream.since <= SLOW_SECONDS and stream.answered <= GROUP_SHARE * stream.expected
    return sudden and evidence > GROUP_SCORE + log(watched)


def score(stream: Stream, callers: Mapping[E164, Caller]) -> float:
    """Give the evidence for a stream's being the cause; little where one number alone makes it up."""
    sums = [callers[number].sum for number in stream.members if number in callers]
    others = stream.sum - max(sums, default=0.0)
    return stream.sum if len(sums) > 1 and others > SHARED else min(stream.sum, others)
