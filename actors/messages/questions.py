"""Questions, and the reports that are asked for."""

from __future__ import annotations

from collections.abc import Callable

from actors.messages.vocabulary import Answer, Asked, Index, Message, Ref


class TellTables(Message, frozen=True, gc=False):
    """Write the periodic tables."""


class Describe(Message, frozen=True, gc=False):
    """Tell what you hold; answer `Described`."""

    inquiry: int
    ref: Ref


class Described(Message, frozen=True, gc=False):
    """What a connection, or with `connection` None a tenant, holds now.

    `held` is how much of the limit this daemon holds, None where nobody
    shares it.
    """

    inquiry: int
    connection: str | None
    limit: int
    in_use: int
    rate_left: int | None = None
    breaker: str = "closed"
    carrier_in_use: int | None = None
    held: int | None = None


class AskCapacity(Message, frozen=True, gc=False):
    """Answer a campaign's capacity breakdown."""

    campaign: str
    done: Answer = None


class AskWhy(Message, frozen=True, gc=False):
    """Answer why a contact waits: a `Reason`, as text, or "active" if it doesn't wait here."""

    campaign: str
    contact: Index
    done: Answer = None


class SpeakUp(Message, frozen=True, gc=False):
    """The doctor has something to say."""


class AskFindings(Message, frozen=True, gc=False):
    """Answer what the doctor finds of a campaign now."""

    campaign: str
    done: Answer = None


class AskStall(Message, frozen=True):
    """Say why a campaign can't go on by itself, where some of it still waits."""

    campaign: str
    tell: Callable[[str], None]


class AskContact(Message, frozen=True, gc=False):
    """Answer what a contact waits for, or where else it stands."""

    contact: str
    done: Asked
