"""What campaign and pool tell each other of contacts that wait."""

from __future__ import annotations

from actors.messages.vocabulary import Index, Kind, Message, Profile, Reason, Ref
from runtime.calls import E164


class Join(Message, frozen=True, gc=False):
    """Take a campaign's contacts; offers begin with `Open`."""

    campaign: str
    ref: Ref


class Open(Message, frozen=True, gc=False):
    """Begin to offer for a campaign; `contacts` is None while its file is read."""

    campaign: str
    contacts: int | None


class Arrived(Message, frozen=True, gc=False):
    """Fresh contacts in file order: `first` and on, a profile each."""

    campaign: str
    first: Index
    profiles: list[Profile]


class Waiting(Message, frozen=True, gc=False):
    """A contact waits for its next attempt from `due` on.

    With `excluded` it waits for another number of `tier` than those, after a
    carrier fault before ringing.
    """

    campaign: str
    contact: Index
    profile: Profile
    kind: Kind
    due: float
    sticky: E164 | None = None
    excluded: tuple[E164, ...] = ()
    tier: str | None = None


class Waits(Message, frozen=True, gc=False):
    """A contact waits, and for what: for the log's debug level."""

    contact: Index
    reason: Reason


class NoOther(Message, frozen=True, gc=False):
    """No number of the tier is left for a contact with excluded ones."""

    contact: Index


class Tick(Message, frozen=True, gc=False):
    """Time alone may let somebody of the campaign be served now."""

    campaign: str


class StopOffering(Message, frozen=True, gc=False):
    """Offer nothing any more: the engine is closing, or may not dial."""


class GoOn(Message, frozen=True, gc=False):
    """Offer again after `StopOffering`."""


class Canceled(Message, frozen=True, gc=False):
    """The campaign is canceled: no waiting contact is started any more."""


class Finished(Message, frozen=True, gc=False):
    """A campaign is over; its tables are told no more."""

    campaign: str
