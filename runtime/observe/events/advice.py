"""What the doctor finds."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import Event, Table


class Advice(Event, frozen=True, gc=False, kw_only=True):
    """Something about a campaign that its owner would want to know, or that it is over."""

    event: ClassVar[str] = "advice"
    level: ClassVar[str] = "warning"
    kind: str
    cause: str
    subject: str | None
    severity: str
    over: bool
    evidence: Table
    suggestion: str
