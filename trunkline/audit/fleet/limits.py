"""Limits that several daemons share, as each of their logs tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from runtime.observe import events
from runtime.observe.events import Event
from trunkline.audit.fleet.line import FleetLine
from trunkline.audit.limits import Limit
from trunkline.audit.settings import ConnectionRow, NumberRow, Settings, read_table

Key: TypeAlias = tuple[str, str]
"""A kind of limit (connection, tenant, campaign, number, rate, day), and whose it is."""


class SharedLimits:
    """What each daemon goes by; they hear of a change one after the other."""

    def __init__(self) -> None:
        self.settings: dict[str, Settings] = {}
        """By campaign, as the last one that began it has them."""
        self.zones: dict[str, ZoneInfo] = {}
        """By number, where its day is counted."""
        self._known: dict[Key, dict[int, Limit]] = {}
        self.handlers: dict[type[Event], Callable[[FleetLine, Any], None]] = {
            events.EngineStarted: self._forget,
            events.EngineRecovered: self._forget,
            events.EngineStopped: self._forget,
            events.CampaignStarted: self._campaign_started,
            events.NumberAdded: self._number_added,
            events.ConnectionLimitChanged: self._connection_limit,
            events.TenantCapChanged: self._tenant_cap,
            events.LimitDiffers: self._differs,
        }

    def most(self, key: Key, now: float) -> int | None:
        """Give the highest value that any daemon went by lately; None where one knows of no limit."""
        values = {value for limit in self._known.get(key, {}).values() for value in limit.lately(now)}
        return None if None in values else max((one for one in values if one is not None), default=None)

    def _forget(self, told: FleetLine, event: Event) -> None:
        """Forget what a daemon knew: it has ended, or begins another life."""
        for limits in self._known.values():
            limits.pop(told.daemon, None)

    def _of(self, told: FleetLine, key: Key) -> Limit:
        return self._known.setdefault(key, {}).setdefault(told.daemon, Limit())

    def _campaign_started(self, told: FleetLine, event: events.CampaignStarted) -> None:
        name = event.campaign or ""
        settings = self.settings[name] = read_table(event.settings, Settings)
        self._of(told, ("tenant", event.tenant or "")).learn(event.tenant_cap)
        self._of(told, ("campaign", name)).learn(settings.max_concurrent)
        for one in event.connections:
            self._learn_connection(told, read_table(one, ConnectionRow))
        for one in event.numbers:
            self._learn_number(told, read_table(one, NumberRow))

    def _number_added(self, told: FleetLine, event: events.NumberAdded) -> None:
        self._learn_connection(told, read_table(event.connection_settings, ConnectionRow))
        self._learn_number(told, read_table(event.settings, NumberRow))

    def _learn_connection(self, told: FleetLine, row: ConnectionRow) -> None:
        self._of(told, ("connection", row.name)).learn(row.max_concurrent)
        self._of(told, ("rate", row.name)).learn(row.max_calls_per_second)

    def _learn_number(self, told: FleetLine, row: NumberRow) -> None:
        self._of(told, ("number", row.number)).learn(row.max_concurrent)
        self._of(told, ("day", row.number)).learn(row.max_calls_per_day)
        self.zones.setdefault(row.number, ZoneInfo(row.timezone))

    def _connection_limit(self, told: FleetLine, event: events.ConnectionLimitChanged) -> None:
        self._of(told, ("connection", event.connection)).change(event.limit, told.time)

    def _tenant_cap(self, told: FleetLine, event: events.TenantCapChanged) -> None:
        self._of(told, ("tenant", event.tenant or "")).change(event.limit, told.time)

    def _differs(self, told: FleetLine, event: events.LimitDiffers) -> None:
        self._of(told, (event.kind, event.name)).change(event.limit, told.time)
