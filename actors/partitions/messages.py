"""What is said about the partitions of a tenant's contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from actors.messages import Index, Message, Profile, Ref
from runtime.calls import E164, CallId
from runtime.journal.entries import Change
from runtime.journal.redis.book import Book
from runtime.journal.redis.kept import Kept
from runtime.ledger.ledger import Answer

Contacts: TypeAlias = dict[tuple[str, str], Kept]
"""What is known of a partition's contacts that were called: by campaign and id."""


class Counts(msgspec.Struct, frozen=True):
    """What became of contacts: each is counted once, attempts are all placed calls."""

    attempts: int = 0
    reached: int = 0
    exhausted: int = 0
    canceled: int = 0
    stalled: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """Count the rows of the file that these are."""
        return self.reached + self.exhausted + self.canceled + self.stalled + self.rejected

    def __add__(self, other: Counts) -> Counts:
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Counts(*map(sum, zip(mine, others, strict=True)))


# A campaign and its tenant's partitions


class Ready(Message, frozen=True, gc=False):
    """A campaign has read all of its contacts: partitions can be taken.

    `digest` is of what it has read: the same for all daemons.
    """

    campaign: str
    digest: str | None


class Gained(Message, frozen=True, gc=False):
    """These partitions are ours now; what is known of their contacts."""

    partitions: dict[int, Contacts]


class GiveUp(Message, frozen=True, gc=False):
    """Begin nothing on these any more; answer `Left` when their calls are over."""

    partitions: frozenset[int]


class Lose(Message, frozen=True, gc=False):
    """These are not ours any more; their calls in progress go on."""

    partitions: frozenset[int]


class Left(Message, frozen=True, gc=False):
    """A campaign has no call in progress on these, and nobody of them waits."""

    campaign: str
    partitions: frozenset[int]


class Accounted(Message, frozen=True, gc=False):
    """Everybody of these partitions is finished in a campaign."""

    campaign: str
    counts: dict[int, Counts]


class TellAgain(Message, frozen=True, gc=False):
    """Nobody knows any more that these are finished: say so again, if they are."""

    partitions: frozenset[int]


class FirstToTell(Message, frozen=True, gc=False):
    """Nobody had told before that these partitions were finished."""

    partitions: frozenset[int]


class AllFinished(Message, frozen=True, gc=False):
    """Every partition of the campaign is finished; `total` counts over all daemons."""

    campaign: str
    total: Counts


class LookUp(Message, frozen=True, gc=False):
    """Read what is kept of contacts that another daemon's call may be up with: it may have said its end.

    Each with its partition and its id.
    """

    campaign: str
    contacts: list[tuple[Index, int, str]]


class LookedUp(Message, frozen=True, gc=False):
    """What is kept of contacts by now; None where nothing is."""

    kept: list[tuple[Index, Kept | None]]


class LookAtDoubts(Message, frozen=True, gc=False):
    """See whether calls of other daemons have come to their end."""


# A campaign and its pool


class Gathered(Message, frozen=True, gc=False):
    """Contacts that came with a partition and were never called."""

    campaign: str
    contacts: list[tuple[Index, Profile]]


class Drop(Message, frozen=True, gc=False):
    """Let these contacts wait no more; answer `Dropped`."""

    campaign: str
    contacts: frozenset[int]
    partitions: frozenset[int]
    ref: Ref


class Dropped(Message, frozen=True, gc=False):
    """Nobody of these partitions waits in the pool."""

    partitions: frozenset[int]


# The tenant


class Block(Message, frozen=True, gc=False):
    """Let nobody call this phone: another daemon's call to it may be up.

    It takes no slot here: the ledger counts it for that daemon. `Release`
    of the call ends it.
    """

    call: CallId
    party: E164


# Partitions and the world outside


class Look(Message, frozen=True, gc=False):
    """See whether the ledger is to be told something."""


class Depart(Message, frozen=True):
    """Give everything back: the run is over; `then` is called when the ledger knows, or is silent."""

    then: Callable[[], None]


class DepartAnyway(Message, frozen=True, gc=False):
    """Wait no longer for the ledger: what was held lapses."""


class LeaseOver(Message, frozen=True, gc=False):
    """The ledger's last answer holds no longer."""


class Heard(Message, frozen=True, gc=False):
    """What the ledger has answered."""

    answers: tuple[Answer, ...]


class SaidAgain(Message, frozen=True, gc=False):
    """All is in the store that is known here, since the ledger's generation is this."""

    generation: int


class Taken(Message, frozen=True, gc=False):
    """The store has taken these over, at the `serial`th asking."""

    partitions: dict[int, Contacts]
    serial: int


class Released(Message, frozen=True, gc=False):
    """The store has all that was written of this partition."""

    partition: int


class Refused(Message, frozen=True, gc=False):
    """The store took no intent of this partition: another daemon has taken it over."""

    partition: int


class Compared(Message, frozen=True, gc=False):
    """Whether all daemons have read the same contacts for a campaign."""

    campaign: str
    same: bool


class CarryOutBy(Message, frozen=True):
    """What all daemons are told is carried out by this; it calls back when a change is in force."""

    carry_out: Callable[[Change, Callable[[], None]], None]


class Nudged(Message, frozen=True, gc=False):
    """Somebody has something to say to all daemons: look at once."""


class ChangesRead(Message, frozen=True, gc=False):
    """What all daemons are told."""

    book: Book


class InForce(Message, frozen=True, gc=False):
    """A change that all were told is in force here."""


class Told(Message, frozen=True, gc=False):
    """The store knows which partitions are finished; `first` of them by this daemon's word."""

    campaign: str
    first: frozenset[int]


class Read(Message, frozen=True, gc=False):
    """Which partitions are finished, over all daemons, by campaign."""

    finished: dict[str, dict[int, Counts]]
