"""How a pool hears of slots: who is full, who has room again."""

from __future__ import annotations

from actors.messages.vocabulary import Index, Message, Ref


class Attach(Message, frozen=True, gc=False):
    """A pool routes numbers through this connection."""

    pool: str
    ref: Ref


class MarkedFull(Message, frozen=True, gc=False):
    """A refusal: the pool is on the list of this connection (None: the tenant).

    `rate` says that the connection has slots, but may place no call now.
    """

    connection: str | None
    rate: bool = False


class Ticket(Message, frozen=True, gc=False):
    """A free slot is held for the pool; `connection` is None for the tenant's."""

    connection: str | None
    probe: bool = False


class HandOn(Message, frozen=True, gc=False):
    """The pool has no use for so many tickets."""

    pool: str
    count: int
    probe: bool = False


class PartyFree(Message, frozen=True, gc=False):
    """The phone number's other call is over: the contact may wait again."""

    campaign: str
    contact: Index


class LimitChanged(Message, frozen=True, gc=False):
    """A limit is another now; `connection` is None for the tenant's cap.

    `lent` says that only what is held of a shared limit has changed.
    """

    connection: str | None
    limit: int
    lent: bool = False


class BreakerOpened(Message, frozen=True, gc=False):
    """A connection's breaker opened."""

    connection: str


class BreakerClosed(Message, frozen=True, gc=False):
    """A connection's breaker closed."""

    connection: str


class RateFree(Message, frozen=True, gc=False):
    """A second has passed since a Place."""


class ProbeDue(Message, frozen=True, gc=False):
    """An open connection may be probed."""


class Restarted(Message, frozen=True, gc=False):
    """A connection, or with `connection` None the tenant, has lost its lists and tickets.

    Its leases stand; `limit` and `opened` are as they are now.
    """

    connection: str | None
    limit: int
    opened: bool = False
