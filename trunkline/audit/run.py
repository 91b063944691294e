"""All that is known of a run at a line of its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol

from runtime.observe.events import Event
from trunkline.audit.changes import Changes
from trunkline.audit.contacts import Contacts
from trunkline.audit.limits import SHORTLY_SECONDS, Limit
from trunkline.audit.places import Places
from trunkline.audit.pool import Call, Campaign, Connection, Number, Tenant
from trunkline.audit.report import shown_line
from trunkline.audit.settings import ConnectionRow, NumberRow
from trunkline.audit.used import UsedIds


class Fast(NamedTuple):
    """What a carrier's fault before ringing asks for: another number of the tier, at once."""

    tier: str
    tried: tuple[str, ...]
    ended_at: float


class Suspect(NamedTuple):
    """A line that looks wrong, unless a line that follows shortly explains it."""

    until: float
    holds: Callable[[], bool]
    rule: str
    expected: str
    line: int
    text: str
    lapses: bool
    event: Event


class Line(Protocol):
    """Where and when something was logged."""

    @property
    def line(self) -> int: ...
    @property
    def time(self) -> float: ...
    @property
    def event(self) -> Event: ...
    @property
    def text(self) -> str | bytes | None: ...


class Run:
    """One engine's run, over all its lives."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.last_at = float("-inf")
        """When the life before this one wrote its last line."""
        self.tenants: dict[str, Tenant] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.connections: dict[str, Connection] = {}
        self.limits: dict[str, Limit] = {}
        self.numbers: list[Number] = []
        self.calls: dict[str, Call] = {}
        self.used = UsedIds()
        self.contacts = Contacts()
        self.fast: dict[int, Fast] = {}
        """By contact: after a carrier's fault, until its next call."""
        self.sticky_due: dict[int, str] = {}
        """By contact: the number that its answered call has to leave as sticky."""
        self.changes = Changes()
        self.places = Places()
        self.suspects: list[Suspect] = []
        self.rejected: Counter[str] = Counter()
        """Rows that can't be dialed, by campaign; they may come before it has started."""
        self.granted = 0
        self.stopped = False
        self.stalled = False
        self.away_since: float | None = None
        """Since when the journal has been away; None while it is there."""
        self.disturbed_at = float("-inf")
        """When last something happened that makes calls last longer: a crash, a restart, a journal."""
        self.crashed = False

    def resume(self, last_at: float, now: float) -> None:
        """Go on in another life: what the engine keeps in memory only is gone."""
        self.last_at = last_at
        self.stopped = False
        self.away_since = None
        self.disturbed_at = now
        for limit in (*self.limits.values(), *(tenant.cap for tenant in self.tenants.values())):
            limit.forget()
        for connection in self.connections.values():
            connection.breaker.forget()
            connection.placed.clear()
            self.changes.set(now, connection, "usable", connection.enabled)
        for call in self.calls.values():
            call.judged = False  # the new life's breaker hears of it anew
        for campaign in self.campaigns.values():
            campaign.resume()

    def suspect(
        self, scene: Line, rule: str, expected: str, holds: Callable[[], bool], *, lapses: bool = False
    ) -> None:
        """Report a line a little later, unless one that follows shows that it was right.

        One that `lapses` is let go where the log ends before.
        """
        text = shown_line(scene.time, scene.event, scene.text)
        until = scene.time + SHORTLY_SECONDS
        self.suspects.append(Suspect(until, holds, rule, expected, scene.line, text, lapses, scene.event))

    def tenant(self, name: str) -> Tenant:
        """Give a tenant, met now or earlier."""
        tenant = self.tenants.get(name)
        if tenant is None:
            tenant = self.tenants[name] = Tenant(name)
        return tenant

    def campaign(self, tenant: str | None, name: str | None) -> Campaign:
        """Give a campaign, met now or earlier."""
        campaign = self.campaigns.get(name or "")
        if campaign is None:
            owner = self.tenant(tenant or "")
            campaign = Campaign(name or "", owner)
            self.campaigns[campaign.name] = owner.campaigns[campaign.name] = campaign
        return campaign

    def connection(self, row: ConnectionRow) -> Connection:
        """Give a connection, met now or earlier."""
        connection = self.connections.get(row.name)
        if connection is None:
            connection = self.connections[row.name] = Connection(row, self.limit(row.name))
        return connection

    def limit(self, connection: str) -> Limit:
        """Give a connection's limit; it may change before anything else is said of it."""
        return self.limits.setdefault(connection, Limit())

    def number(self, tenant: Tenant, row: NumberRow) -> Number:
        """Give a number of a tenant's inventory, met now or earlier."""
        number = tenant.numbers.get(row.number)
        if number is None:
            number = tenant.numbers[row.number] = Number(row, len(self.numbers))
            number.catch_up(tenant.states.pop(row.number, {}))
            self.numbers.append(number)
        return number
