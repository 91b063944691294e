"""One call's slot of a connection."""

from __future__ import annotations

import msgspec

from actors.messages import (
    Reason,
    Ref,
)
from runtime.calls import E164


class CallLease(msgspec.Struct, gc=False, eq=False):
    """One call's slot: whose it is, whether it has passed the gate, and whether the breaker knows of it."""

    pool: str
    campaign: str
    number: E164
    ref: Ref
    probe: bool = False
    placed: bool = False
    """Whether it has passed the gate."""
    handed: bool = False
    """Whether the carrier has been asked to place it."""
    counted: bool = False
    """Whether the rate has counted it."""
    void: Reason | None = None
    judged: bool = False
