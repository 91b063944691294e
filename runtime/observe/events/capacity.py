"""What limits the calls: connections, tenants, the pool."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from runtime.observe.events.line import Event, Table


class ConnectionOpened(Event, frozen=True, gc=False, kw_only=True):
    """A connection's breaker opened: its numbers rest until a probe is good."""

    event: ClassVar[str] = "connection.opened"
    level: ClassVar[str] = "warning"
    connection: str
    limit: int
    by: str
    reason: str


class ConnectionClosed(Event, frozen=True, gc=False, kw_only=True):
    """A connection's breaker closed: its numbers are dialed again."""

    event: ClassVar[str] = "connection.closed"
    connection: str
    limit: int
    by: str
    reason: str


class ConnectionLimitChanged(Event, frozen=True, gc=False, kw_only=True):
    """A connection's limit of concurrent calls is another from here on."""

    event: ClassVar[str] = "connection.limit_changed"
    connection: str
    limit: int
    by: str
    reason: str | None = None


class TenantCapChanged(Event, frozen=True, gc=False, kw_only=True):
    """A tenant's cap is another from here on; `limit` is the new cap."""

    event: ClassVar[str] = "tenant.cap_changed"
    limit: int
    by: str
    reason: str | None = None


class PoolCapacity(Event, frozen=True, gc=False, kw_only=True):
    """The capacity breakdown of a campaign's pool."""

    event: ClassVar[str] = "pool.capacity"
    ceiling: int
    available: int
    binds: str
    binds_now: str
    tenant_cap: int
    tenant_in_use: int
    campaign_cap: int | None
    campaign_in_use: int
    connections: list[Table]
    tenant_held: int | None = None
    campaign_held: int | None = None
    placed: int = 0
    waiting: Table = msgspec.field(default_factory=dict)
    waiting_countries: Table = msgspec.field(default_factory=dict)


class LimitDiffers(Event, frozen=True, gc=False, kw_only=True):
    """A limit that holds for all daemons is another than in this one's file, and is followed."""

    event: ClassVar[str] = "limit.differs"
    level: ClassVar[str] = "warning"
    kind: str
    name: str
    limit: int
    here: int
