"""Start the actors of a run, each with the parts that it talks to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from pykka import ActorRef

from actors.campaign.actor import CampaignActor
from actors.connection.actor import ConnectionActor
from actors.doctor.live import PoolDoctor
from actors.messages import Join
from actors.pool.actor import PoolActor
from actors.restart import Supervisor
from actors.settings import CampaignSettings, EngineSettings, TenantSettings
from actors.tenant.actor import TenantActor
from runtime.calls import E164
from runtime.carriers import SIMULATED, Carrier, Line, build_line
from runtime.errors import UnknownName
from runtime.journal.base import Journal
from runtime.kernel import ActorSystem
from runtime.observe.events import CampaignFinished
from runtime.observe.masking import mask_phone, party_hash
from runtime.observe.observer import Observer
from trunkline.config import Config
from trunkline.contacts.digest import RowsDigest
from trunkline.engine.feeds import Feeds
from trunkline.engine.identity import Identity
from trunkline.engine.sharing import Sharing
from trunkline.resume import Resumption
from trunkline.running import Roster

UNFINISHED_AHEAD = 10_000
"""How many unfinished contacts there may be before those who add more are made to wait."""


def check_carriers(
    config: Config, carriers: Mapping[str, Carrier], given: Mapping[str, Line], *, simulated: bool
) -> None:
    """Refuse to begin with a carrier that isn't there, or that isn't one.

    Raises UnknownName, or TypeError for an object without the two coroutines
    of a `Carrier`, or a class in place of its instance.
    """
    for row in config.carriers:
        if simulated or row.carrier == SIMULATED or row.connection in given:
            continue
        carrier = carriers.get(row.carrier)
        if carrier is None:
            raise UnknownName("carrier", row.carrier)
        if isinstance(carrier, type) or not isinstance(carrier, Carrier):
            raise TypeError(
                f"carriers[{row.carrier!r}] is no Carrier but {carrier!r}: "
                "an object with `async def place(request, report)` and `async def hang_up(call)`"
            )


class Lines:
    """Builds each connection's line to its carrier.

    `given` stands in for the configured ones, by the connection's name;
    `simulated` makes all others simulated ones.
    """

    def __init__(
        self,
        config: Config,
        system: ActorSystem,
        seed: int,
        *,
        virtual: bool,
        simulated: bool,
        carriers: Mapping[str, Carrier] | None,
        given: Mapping[str, Line] | None,
    ) -> None:
        self._config = config
        self._system = system
        self._seed = seed
        self._time_scale = 1.0 if virtual else config.run.time_scale
        self._simulated = simulated
        self._carriers = carriers
        self._given = given or {}

    def build(self, connection: str) -> Line:
        """Give a connection its line."""
        if connection in self._given:
            return self._given[connection]
        config = self._config
        row = next(one for one in config.carriers if one.connection == connection)
        options, numbers = config.simulated(connection)
        return build_line(
            "simulated" if self._simulated else row.carrier,
            self._system,
            seed=self._seed,
            carriers=self._carriers,
            options=options,
            numbers=numbers,
            episodes=config.episodes(connection),
            time_scale=self._time_scale,
        )


class Wiring(msgspec.Struct, frozen=True):
    """What the actors are started with.

    `writer` is the journal's actor. `finished` hears a campaign's last word,
    `loaded` that one has taken over its contacts of an earlier life;
    `awaits` tells whether contacts will join a campaign.
    """

    settings: EngineSettings
    identity: Identity
    roster: Roster
    system: ActorSystem
    observer: Observer
    supervisor: Supervisor
    lines: Lines
    feeds: Feeds
    journal: Journal
    resumption: Resumption | None
    only: str | None
    virtual: bool
    doctor: bool
    sharing: Sharing | None
    awaits: Callable[[str], bool]
    finished: Callable[[CampaignFinished], None]
    loaded: Callable[[], None]

    def start(self, writer: ActorRef[Any]) -> None:
        """Start every actor; nobody dials yet."""
        connections = self.roster.connections
        if self.sharing is not None:
            self.roster.membership = self.sharing.join(
                self.settings,
                self.identity,
                self.system,
                self.observer,
                self.supervisor,
                dialed_lately=self.resumption is not None and self.resumption.dialed_lately,
            )
        membership = self.roster.membership
        if self.sharing is not None and membership is not None:
            names = [tenant.name for tenant in self.settings.tenants]
            self.roster.partitions = self.sharing.deal(
                names, self.identity, membership.tenure, self.system, self.supervisor
            )
        for connection in self.settings.connections:
            line = self.lines.build(connection.name)
            connections[connection.name] = self.system.start(
                ConnectionActor, connection, line, self.observer, self.supervisor, membership
            )
        for tenant in self.settings.tenants:
            self.roster.tenants[tenant.name] = self.system.start(
                TenantActor, tenant, connections, self.observer, self.supervisor, membership
            )
            mine = [
                one
                for one in self.settings.campaigns
                if one.tenant == tenant.name and self.only in (None, one.name)
            ]
            self._start_pool(tenant, mine)
            self._share_rates(tenant.name)
            for campaign in mine:
                self._start_campaign(campaign, writer, self.roster.partitions.get(tenant.name))

    def _start_pool(self, tenant: TenantSettings, campaigns: list[CampaignSettings]) -> None:
        settings, roster = self.settings, self.roster
        roster.pools[tenant.name] = self.system.start(
            PoolActor,
            tenant,
            roster.tenants[tenant.name],
            {one.name: (one, roster.connections[one.name]) for one in settings.connections},
            [one for one in settings.numbers if one.tenant == tenant.name],
            campaigns,
            self.identity.random(tenant.name),
            self.observer,
            self.supervisor,
            None if self.resumption is None else self.resumption.pool,
            PoolDoctor(tenant.name, self.observer) if self.doctor else None,
            roster.membership,
        )

    def _share_rates(self, tenant: str) -> None:
        if self.sharing is None:
            return
        pool = self.roster.pools[tenant]
        ref = self.sharing.share_rates(tenant, pool, self.identity, self.system, self.supervisor)
        if ref is not None:
            self.roster.answer_rates[tenant] = ref

    def _start_campaign(
        self, campaign: CampaignSettings, writer: ActorRef[Any], partitions: ActorRef[Any] | None
    ) -> None:
        roster, name = self.roster, campaign.name
        roster.settings[name] = campaign
        digest = RowsDigest()
        feed = self.feeds.open(campaign, digest)
        finished = self.feeds.finished(campaign, feed)
        if finished is not None:
            roster.results[name] = finished
            return
        joined = msgspec.structs.replace(campaign, keep_open=True) if self.awaits(name) else campaign
        roster.campaigns[name] = ref = self.system.start(
            CampaignActor,
            joined,
            feed,
            pool=roster.pools[campaign.tenant],
            tenant=roster.tenants[campaign.tenant],
            connections=roster.connections,
            journal=writer,
            observer=self.observer,
            supervisor=self.supervisor,
            spell=self._spell(campaign),
            run=self.identity.calls,
            finished=self.finished,
            keeps=self.journal.keeps,
            digest=digest.hexdigest,
            earlier=self.feeds.earlier_life(name, self.loaded),
            ahead=None if self.virtual else UNFINISHED_AHEAD,
            partitions=partitions,
        )
        if partitions is not None:
            partitions.tell(Join(name, ref))
        roster.pools[campaign.tenant].tell(Join(name, ref))

    def _spell(self, campaign: CampaignSettings) -> Callable[[E164], tuple[str, str | None]]:
        """Give what writes a contact's number in the log: as it is, or masked beside a keyed hash."""
        if not campaign.mask_phone_numbers:
            return lambda to: (to, None)
        key = self.identity.key
        return lambda to: (mask_phone(to), party_hash(to, key))
