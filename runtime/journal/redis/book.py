"""What operators have changed at all daemons: the last change of each thing, and its version.

Redis keeps the book, and every live daemon what it has carried out of it. Each
time that a daemon reads the book it says all of that again, so a Redis that
has lost its data has it back from whoever remembers. The script decides which
of two changes of a thing is the newer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_hex

import msgspec

from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange

MARK_BYTES = 8


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """A change as it was recorded; `era` and `version` are empty before.

    `id` tells it from another command of the same words. Versions rise within
    an era; another era begins where Redis may have lost something.
    """

    change: Change
    id: str
    era: str = ""
    version: int = 0


class Book(msgspec.Struct, frozen=True, gc=False):
    """The last change of each thing, by what it is about; `version` rises with every news."""

    version: int
    changes: dict[str, Recorded]


def commanded(change: Change) -> Recorded:
    """Give a change that is yet to be recorded an id of its own."""
    return Recorded(change, token_hex(MARK_BYTES))


def subject_of(change: Change) -> str:
    """Name what a change is about, and in which respect: a flag and a pause don't replace one another."""
    match change:
        case NumberChange():
            words = "number", str(change.number), "flag" if "flag" in change.what else "pause"
        case CampaignChange():
            words = "campaign", change.campaign, "end" if change.what == "canceled" else "pause"
        case LimitChange():
            words = "limit", change.connection or "", change.tenant or ""
    return "\n".join(words)


def written(said: Mapping[str, Recorded]) -> list[str | bytes | int]:
    """Write the script's arguments for what is said."""
    words: list[str | bytes | int] = [token_hex(MARK_BYTES)]
    for subject, one in said.items():
        words += (subject, one.era, one.version, one.id, _encode(one.change))
    return words


def read_book(answer: Sequence[bytes]) -> Book:
    """Read the script's answer; raises msgspec.DecodeError for what is no change."""
    changes: dict[str, Recorded] = {}
    for place in range(1, len(answer), 5):
        subject, era, version, name, change = answer[place : place + 5]
        changes[subject.decode()] = Recorded(_decode(change), name.decode(), era.decode(), int(version))
    return Book(int(answer[0]), changes)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Change).decode
