"""Decide when the campaigns of a tenant are over: pure.

A campaign is over when each of its partitions is finished, wherever it is.
This daemon knows which of those here are *open*: their contacts are not all
finished. Of the others it reads when it has nothing left to do itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from actors.partitions.messages import Counts
from runtime.ledger.resource import PARTITIONS

READ_SECONDS = 1.0
"""How often it is read whether all partitions are finished, where ours are."""


class Verdict(msgspec.Struct, frozen=True):
    """Which campaigns are over, with all contacts, and which finished partitions here nobody knows of."""

    over: dict[str, Counts]
    untold: dict[str, frozenset[int]]


class Completion:
    """How far a tenant's campaigns are from their end, as far as this daemon knows."""

    def __init__(self) -> None:
        self._unread: set[str] = set()
        """Campaigns whose files are still being read."""
        self._unfinished: set[str] = set()
        self._open: dict[str, set[int]] = {}
        """The partitions here whose contacts are not all finished, by campaign."""
        self._reading = False
        self._read_at = 0.0

    def join(self, campaign: str) -> None:
        """Get to know a campaign, before any partition comes."""
        self._unread.add(campaign)
        self._unfinished.add(campaign)
        self._open[campaign] = set()

    def has_read(self, campaign: str) -> None:
        """Note that a campaign has read its contacts, which are the same as elsewhere."""
        self._unread.discard(campaign)

    @property
    def wants_partitions(self) -> bool:
        """Tell whether there is something to do in partitions: every campaign knows its contacts."""
        return not self._unread and bool(self._unfinished)

    def gained(self, partitions: frozenset[int]) -> None:
        """Note that partitions have come."""
        for some in self._open.values():
            some |= partitions

    def gone(self, partitions: frozenset[int]) -> None:
        """Note that partitions are dialed no more, or lost."""
        for some in self._open.values():
            some -= partitions

    def finished(self, campaign: str, partitions: frozenset[int]) -> None:
        """Note that all contacts of partitions here are finished."""
        self._open[campaign] -= partitions

    def asks(self, now: float) -> bool:
        """Tell whether to read how far the others are, where nothing is left to do here."""
        idle = any(name in self._unfinished and not left for name, left in self._open.items())
        if not idle or self._unread or self._reading or now < self._read_at + READ_SECONDS:
            return False
        self._reading, self._read_at = True, now
        return True

    def read(self, finished: Mapping[str, Mapping[int, Counts]], here: set[int]) -> Verdict:
        """Decide by which partitions are known to be finished; those that are `here` are ours to tell of."""
        self._reading = False
        verdict = Verdict({}, {})
        for name in sorted(self._unfinished):
            counts = finished.get(name, {})
            if len(counts) == PARTITIONS:
                self._unfinished.discard(name)
                verdict.over[name] = sum(counts.values(), Counts())
                continue
            untold = here - self._open[name] - counts.keys()
            if untold:
                verdict.untold[name] = frozenset(untold)
        return verdict
