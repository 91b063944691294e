"""What a tenant's pool holds: numbers, connections, campaigns, offers and calls."""

from __future__ import annotations

from random import Random
from typing import Any

from pykka import ActorRef

from actors.doctor.live import PoolDoctor
from actors.lease.tenure import Membership
from actors.pool.allowance import Allowance
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.geography import place_of
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.restored import RestoredPool
from actors.restart import RestartingActor, Supervisor
from actors.settings import CampaignSettings, ConnectionSettings, NumberSettings, TenantSettings
from runtime.calls import CallId
from runtime.kernel import Timer
from runtime.observe.events import DispatchWaiting
from runtime.observe.observer import Observer


class TenantPool(RestartingActor):
    """One tenant's numbers, its campaigns, and who is held, called or parked."""

    def __init__(
        self,
        tenant: TenantSettings,
        tenant_ref: ActorRef[Any],
        connections: dict[str, tuple[ConnectionSettings, ActorRef[Any]]],
        numbers: list[NumberSettings],
        campaigns: list[CampaignSettings],
        draws: Random,
        observer: Observer,
        supervisor: Supervisor,
        restored: RestoredPool | None = None,
        doctor: PoolDoctor | None = None,
        membership: Membership | None = None,
    ) -> None:
        super().__init__()
        self.name = tenant.name
        self.supervisor = supervisor
        self.restored = restored
        self.tenant = tenant.name
        self.tenant_ref = tenant_ref
        self.membership = membership
        self.tenant_allowance = Allowance(tenant.max_concurrent if membership is None else 0)
        self.draws = draws
        self.observer = observer
        self.connection_refs = {name: ref for name, (_, ref) in connections.items()}
        self.connection_settings = {name: settings for name, (settings, _) in connections.items()}
        self.connections = {name: PooledConnection(settings) for name, (settings, _) in connections.items()}
        if membership is not None:
            for connection in self.connections.values():
                connection.allowance.limit = 0
        self.with_area = any(campaign.prefer_area_match for campaign in campaigns)
        self.numbers = {settings.number: self.pooled(settings) for settings in numbers}
        self.settings = {campaign.name: campaign for campaign in campaigns}
        self.campaigns: dict[str, PoolCampaign] = {}
        self.held: dict[tuple[str, int], HeldNumber] = {}
        self.calls: dict[CallId, HeldNumber] = {}
        self.parked: dict[tuple[str, int], HeldNumber] = {}
        self.gone: set[tuple[str, int]] = set()
        """Contacts that were started, and are another daemon's should they come back."""
        self.freed: set[tuple[str, int]] = set()
        """Contacts whose phone was free again before their refusal had come back."""
        self.tell_waits = observer.wants(DispatchWaiting)
        self.stopped = False
        self.doctor = doctor
        self.probes: dict[PooledConnection, None] = {}
        """Open connections that wait for somebody to probe them."""
        self.ticketed: dict[PooledConnection, None] = {}
        self.moving: HeldNumber | None = None
        """Who is being moved between the waiting, the held and the called."""
        self.wakes: dict[str, tuple[float, Timer]] = {}

    def pooled(self, settings: NumberSettings) -> PooledNumber:
        """Make a number of the inventory."""
        place = place_of(settings.number, self.with_area)
        shared = self.membership is not None
        return PooledNumber(settings, place, self.connections[settings.connection], shared=shared)
