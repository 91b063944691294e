"""Decide what becomes of a simulated call, if nobody interferes."""

from __future__ import annotations

import math

import msgspec

from runtime.calls import Outcome
from runtime.carriers.distributions import Draws, ring_time, talk_time
from runtime.carriers.options import Habits

REJECTED_RING = 0.3
"""How long a rejected call rings, in ring times: a hand goes to the phone and declines."""

VOICEMAIL_TALK = 1 / 6
"""How long a voicemail is listened to, in talk times."""


# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ANSWERED, _VOICEMAIL, _BUSY, _REJECTED = (
    Outcome.ANSWERED,
    Outcome.VOICEMAIL,
    Outcome.BUSY,
    Outcome.REJECTED,
)


class Fate(msgspec.Struct, frozen=True, gc=False):
    """How a call goes by itself; seconds, each from the end of what is before.

    A call with `ring_seconds` None never rings and ends `quiet_seconds`
    after setup. Infinite `ring_seconds` ring until somebody hangs up.
    """

    outcome: Outcome
    quiet_seconds: float = 0.0
    ring_seconds: float | None = None
    talk_seconds: float = 0.0
    disposition: str | None = None
    cause: str | None = None


_FAULT = Fate(Outcome.FAILED, cause="carrier_fault")
_BLOCKED = Fate(Outcome.REJECTED, cause="608")
_UNALLOCATED = Fate(Outcome.FAILED, cause="404")
_NO_ANSWER = Fate(Outcome.NO_ANSWER, ring_seconds=math.inf)


def decide_fate(habits: Habits, draws: Draws) -> Fate:
    """Decide a call's fate from eight uniform draws.

    The first draw picks the outcome: answered from below, the others from
    above, no answer between. So when only the answer rate falls, the calls
    still answered are a subset of those before and no other outcome moves.
    """
    u = draws[0]
    if u < habits.answer_rate:
        return Fate(
            _ANSWERED,
            0.0,
            ring_time(habits.ring_seconds, draws[1], draws[2], draws[3], draws[4]),
            talk_time(habits.talk_seconds, draws[5]),
            "callback" if draws[6] < habits.callback_rate else None,
        )
    edge = 1.0 - habits.failure_rate
    if u >= edge:
        return _FAULT
    edge -= habits.reject_rate
    if u >= edge:
        ring = ring_time(habits.ring_seconds, draws[1], draws[2], draws[3], draws[4])
        return Fate(_REJECTED, 0.0, REJECTED_RING * ring)
    edge -= habits.busy_rate
    if u >= edge:
        return Fate(_BUSY, 1.0 + draws[7])
    edge -= habits.blocked_rate
    if u >= edge:
        return _BLOCKED
    edge -= habits.unallocated_rate
    if u >= edge:
        return _UNALLOCATED
    edge -= habits.voicemail_rate
    if u >= edge:
        ring = ring_time(habits.ring_seconds, draws[1], draws[2], draws[3], draws[4])
        return Fate(_VOICEMAIL, 0.0, ring, VOICEMAIL_TALK * talk_time(habits.talk_seconds, draws[5]))
    return _NO_ANSWER
