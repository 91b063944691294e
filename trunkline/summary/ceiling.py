"""How many calls all pools can run at once, followed from the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from runtime.observe.events import (
    CampaignFinished,
    ConnectionClosed,
    ConnectionLimitChanged,
    ConnectionOpened,
    Event,
    PoolCapacity,
    TenantCapChanged,
)


class PoolView(msgspec.Struct, frozen=True):
    """What a campaign's breakdown last said of its caps and connections."""

    tenant: str
    campaign_cap: int | None
    numbers_limits: Mapping[str, int | None]
    """Of each connection with an eligible number: what its numbers carry together."""


class CeilingWatch:
    """A sink that knows the ceiling of the run as a whole.

    A connection counts once, however many campaigns share it, with its
    numbers' own limits where those are lower; each tenant counts up to its
    cap, or its campaigns' caps together where all have one. For a single
    campaign it is that campaign's ceiling. `changed` hears of each new one.
    """

    def __init__(self, changed: Callable[[float, int], object] | None = None) -> None:
        self.ceiling = 0
        self._changed = changed
        self._pools: dict[str, PoolView] = {}
        self._limits: dict[str, int] = {}
        self._caps: dict[str, int] = {}
        self._opened: set[str] = set()
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            PoolCapacity: self._capacity,
            CampaignFinished: self._finished,
            ConnectionLimitChanged: self._limit_changed,
            TenantCapChanged: self._cap_changed,
            ConnectionOpened: self._connection_opened,
            ConnectionClosed: self._connection_closed,
        }

    def __call__(self, time: float, event: Event) -> None:
        """Take in one event."""
        self._handlers[type(event)](event)
        ceiling = self._reckon()
        if ceiling != self.ceiling:
            self.ceiling = ceiling
            if self._changed is not None:
                self._changed(time, ceiling)

    def wants(self, kind: type[Event]) -> bool:
        """Ask for what a ceiling depends on."""
        return kind in self._handlers

    def _capacity(self, event: PoolCapacity) -> None:
        self._caps[event.tenant or ""] = event.tenant_cap
        numbers_limits: dict[str, int | None] = {}
        for row in event.connections:
            self._limits[row["connection"]] = row["limit"]
            if row["breaker"] == "closed":
                self._opened.discard(row["connection"])
            if row["eligible_numbers"]:
                numbers_limits[row["connection"]] = row["numbers_limit"]
        self._pools[event.campaign or ""] = PoolView(event.tenant or "", event.campaign_cap, numbers_limits)

    def _finished(self, event: CampaignFinished) -> None:
        if len(self._pools) > 1:  # the last one's ceiling stands to the end
            self._pools.pop(event.campaign or "", None)

    def _limit_changed(self, event: ConnectionLimitChanged) -> None:
        self._limits[event.connection] = event.limit

    def _cap_changed(self, event: TenantCapChanged) -> None:
        self._caps[event.tenant or ""] = event.limit

    def _connection_opened(self, event: ConnectionOpened) -> None:
        self._opened.add(event.connection)

    def _connection_closed(self, event: ConnectionClosed) -> None:
        self._opened.discard(event.connection)

    def _reckon(self) -> int:
        routes: dict[str, int] = {}
        caps: dict[str, list[int | None]] = {}
        for pool in self._pools.values():
            caps.setdefault(pool.tenant, []).append(pool.campaign_cap)
            for name, numbers_limit in pool.numbers_limits.items():
                limit = self._limits[name]
                carries = limit if numbers_limit is None else min(limit, numbers_limit)
                if name not in self._opened:
                    routes[name] = max(routes.get(name, 0), carries)
        return min(
            sum(routes.values()), sum(self._tenant(tenant, campaigns) for tenant, campaigns in caps.items())
        )

    def _tenant(self, tenant: str, campaigns: list[int | None]) -> int:
        capped = [cap for cap in campaigns if cap is not None]
        cap = self._caps[tenant]
        return min(cap, sum(capped)) if len(capped) == len(campaigns) else cap
