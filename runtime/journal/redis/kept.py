"""What Redis keeps of a contact: how far it has come, and its call in doubt.

One field of its partition's hash holds all of it, so a partition is taken
over by reading it once, and its size is that of the contacts that were
called. The value begins with the call that is in doubt and a line's end: the
scripts compare that, and understand nothing else of it.
"""

from __future__ import annotations

from enum import Enum
from typing import NewType

import msgspec

from runtime.calls import CallId
from runtime.journal.entries import Intent
from runtime.journal.recovered import ContactState

Field = NewType("Field", str)
"""Names a contact within its tenant: its campaign, a line's end, its id."""


class Fate(str, Enum):
    """What became of a call that is over."""

    COUNTED = "counted"
    """It ended, and was an attempt."""
    FAILED = "failed"
    """It ended by a failure of the carrier."""
    GUESSED = "guessed"
    """It may have been placed, and must be over; nobody has said how it ended. It counts as an attempt."""
    VOID = "void"
    """It was never placed."""


class Kept(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A contact's state, the intent of its call that may be up, and all calls that are over."""

    state: ContactState = ContactState()
    intent: Intent | None = None
    over: dict[CallId, Fate] = {}  # msgspec copies an empty one for each struct

    @property
    def call(self) -> CallId:
        """Name the call in doubt; empty where there is none."""
        return CallId("") if self.intent is None else self.intent.call


def field_of(campaign: str, contact: str) -> Field:
    """Name a contact."""
    return Field(f"{campaign}\n{contact}")


def named_by(field: Field) -> tuple[str, str]:
    """Give a field's campaign and contact."""
    campaign, _, contact = field.partition("\n")
    return campaign, contact


def encode_kept(kept: Kept) -> bytes:
    """Write what is kept as the value of its field."""
    return kept.call.encode() + b"\n" + _encode(kept)


def decode_kept(value: bytes) -> Kept:
    """Read a field's value; raises msgspec.DecodeError for what is none."""
    return _decode(value.partition(b"\n")[2])


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Kept).decode
