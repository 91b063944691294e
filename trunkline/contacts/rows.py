"""What becomes of a row: a contact, or a rejection; never both."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from runtime.calls import E164, ContactId
from trunkline.contacts.reasons import Reason


class ContactRow(msgspec.Struct, frozen=True, gc=False):
    """A row that can be dialed.

    `region` and `zones` are the number's own, `timezone` the column's. The
    other columns stand in `names` (one object for a whole file) and `values`;
    `extra` is the two as a mapping. Rows count from 1 after the header.
    """

    row: int
    contact: ContactId
    to: E164
    region: str | None
    zones: tuple[str, ...]
    timezone: str | None
    names: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def extra(self) -> Mapping[str, str]:
        return dict(zip(self.names, self.values, strict=True))


class RejectedRow(msgspec.Struct, frozen=True, gc=False):
    """A row that can't be dialed: a stable code, and a sentence that mends it."""

    row: int
    reason: Reason
    detail: str


Row = ContactRow | RejectedRow
