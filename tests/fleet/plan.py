"""What goes wrong in a round, and when: drawn from a seed."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import NamedTuple


class Trouble(str, Enum):
    """One thing that happens to a fleet."""

    KILL = "kill"
    """A daemon is killed, and started again after `seconds`."""
    STOP = "stop"
    """A daemon is stopped by SIGSTOP for longer than a lease."""
    REDIS_RESTARTED = "redis_restarted"
    """Redis is killed, and started again after `seconds`; it had appended everything."""
    REDIS_EMPTIED = "redis_emptied"
    """Redis is killed and comes back without its data."""
    REDIS_OLDER = "redis_older"
    """Redis is killed and comes back with data that are `seconds` old."""
    REDIS_PROMOTED = "redis_promoted"
    """A replica is cut off, and promoted `seconds` later: what was written since is lost."""
    CLOCK = "clock"
    """Redis' wall clock steps by some hours, and back."""
    REDIS_PAUSED = "redis_paused"
    """Redis is stopped by SIGSTOP for `seconds`."""
    BLACKHOLE = "blackhole"
    RESET = "reset"
    NO_REPLIES = "no_replies"
    NO_REQUESTS = "no_requests"
    SLOW = "slow"
    CUT_BEFORE_REPLY = "cut_before_reply"
    """The way between one daemon and Redis, for `seconds`."""


OF_REDIS = [
    Trouble.REDIS_RESTARTED,
    Trouble.REDIS_OLDER,
    Trouble.REDIS_PROMOTED,
    Trouble.REDIS_EMPTIED,
    Trouble.CLOCK,
    Trouble.REDIS_PAUSED,
]
LOSING = frozenset({Trouble.REDIS_OLDER, Trouble.REDIS_PROMOTED, Trouble.REDIS_EMPTIED})
"""These lose writes that Redis had acknowledged."""

SETTLED_LEASES = 4.0
SAID_AGAIN_LEASES = 3.0

OF_DAEMONS = [Trouble.KILL, Trouble.STOP]
OF_THE_WAY = [
    Trouble.BLACKHOLE,
    Trouble.RESET,
    Trouble.NO_REPLIES,
    Trouble.NO_REQUESTS,
    Trouble.SLOW,
    Trouble.CUT_BEFORE_REPLY,
]


class Happening(NamedTuple):
    """At `at` seconds something happens to a daemon (or to Redis), for so many seconds."""

    at: float
    trouble: Trouble
    daemon: int
    seconds: float


def draw_plan(
    random: Random, seconds: float, daemons: int, lease: float, *, losing: bool = True, apart: bool = False
) -> list[Happening]:
    """Draw what happens within so many seconds.

    As in the simulation each round leaves a random part of the kinds out.
    Redis is hit by one thing at a time, a daemon by one of its own. Unless
    `losing`, Redis loses nothing that it has acknowledged; where that is kept
    `apart`, nothing happens to daemons about the time of a loss.
    """
    of_redis = [kind for kind in OF_REDIS if losing or kind not in LOSING]
    kinds = [kind for kind in (*OF_DAEMONS, *OF_THE_WAY) if random.random() < 0.7] or [Trouble.KILL]
    redis_kinds = [kind for kind in of_redis if random.random() < 0.6] or of_redis
    plan: list[Happening] = []
    at = random.uniform(3.0, 6.0)
    while at < seconds:
        lasts = random.uniform(0.3, 1.5) * lease
        plan.append(Happening(at, random.choice(redis_kinds), 0, lasts))
        at += lasts + random.uniform(2.0, 4.0) * lease
    for daemon in range(daemons):
        at = random.uniform(2.0, seconds / 2)
        while at < seconds:
            kind = random.choice(kinds)
            lasts = random.uniform(1.2, 3.0) if kind is Trouble.STOP else random.uniform(0.2, 2.0)
            plan.append(Happening(at, kind, daemon, lasts * lease))
            at += lasts * lease + random.uniform(2.0, 8.0) * lease
    if apart:
        both = {happening for pair in at_once(plan, lease) for happening in pair}
        plan = [one for one in plan if one not in both or one.trouble in LOSING]
    return sorted(plan)


def at_once(plan: list[Happening], lease: float) -> list[tuple[Happening, Happening]]:
    """List each loss of Redis' with what happened to a daemon about that time.

    A daemon's contacts are with others, or with it again, some leases after
    it was in trouble; what Redis has lost is said again when all are back.
    """
    losses = [one for one in plan if one.trouble in LOSING]
    others = [one for one in plan if one.trouble not in OF_REDIS]
    return [
        (loss, other)
        for loss in losses
        for other in others
        if other.at < loss.at + loss.seconds + SAID_AGAIN_LEASES * lease
        and loss.at < other.at + other.seconds + SETTLED_LEASES * lease
    ]
