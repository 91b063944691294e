"""How a campaign is begun, fed and ended."""

from __future__ import annotations

from actors.messages.vocabulary import Answer, Index, Message
from runtime.contacts import FedRow
from runtime.observe.events import CampaignFinished


class Load(Message, frozen=True, gc=False):
    """Take the contacts of an earlier life over; `Begin` follows when all campaigns have."""


class Begin(Message, frozen=True, gc=False):
    """Begin the campaign."""


class BeginOffering(Message, frozen=True, gc=False):
    """The campaign's `start_at` has come."""


class ReadOn(Message, frozen=True, gc=False):
    """Read the next rows of the contacts file."""


class AddContacts(Message, frozen=True, gc=False):
    """Take in rows that the application adds."""

    rows: list[FedRow]
    done: Answer = None


class TakeRows(Message, frozen=True, gc=False):
    """These rows are durable: take them in. `more` says that the file goes on."""

    rows: list[FedRow]
    more: bool | None
    done: Answer = None


class CloseFeed(Message, frozen=True, gc=False):
    """Expect no more contacts from the application."""


class FinishContact(Message, frozen=True, gc=False):
    """That the contact is finished is durable: say so."""

    contact: Index
    result: str


class Sweep(Message, frozen=True, gc=False):
    """That everybody who waits is finished is durable: say so."""


class Stall(Message, frozen=True, gc=False):
    """Nothing can change by itself any more: end, and say why."""

    reason: str


class Conclude(Message, frozen=True, gc=False):
    """The campaign's last word is durable: say it."""

    line: CampaignFinished


class TellDisposition(Message, frozen=True, gc=False):
    """Say what a contact's answered call came to."""

    contact: str
    disposition: str
    done: Answer = None


class HangUpAll(Message, frozen=True, gc=False):
    """Hang up every call in progress; `by` goes into the log as the cause."""

    by: str
