"""What a daemon says about one resource, and what the ledger answers.

A statement states the whole: what the daemon holds, uses and wants from now
on. It never says "one more" or "two back", so it can be repeated. A daemon's
statements on a resource are numbered; its (incarnation, sequence) is its
*version* there. The ledger heeds a version once; the same again changes
nothing and is answered with what it was given. Durations are milliseconds.
"""

from __future__ import annotations

import msgspec

from runtime.ledger.resource import Resource

SEQUENCES = 2**32
"""So many statements a life makes on one resource at most."""


class Terms(msgspec.Struct, frozen=True, gc=False):
    """For how long things hold, in seconds.

    `lease`: a statement covers what the daemon does for so long after it was
    made. `tail`: so long after its lease a daemon's calls may still be up:
    10 s (`not_after`) + max_ring + max_call + hangup_grace for calls, 10 s
    and the second of its window for a rate, infinity for a day. `lag`: for
    so long a master that has been replaced may go on acknowledging
    (min-replicas-max-lag); 0 where there is no replica.
    """

    lease: float
    tail: float
    lag: float


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """What an observer has measured about a node's version by its own clock.

    For how long it has not changed, or how much of its countdown is left.
    """

    node: str
    version: int
    milliseconds: int


class Remembered(msgspec.Struct, frozen=True, gc=False):
    """A node that an earlier ledger knew, stated for it to one that lost it."""

    node: str
    version: int
    holds: int
    lapsed: bool


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What a daemon states about one resource; see `Holder`, which makes them.

    `acknowledged` is its newest version that was answered, while its lease
    lasts; else 0. `generation` and `life` are those of the newest reply, 0 and
    "" before any. `loss`: it saw the ledger of that generation go back.
    `joined` is the newest joining that it heard of. `learned` is how long it
    knows the ledger to have been learning. `day` and `own_day` count days as
    `date.toordinal` does: whose day `holds` and `uses` are of (0 before any
    reply), and the number's day by the daemon's own clock; `carried` is what
    it spent since the second became later than the first. `breaker_open` and
    `told` are passed on to the others as they are, `told` only within the
    generation in which it is stated.
    """

    resource: Resource
    node: str
    incarnation: int
    sequence: int
    holds: int
    uses: int
    wants: int
    limit: int
    limit_generation: int
    terms: Terms
    acknowledged: int = 0
    generation: int = 0
    life: str = ""
    epoch: int = 0
    joined: int = 0
    learned: int = 0
    loss: bool = False
    leaving: bool = False
    breaker_open: bool = False
    told: int = 0
    day: int = 0
    own_day: int = 0
    carried: int = 0
    units: frozenset[int] = frozenset()
    quiet: tuple[Sighting, ...] = ()
    countdowns: tuple[Sighting, ...] = ()
    remembered: tuple[Remembered, ...] = ()

    @property
    def version(self) -> int:
        """Number this statement among all of its node's on the resource."""
        return self.incarnation * SEQUENCES + self.sequence


class Row(msgspec.Struct, frozen=True, gc=False):
    """What the ledger has about one node, the one that is answered included.

    `remaining` counts a lapsed node's milliseconds until what it held is
    free; None while it is live. `lease` is its own.
    """

    node: str
    version: int
    holds: int
    uses: int
    wants: int
    lease: int
    remaining: int | None
    breaker_open: bool
    told: int


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What the ledger answers to a statement.

    `version` is the newest of the node that it heeded: another than the
    statement's means that it was overtaken. `holds` is granted; `share` is
    the fair share of it that the node should come down to as calls end.
    `generation` rises when the ledger lost something; it is `learning` then:
    nobody gets more than what it states. `epoch` rises with each lapse of
    the node. `told` is the version of what is to be told to all.
    """

    resource: Resource
    version: int
    generation: int
    life: str
    learning: bool
    learned: int
    learning_full: int
    epoch: int
    holds: int
    share: int
    limit: int
    limit_generation: int
    joined: int
    day: int
    told: int
    units: frozenset[int]
    rows: tuple[Row, ...]


class Away(msgspec.Struct, frozen=True, gc=False):
    """A statement got no answer, and it isn't known whether it was heard."""

    resource: Resource
    version: int
    reason: str
