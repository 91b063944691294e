"""Decide which partitions come and which go: pure.

The ledger says which are this daemon's, and how many it should come down to.
A partition is *coming* while the store is asked for its contacts, *here*
while they are dialed, *going* while nothing new is begun on it and its calls
end. Only then is it handed back. One that the ledger doesn't count as ours
any more is lost at once, whatever it was.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Orders(msgspec.Struct, frozen=True):
    """What is to be done: take over, begin nothing more, forget."""

    take: frozenset[int] = frozenset()
    give_up: frozenset[int] = frozenset()
    lose: frozenset[int] = frozenset()


class Turnover:
    """The partitions that this daemon has to do with."""

    def __init__(self) -> None:
        self.coming: set[int] = set()
        self.here: set[int] = set()
        self.going: set[int] = set()
        self._epoch = 0

    @property
    def all(self) -> frozenset[int]:
        """Name those that the ledger is to count for this daemon."""
        return frozenset(self.coming | self.here | self.going)

    def heard(self, units: frozenset[int], surplus: frozenset[int], epoch: int) -> Orders:
        """Follow the ledger: `units` are ours, the `surplus` of them should go back.

        A new `epoch` says that the lease had lapsed: others may have had
        everything in between.
        """
        lost = self.all if epoch != self._epoch else self.all - units
        self._epoch = epoch
        self._forget(lost)
        give_up = frozenset(self.here & surplus)
        self.here -= give_up
        self.going |= give_up
        take = units - self.all - surplus
        self.coming |= take
        return Orders(take, give_up, lost)

    def unclaimed(self, units: frozenset[int], surplus: frozenset[int]) -> frozenset[int]:
        """Name those that may be handed back at once: nothing was begun on them."""
        return (units & surplus) - self.all

    def taken(self, partitions: Iterable[int]) -> frozenset[int]:
        """Note that the store has taken them over; returns those that are still wanted."""
        arrived = frozenset(self.coming.intersection(partitions))
        self.coming -= arrived
        self.here |= arrived
        return arrived

    def left(self, partition: int) -> None:
        """Note that a partition has gone."""
        self.going.discard(partition)

    def lapse(self) -> Orders:
        """Lose everything: the lease is over, and others may have it."""
        lost = self.all
        self._forget(lost)
        return Orders(lose=lost)

    def refused(self, partition: int) -> Orders:
        """Take a partition over again on which the store refuses what is begun."""
        if partition not in self.here:
            return Orders()
        self.here.discard(partition)
        self.coming.add(partition)
        one = frozenset((partition,))
        return Orders(take=one, lose=one)

    def _forget(self, partitions: frozenset[int]) -> None:
        for some in (self.coming, self.here, self.going):
            some -= partitions
