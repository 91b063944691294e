"""What a campaign is fed: rows that become contacts, and rows that can't."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from runtime.calls import E164


class NewContact(msgspec.Struct, frozen=True, gc=False, tag="contact", array_like=True):
    """A row that can be dialed.

    `region`, `zones` and `area` are the phone number's; `calling_zones` are
    those that calling hours are looked at in. The row's other columns stand
    in `names` and `values`.
    """

    row: int
    contact: str
    to: E164
    region: str | None
    zones: tuple[str, ...]
    area: str | None
    calling_zones: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[str, ...]


class RejectedContact(msgspec.Struct, frozen=True, gc=False, tag="rejected", array_like=True):
    """A row that can't be dialed, and why."""

    row: int
    reason: str


FedRow: TypeAlias = NewContact | RejectedContact
