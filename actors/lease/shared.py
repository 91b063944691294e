"""One shared limit on this daemon's side: its lease, its use, who grants out of it."""

from __future__ import annotations

from actors.lease.headroom import Headroom
from actors.messages import Ref
from runtime.ledger.holder import Holder
from runtime.ledger.resource import Kind

PAUSES = 4
"""So many pauses are in a lease at least: who wants nothing of a limit for a whole one is forgotten there."""

DAY_BLOCK = 8
"""So many of a day's calls are asked for at once."""


class Shared:
    """What is known of one shared limit since the last look.

    `lent` is what its actor may use by the last word that it was sent.
    """

    __slots__ = (
        "breaker_open",
        "carried",
        "day",
        "exhausted",
        "first",
        "futile",
        "headroom",
        "holder",
        "later",
        "lent",
        "limit",
        "open_elsewhere",
        "own_day",
        "ref",
        "useful",
        "uses",
        "wants",
    )

    def __init__(self, holder: Holder, ref: Ref, limit: int) -> None:
        self.holder = holder
        self.ref = ref
        self.limit = limit
        self.headroom = Headroom(
            leads=holder.resource.kind is Kind.CONNECTION,
            longest_pause=holder.terms.lease / PAUSES,
        )
        self.lent = 0
        self.uses = 0
        self.wants = 0
        self.first = self.later = self.useful = self.futile = 0
        """Contacts that wait, as `Waiters` has them."""
        self.breaker_open = False
        self.open_elsewhere: frozenset[str] = frozenset()
        self.day = self.own_day = self.carried = 0
        """Of a day's calls: the ledger's day, the number's own, and what was spent beyond the first."""
        self.exhausted = False

    def reckon(self, now: float) -> None:
        """Find out how many slots are wanted beyond those in use."""
        if self.holder.resource.kind is Kind.DAY:  # what a daemon holds when it dies is lost for the day
            self.first = min(self.first, DAY_BLOCK)
        futile = self.futile > 0 and not self.useful
        wants = self.headroom.wants(now, self.lent, self.uses, self.first, self.later, futile=futile)
        self.wants = max(0, min(wants, self.holder.limit - self.uses))

    def may_use(self, now: float) -> int:
        """Count the slots that may be in use here by the ledger's newest word."""
        holder = self.holder
        usable = holder.usable(now)
        return usable if holder.learning else min(usable, holder.share)

    def keeps(self, now: float) -> int:
        """Count the slots to go on with: what idles and isn't wanted goes back."""
        may_use = self.may_use(now)
        return may_use if self.holder.learning else min(may_use, self.uses + self.wants)

    @property
    def spent_by_all(self) -> bool:
        """Tell of a day's calls whether no daemon has any left to place."""
        if self.holder.resource.kind is not Kind.DAY or self.holder.learning:
            return False
        spent = self.uses
        for row in self.holder.others.values():
            spent += row.uses if row.remaining is None else row.holds
        return spent >= self.holder.limit
