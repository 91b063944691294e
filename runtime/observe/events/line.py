"""One line of the log: what every event is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

Table = Mapping[str, Any]
"""A JSON object inside an event, described in docs/events.md."""


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line of the log."""

    event: ClassVar[str]
    level: ClassVar[str] = "info"
    tenant: str | None = None
    campaign: str | None = None
    seq: int | None = None
    recovered: bool | None = None


class AttemptEvent(Event, frozen=True, gc=False):
    """One of the lines that every attempt writes: its own fields by position.

    They are made so often that keywords, of which msgspec searches each
    among all fields, would cost more than what they tell.
    """
