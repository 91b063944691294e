"""Slots of a shared limit, and the turns of those who were refused one.

A slot is a lease with an owner, the call. A pool that was refused stands in
a round-robin list; when room appears the next one gets a *ticket*: one free
slot, held for that pool until it reserves or hands the ticket on. No polling,
and no free slot that nobody was told of.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from runtime.calls import CallId

L = TypeVar("L")


class SlotSource(Protocol):
    """Where slots come from: how many may be in use, and of which limit.

    `limit` is what may be in use here now; `configured` is the limit that
    the configuration, or whoever changed it since, has set. They differ
    where the limit is shared with other daemons.
    """

    limit: int

    @property
    def configured(self) -> int:
        """Give the limit that was set."""
        ...

    def change(self, limit: int) -> None:
        """Take a limit that was set anew."""
        ...


class Fixed:
    """A limit that nobody shares: all of its slots are here, always."""

    __slots__ = ("configured", "limit")

    def __init__(self, limit: int) -> None:
        self.configured = self.limit = limit

    def change(self, limit: int) -> None:
        """Take a limit that was set anew."""
        self.configured = self.limit = limit


class Leased:
    """A limit that is shared: what is held of it here may be in use, and no more."""

    __slots__ = ("configured", "limit")

    def __init__(self, configured: int) -> None:
        self.configured = configured
        """The limit that was set, for all daemons."""
        self.limit = 0

    def change(self, limit: int) -> None:
        """Take a limit that was set anew; what is held above it drains."""
        self.configured = limit
        self.limit = min(self.limit, limit)

    def hold(self, slots: int) -> int:
        """Hold so many from here on; returns by how many more than before."""
        before = self.limit
        self.limit = min(slots, self.configured)
        return self.limit - before


def slots_of(limit: int, *, shared: bool) -> SlotSource:
    """Give a limit its source."""
    return Leased(limit) if shared else Fixed(limit)


class Slots(Generic[L]):
    """The leases under one limit, and the list of pools that wait for one.

    `L` is what is kept with a lease. The room for another lease is passed in
    by the owner, who may have narrower limits than slots (a call rate).
    """

    __slots__ = ("_declined", "_tickets", "leases", "listed", "source", "tickets_out")

    def __init__(self, source: SlotSource) -> None:
        self.source = source
        self.leases: dict[CallId, L] = {}
        self.listed: dict[str, None] = {}
        """The pools that wait for a ticket, the next one first."""
        self._tickets: dict[str, int] = {}
        self._declined: set[str] = set()
        self.tickets_out = 0

    @property
    def in_use(self) -> int:
        """Count the leases, whether placed or not."""
        return len(self.leases)

    @property
    def room(self) -> int:
        """Count the slots that no lease takes; negative while draining."""
        return self.source.limit - len(self.leases)

    def reserve(self, call: CallId, pool: str, lease: L, room: int, *, more: bool) -> bool:
        """Lease a slot to the call, or put its pool on the list.

        `room` is what the owner can give at all, tickets included; a pool's
        own ticket is used first. `more` keeps the pool on the list.
        """
        held = self._tickets.get(pool, 0)
        if held and room > 0:
            self._spend(pool, held)
        elif room - self.tickets_out <= 0:
            if held:
                self._spend(pool, held)
            self.listed[pool] = None
            return False
        self.leases[call] = lease
        if more:
            self.listed[pool] = None
        return True

    def release(self, call: CallId) -> L | None:
        """End the call's lease; None where it has none (any more)."""
        lease = self.leases.pop(call, None)
        if self._declined and lease is not None:
            self._declined.clear()
        return lease

    def widened(self) -> None:
        """Note that room appeared otherwise: a raised limit, a free instant."""
        self._declined.clear()

    def hand_on(self, pool: str, count: int) -> None:
        """Take back tickets that the pool has no use for."""
        held = self._tickets.get(pool, 0)
        for _ in range(min(count, held)):
            self._spend(pool, self._tickets[pool])
        self._declined.add(pool)

    def put_back(self, pool: str, *, more: bool) -> None:
        """Free what a lease would have taken that isn't made; `more` keeps the pool on the list.

        Unlike one that hands on, the pool may get the next ticket: it has
        others to serve, and the one it could not is out of its way.
        """
        held = self._tickets.get(pool, 0)
        if held:
            self._spend(pool, held)
        if more:
            self.listed[pool] = None

    def next_tickets(self, room: int) -> list[str]:
        """Give tickets for the room there is, in turn; the pools that get one.

        A pool that has just handed a ticket on gets none until something
        else has changed: a ticket never goes in circles.
        """
        given: list[str] = []
        while self.listed and room - self.tickets_out > 0:
            pool = next((name for name in self.listed if name not in self._declined), None)
            if pool is None:
                break
            del self.listed[pool]
            self._tickets[pool] = self._tickets.get(pool, 0) + 1
            self.tickets_out += 1
            given.append(pool)
        return given

    def forget_waiters(self) -> None:
        """Empty the list and take every ticket back: nobody gets a slot now."""
        self.listed.clear()
        self._tickets.clear()
        self._declined.clear()
        self.tickets_out = 0

    def _spend(self, pool: str, held: int) -> None:
        self.tickets_out -= 1
        if held == 1:
            del self._tickets[pool]
        else:
            self._tickets[pool] = held - 1
