"""The calls of a campaign that others may know the end of, where daemons share contacts.

A call in doubt is either another daemon's, whose contact has come here, or one
of this daemon's earlier life, whose contact may be elsewhere by now. What is
kept of the contact decides: as long as the call stands there nobody has said
how it ended.
"""

from __future__ import annotations

from enum import Enum

from actors.messages import Index
from runtime.calls import CallId
from runtime.journal.redis.kept import Kept


class Verdict(Enum):
    """What has become of a call in doubt."""

    OPEN = "open"
    """Nobody has said so far; it may be up."""
    OVER = "over"
    """It must be over, and nobody has said how it ended."""
    SETTLED = "settled"
    """Another daemon has said how it ended, or it was never known to anybody."""


def judge(call: CallId, kept: Kept | None, *, own: bool, over: bool) -> Verdict:
    """Decide about a call by what is kept of its contact.

    An intent is kept before its call is placed: one of this daemon's own that
    nothing is known of was never placed. Another's call was kept when its
    contact came; where that is lost nobody has said anything.
    """
    if (not own and kept is None) or (kept is not None and kept.call == call):
        return Verdict.OVER if over else Verdict.OPEN
    return Verdict.SETTLED if over or not own else Verdict.OPEN


class Doubts:
    """Which contacts' calls are in doubt."""

    def __init__(self) -> None:
        self.elsewhere: dict[Index, CallId] = {}
        """Other daemons' calls with contacts that are here."""
        self.own: dict[Index, CallId] = {}
        """Calls of this daemon's earlier life."""
        self.over: set[Index] = set()
        """Those whose calls can no longer be up."""
        self.asking = False

    def to_ask(self) -> list[Index]:
        """List the contacts of which is to be asked what is kept of them."""
        return sorted({*self.elsewhere, *(index for index in self.own if index in self.over)})

    def forget(self, index: Index) -> None:
        """Doubt no more what became of a contact's call."""
        self.elsewhere.pop(index, None)
        self.own.pop(index, None)
        self.over.discard(index)

    def verdict(self, index: Index, kept: Kept | None) -> Verdict:
        """Decide about a contact's call; one that isn't in doubt any more is left alone."""
        own, other = self.own.get(index), self.elsewhere.get(index)
        call = own or other
        if call is None:
            return Verdict.OPEN
        return judge(call, kept, own=own is not None, over=index in self.over)
