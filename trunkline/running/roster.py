"""Who is at work in a run: its actors and intakes, found by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pykka import ActorRef

from actors.lease.tenure import Membership
from actors.settings import CampaignSettings
from runtime.calls import E164
from runtime.errors import UnknownName
from runtime.observe.events import CampaignFinished
from trunkline.contacts import ContactIntake


class Roster:
    """The actors of a run, and what has become of its campaigns.

    A campaign that an earlier life has finished has settings and a result,
    but no actor. `journal` writes changes down; it is None where nothing is
    kept, `membership` where no limit is shared, `partitions` and
    `answer_rates` are empty where no contacts are.
    """

    def __init__(self) -> None:
        self.connections: dict[str, ActorRef[Any]] = {}
        self.tenants: dict[str, ActorRef[Any]] = {}
        self.pools: dict[str, ActorRef[Any]] = {}
        self.campaigns: dict[str, ActorRef[Any]] = {}
        self.settings: dict[str, CampaignSettings] = {}
        self.intakes: dict[str, ContactIntake] = {}
        self.number_tenants: dict[E164, str] = {}
        self.results: dict[str, CampaignFinished] = {}
        self.journal: ActorRef[Any] | None = None
        self.membership: Membership | None = None
        self.partitions: dict[str, ActorRef[Any]] = {}
        self.answer_rates: dict[str, ActorRef[Any]] = {}
        self.closing = False

    @property
    def over(self) -> bool:
        """Tell whether every campaign that is dialed has come to its end."""
        return len(self.results) == len(self.settings) > 0

    def settings_of(self, campaign: str) -> CampaignSettings:
        """Give a campaign's settings; raises UnknownName."""
        settings = self.settings.get(campaign)
        if settings is None:
            raise UnknownName("campaign", campaign)
        return settings

    def running(self, campaign: str) -> ActorRef[Any]:
        """Find a campaign's actor; raises UnknownName for one that has none."""
        return _named(self.campaigns, "running campaign", campaign)

    def campaign(self, name: str) -> ActorRef[Any]:
        """Find a campaign's actor; raises UnknownName."""
        return _named(self.campaigns, "campaign", name)

    def connection(self, name: str) -> ActorRef[Any]:
        """Find a connection's actor; raises UnknownName."""
        return _named(self.connections, "connection", name)

    def tenant(self, name: str) -> ActorRef[Any]:
        """Find a tenant's actor; raises UnknownName."""
        return _named(self.tenants, "tenant", name)

    def pool(self, tenant: str) -> ActorRef[Any]:
        """Find the pool of a tenant; raises UnknownName."""
        return _named(self.pools, "tenant", tenant)

    def pool_of_number(self, number: str) -> ActorRef[Any]:
        """Find the pool that a number is in; raises UnknownName."""
        tenant = self.number_tenants.get(E164(number))
        if tenant is None:
            raise UnknownName("number", number)
        return self.pool(tenant)

    def pool_of_campaign(self, campaign: str) -> ActorRef[Any]:
        """Find the pool that a campaign is served by; raises UnknownName."""
        return self.pools[self.settings_of(campaign).tenant]


def _named(refs: Mapping[str, ActorRef[Any]], kind: str, name: str) -> ActorRef[Any]:
    ref = refs.get(name)
    if ref is None:
        raise UnknownName(kind, name)
    return ref
