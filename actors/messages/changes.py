"""Changes while running, and the bars that put them in force."""

from __future__ import annotations

from enum import Enum

from actors.messages.vocabulary import Answer, Message, Ref
from actors.settings import NumberSettings
from runtime.calls import E164
from runtime.journal.entries import Change


class Scope(str, Enum):
    """What a bar is on."""

    NUMBER = "number"
    POOLED_NUMBER = "pooled_number"
    CAMPAIGN = "campaign"


class Bar(Message, frozen=True, gc=False):
    """Let no more calls of this through the gate; answer `Barred`.

    For POOLED_NUMBER `name` is the number and `campaign` whose pool.
    """

    scope: Scope
    name: str
    ref: Ref
    change: int
    campaign: str | None = None


class Lift(Message, frozen=True, gc=False):
    """Let calls of this through the gate again."""

    scope: Scope
    name: str
    campaign: str | None = None


class VoidUnplaced(Message, frozen=True, gc=False):
    """Void what is granted to the pool and not yet placed; answer `Barred`."""

    pool: str
    ref: Ref
    change: int


class Barred(Message, frozen=True, gc=False):
    """The bar is in force at this connection."""

    change: int
    connection: str


class SetLimit(Message, frozen=True, gc=False):
    """Change a connection's limit, or a tenant's cap."""

    limit: int
    by: str
    reason: str | None
    done: Answer = None


class ChangeNumber(Message, frozen=True, gc=False):
    """Flag, unflag, pause, resume a number or let it rest (`what` is the participle)."""

    what: str
    number: E164
    by: str
    reason: str | None
    done: Answer = None


class RemoveNumber(Message, frozen=True, gc=False):
    """Take a number out of a campaign's pool, or of all (campaign None)."""

    number: E164
    campaign: str | None
    by: str
    reason: str | None
    done: Answer = None


class AddNumber(Message, frozen=True, gc=False):
    """Add a number to the inventory and to the pools of these campaigns."""

    settings: NumberSettings
    campaigns: tuple[str, ...]
    by: str
    reason: str | None
    done: Answer = None


class ChangeCampaign(Message, frozen=True, gc=False):
    """Pause, resume or cancel a campaign (`what` is the participle)."""

    what: str
    campaign: str
    by: str
    reason: str | None
    done: Answer = None


class QuarantineOver(Message, frozen=True, gc=False):
    """A number that the doctor let rest is tried again."""

    campaign: str
    number: E164


class DayEnded(Message, frozen=True, gc=False):
    """A number's day is over; its count begins anew."""

    number: E164
    at: float


class Propose(Message, frozen=True, gc=False):
    """Have a change made that can be: recorded in the journal first, then carried out."""

    entry: Change
    journal: Ref
    change: ChangeNumber | RemoveNumber | AddNumber | ChangeCampaign
