"""What crosses between the lease's actor and those who grant slots."""

from __future__ import annotations

from collections.abc import Callable

from actors.messages import Message, Ref
from runtime.ledger.ledger import Answer as LedgerAnswer
from runtime.ledger.resource import Resource


class Waiters(Message, frozen=True, gc=False):
    """Contacts that wait and go by a resource, counted by what keeps them.

    The limits on the way to a call have an order. `first` lack slots of this
    one and of none before it, `later` of an earlier one too. Here are slots
    for the rest: of them `useful` lack nothing before it, `futile` do.
    """

    resource: Resource
    first: int = 0
    later: int = 0
    useful: int = 0
    futile: int = 0


class Share(Message, frozen=True, gc=False):
    """The sender grants slots of a limit that is shared with other daemons."""

    resource: Resource
    limit: int
    ref: Ref


class LimitSet(Message, frozen=True, gc=False):
    """A shared limit was set anew here: let all daemons know."""

    resource: Resource
    limit: int


class BreakerHere(Message, frozen=True, gc=False):
    """A connection's breaker has opened or closed by what happened here."""

    connection: str
    opened: bool


class Enlist(Message, frozen=True, gc=False):
    """Ask the sender at each look what it uses, and who waits there."""

    name: str
    ref: Ref


class AskUse(Message, frozen=True, gc=False):
    """Say what is in use and who waits; answer `Uses`."""

    ref: Ref


class DaySpent(Message, frozen=True, gc=False):
    """The number's own day (as `date.toordinal` counts), and what was spent in it beyond the ledger's."""

    resource: Resource
    own_day: int
    carried: int


class Uses(Message, frozen=True, gc=False):
    """What is in use of the sender's shared limits, and who waits for which.

    `name` is the sender's, None where it confirms what it was lent. `days`
    tell of limits of a day.
    """

    name: str | None
    uses: tuple[tuple[Resource, int], ...]
    waiters: tuple[Waiters, ...] = ()
    days: tuple[DaySpent, ...] = ()


class Lent(Message, frozen=True, gc=False):
    """So many slots of a limit may be in use here from now on.

    Fewer than are in use drain. With `ref` the receiver answers `Uses` of
    this resource only. `exhausted` says of a day's calls that no daemon has
    any left, `day` whose they are (0 where that isn't known).
    """

    resource: Resource
    slots: int
    ref: Ref | None = None
    exhausted: bool = False
    day: int = 0


class LimitElsewhere(Message, frozen=True, gc=False):
    """The limit that holds for all daemons is another than here."""

    resource: Resource
    limit: int


class BreakerElsewhere(Message, frozen=True, gc=False):
    """Another daemon's breaker of the connection opened."""

    connection: str
    node: str


class Heard(Message, frozen=True, gc=False):
    """The ledger has answered, or not."""

    answers: tuple[LedgerAnswer, ...]


class Look(Message, frozen=True, gc=False):
    """Look whether anything is to be stated."""


class LeaveAnyway(Message, frozen=True, gc=False):
    """The ledger has not answered the farewell in time."""


class Leave(Message, frozen=True):
    """Give everything back; `then` is called when the ledger knows, or doesn't answer."""

    then: Callable[[], None]
