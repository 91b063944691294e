"""Which number calls whom: granted, refused, voided, waited for."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import AttemptEvent, Event


class DispatchGranted(AttemptEvent, frozen=True, gc=False):
    """A call has passed the last gate and goes to its carrier."""

    event: ClassVar[str] = "dispatch.granted"
    call: str
    contact: str
    attempt: int
    waited_seconds: float
    to: str
    party: str | None
    region: str | None
    zones: list[str]
    timezone: str | None
    number: str
    connection: str
    tier: str
    spilled: str | None
    probe: bool
    weight: float
    share: float | None
    candidates: int
    connection_in_use: int
    connection_limit: int
    tenant_in_use: int
    tenant_cap: int
    number_in_use: int
    number_limit: int | None


class DispatchRefused(Event, frozen=True, gc=False, kw_only=True):
    """A drawn number was refused by its connection or the tenant."""

    event: ClassVar[str] = "dispatch.refused"
    call: str
    contact: str
    number: str
    connection: str
    weight: float
    share: float | None
    candidates: int
    by: str
    reason: str


class DispatchVoided(Event, frozen=True, gc=False, kw_only=True):
    """A granted call was stopped at the last gate; it is not counted."""

    event: ClassVar[str] = "dispatch.voided"
    call: str
    contact: str
    number: str
    reason: str


class DispatchWaiting(Event, frozen=True, gc=False, kw_only=True):
    """A contact waits, and for what."""

    event: ClassVar[str] = "dispatch.waiting"
    level: ClassVar[str] = "debug"
    contact: str
    reason: str
