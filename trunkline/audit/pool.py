"""What is known of numbers, connections, tenants and campaigns, line by line."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from trunkline.audit.breaker import Breaker
from trunkline.audit.changes import Changes
from trunkline.audit.limits import SHORTLY_SECONDS, InUse, Limit
from trunkline.audit.places import Place, area_of, distance, place_of
from trunkline.audit.settings import NOT_TOLD, ConnectionRow, NumberRow, Settings
from trunkline.audit.weights import Weights


class Connection:
    """A provider connection."""

    def __init__(self, row: ConnectionRow, limit: Limit) -> None:
        self.name = row.name
        self.limit = limit
        self.limit.learn(row.max_concurrent)
        self.enabled = row.enabled
        self.rate = row.max_calls_per_second
        self.placed: deque[float] = deque(maxlen=row.max_calls_per_second)
        self.in_use = InUse()
        self.breaker = Breaker(row.breaker_failure_rate)
        self.usable = row.enabled
        """Whether its numbers are eligible: enabled, breaker not open."""


class Number:
    """A caller-id number of a tenant's inventory."""

    def __init__(self, row: NumberRow, index: int) -> None:
        self.number = row.number
        self.index = index
        self.connection = row.connection
        self.limit = row.max_concurrent
        self.day_cap = row.max_calls_per_day
        self.timezone = row.timezone
        self.place: Place = place_of(row.number)
        self.in_use = InUse()
        self.flagged = row.status == "spam"
        self.paused = row.status == "paused"
        self.removed = row.status == "removed"
        self.resting = row.status == "resting"
        self.quarantined = False
        """Whether the doctor lets it rest."""
        self.day_ends_at = 0.0
        self.day_count = 0
        self._area: str | None = None
        self._area_known = False

    def catch_up(self, states: Mapping[str, bool]) -> None:
        """Take on what was said of it before; its row names one state of several that it may be in."""
        if "quarantined" in states:
            self.resting = False
        for state, value in states.items():
            setattr(self, state, value)

    @property
    def standing(self) -> bool:
        """Tell whether it is active: neither flagged, paused nor removed."""
        return not (self.flagged or self.paused or self.removed)

    @property
    def area(self) -> str | None:
        """Name its area, looked up when first asked for."""
        if not self._area_known:
            self._area, self._area_known = area_of(self.number), True
        return self._area


class Member:
    """A number's place in one campaign's pool."""

    __slots__ = ("connection", "number", "present")

    def __init__(self, number: Number, connection: Connection) -> None:
        self.number = number
        self.connection = connection
        self.present = False


class Tenant:
    """A tenant: its cap, its numbers, the phones that it is in calls with."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cap = Limit()
        self.in_use = InUse()
        self.numbers: dict[str, Number] = {}
        self.states: dict[str, dict[str, bool]] = {}
        """By number: what was said of it before it was in the pool of a campaign."""
        self.campaigns: dict[str, Campaign] = {}
        self.parties: dict[str, Call] = {}


class Candidate(NamedTuple):
    """A grant of a lower priority that a campaign's contact may turn out to have waited for."""

    time: float
    line: int
    campaign: str


class Campaign:
    """A campaign: its pool, its contacts' results, its calls."""

    def __init__(self, name: str, tenant: Tenant) -> None:
        self.name = name
        self.tenant = tenant
        self.settings = NOT_TOLD
        self.started_at: float | None = None
        """None before it has started: it may be paused or canceled even so."""
        self.members: dict[str, Member] = {}
        self.weights = Weights(NOT_TOLD.prior_attempts, NOT_TOLD.half_life_attempts)
        self.paused = False
        self.canceled = False
        self.stalled = False
        self.finished = False
        self.in_use = InUse(SHORTLY_SECONDS)
        self.granted = 0
        self.contacts = 0
        """Contacts with a call or an end."""
        self.results: Counter[str] = Counter()
        self.offering_since = inf
        """Since when it could have had any number of its pool."""
        self.resumed = False
        """Whether it goes on from an earlier life of the engine."""
        self.starts_again = False
        self.passed_over: dict[str, Candidate] = {}
        """By number: the first grant of a lower priority since the campaign could have had it."""
        self.turned_away: set[str] = set()
        """Contacts that were refused or voided before their first call."""
        self._version = -1
        self._regions: dict[str | None, bool] = {}
        self._areas: dict[str, bool] = {}
        self._nearest: dict[tuple[tuple[str, ...], int], float | None] = {}
        self._any = False

    def start(self, settings: Settings, now: float) -> None:
        """Begin, by these settings."""
        self.settings = settings
        self.weights = Weights(settings.prior_attempts, settings.half_life_attempts)
        self.started_at = self.offering_since = now

    def resume(self) -> None:
        """Go on in another life of the engine, once it has started again."""
        self.resumed = self.starts_again = True
        self.passed_over.clear()
        self.offering_since = inf

    def member(self, number: Number, connection: Connection) -> Member:
        """Give a number's place in the pool, met now or earlier."""
        member = self.members.get(number.number)
        if member is None:
            member = self.members[number.number] = Member(number, connection)
        return member

    def look(self, changes: Changes) -> None:
        """Forget what was worked out if something about the numbers has changed since."""
        if changes.version != self._version:
            self._version = changes.version
            self._regions.clear()
            self._areas.clear()
            self._nearest.clear()
            self._any = any(self.eligible(member) for member in self.members.values())

    def eligible(self, member: Member) -> bool:
        """Tell whether a number may be dialed from at all."""
        return (
            member.present
            and member.number.standing
            and not (member.number.resting or member.number.quarantined)
            and member.connection.usable
        )

    def has_eligible(self) -> bool:
        """Tell whether any number is eligible."""
        return self._any

    def has_region(self, region: str | None) -> bool:
        """Tell whether a number of a region is eligible."""
        if region not in self._regions:
            self._regions[region] = any(
                member.number.place.region == region and self.eligible(member)
                for member in self.members.values()
            )
        return self._regions[region]

    def has_area(self, area: str) -> bool:
        """Tell whether a number of an area is eligible."""
        if area not in self._areas:
            self._areas[area] = any(
                member.number.area == area and self.eligible(member) for member in self.members.values()
            )
        return self._areas[area]

    def nearest(self, zones: tuple[str, ...], at: float) -> float | None:
        """Give the hours to the nearest eligible number, if they are few enough."""
        key = (zones, int(at // 900))
        if key not in self._nearest:
            if len(self._nearest) > 4096:
                self._nearest.clear()
            there = {m.number.place.zones for m in self.members.values() if self.eligible(m)}
            hours = [far for others in there if (far := distance(zones, others, at)) is not None]
            near = [far for far in hours if far <= self.settings.nearby_hours]
            self._nearest[key] = min(near, default=None)
        return self._nearest[key]


class Call:
    """A call in progress."""

    __slots__ = (
        "answered_at",
        "campaign",
        "connection",
        "contact",
        "granted_at",
        "id",
        "judged",
        "line",
        "number",
        "overdue",
        "party",
        "rang",
        "row",
        "tier",
    )

    def __init__(
        self,
        id: str,
        campaign: Campaign,
        contact: str,
        row: int,
        number: Number,
        connection: Connection,
        tier: str,
        party: str,
        granted_at: float,
        line: int,
    ) -> None:
        self.id = id
        self.campaign = campaign
        self.contact = contact
        self.row = row
        self.number = number
        self.connection = connection
        self.tier = tier
        self.party = party
        self.granted_at = granted_at
        self.line = line
        self.rang = False
        self.judged = False
        """Whether its connection's breaker knows of it."""
        self.answered_at: float | None = None
        self.overdue = False
