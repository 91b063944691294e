"""What each way of dispatching has to decide alike."""

from __future__ import annotations

import msgspec

from runtime.calls import E164


class Decided(msgspec.Struct, frozen=True, gc=False):
    """One dispatch: whom, from where, and why from there."""

    contact: str
    number: E164
    connection: str
    tier: str
    weight: float
    share: float | None
    candidates: int
