"""The carrier's own truth: how many calls are up, and how many ever were.

A count of the engine's own can't see the calls that it forgot; auditors
count here. A tally outlives the engine, and several lines may share one, so
that a tenant's calls are counted over all its connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from runtime.calls import CallRequest, Outcome


class Count(msgspec.Struct, frozen=True):
    """What a carrier has seen of one connection, tenant, campaign or number.

    A call is up from Place to its end, setup included, but for one that the
    connection refused (`congested`, or during an outage): that is placed
    and failed, and never up. `placed` = `up` + the sum of `outcomes`.
    """

    up: int
    peak_up: int
    placed: int
    congested: int
    outcomes: Mapping[Outcome, int]


class CampaignName(NamedTuple):
    """Names a campaign among all tenants'."""

    tenant: str
    campaign: str


class ContactName(NamedTuple):
    """Names a contact among all campaigns'."""

    tenant: str
    campaign: str
    contact: str


class CarrierStatistics(msgspec.Struct, frozen=True):
    """What a carrier has seen so far.

    `peak_up_of_a_phone` is the most calls of one tenant that any one phone
    number was ever in at once. `placed_by_contact` is empty unless contacts
    are counted. `voided` are requests that came after their `not_after`; they
    count nowhere else.
    """

    total: Count
    connections: Mapping[str, Count]
    tenants: Mapping[str, Count]
    campaigns: Mapping[CampaignName, Count]
    numbers: Mapping[str, Count]
    peak_up_of_a_phone: int
    placed_by_contact: Mapping[ContactName, int]
    voided: int
    events_lost: int
    events_late: int
    events_duplicated: int


class _Counter:
    """The calls that are up of one connection, tenant, campaign or number."""

    __slots__ = ("peak_up", "routes", "up")

    def __init__(self) -> None:
        self.up = 0
        self.peak_up = 0
        self.routes: list[_Route] = []

    def freeze(self) -> Count:
        outcomes: dict[Outcome, int] = {}
        for route in self.routes:
            for outcome, count in route.outcomes.items():
                outcomes[outcome] = outcomes.get(outcome, 0) + count
        placed = sum(route.placed for route in self.routes)
        return Count(self.up, self.peak_up, placed, sum(route.congested for route in self.routes), outcomes)


class _Route:
    """What adds up: calls of one number for one campaign over one connection.

    Sums over routes are made when asked for; only what is up now and its
    peak have to be counted everywhere with each call.
    """

    __slots__ = ("congested", "counters", "outcomes", "placed")

    def __init__(self, counters: tuple[_Counter, ...]) -> None:
        self.counters = counters
        self.placed = 0
        self.congested = 0
        self.outcomes: dict[Outcome, int] = {}
        for counter in counters:
            counter.routes.append(self)

    def count(self, outcome: Outcome) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


class Tally:
    """Count calls as they are placed and end."""

    def __init__(self, *, count_contacts: bool = False) -> None:
        self.voided = 0
        self.events_lost = 0
        self.events_late = 0
        self.events_duplicated = 0
        self._count_contacts = count_contacts
        self._total = _Counter()
        self._connections: dict[str, _Counter] = {}
        self._tenants: dict[str, _Counter] = {}
        self._campaigns: dict[CampaignName, _Counter] = {}
        self._numbers: dict[str, _Counter] = {}
        self._routes: dict[tuple[str, str, str, str], _Route] = {}
        self._phones: dict[tuple[str, str], int] = {}
        self._peak_up_of_a_phone = 0
        self._contacts: dict[ContactName, int] = {}

    def begin(self, request: CallRequest) -> None:
        """Count a call as up."""
        route = self._of(request)
        route.placed += 1
        for counter in route.counters:
            counter.up = up = counter.up + 1
            if up > counter.peak_up:
                counter.peak_up = up
        phones, phone = self._phones, (request.tenant, request.to)
        if phone in phones:
            phones[phone] = up = phones[phone] + 1
            self._peak_up_of_a_phone = max(up, self._peak_up_of_a_phone)
        else:
            phones[phone] = 1
            self._peak_up_of_a_phone = self._peak_up_of_a_phone or 1
        if self._count_contacts:
            self._count_contact(request)

    def end(self, request: CallRequest, outcome: Outcome) -> None:
        """Count a call that was up as ended."""
        route = self._of(request)
        outcomes = route.outcomes
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        for counter in route.counters:
            counter.up -= 1
        phones, phone = self._phones, (request.tenant, request.to)
        up = phones.pop(phone) - 1
        if up:
            phones[phone] = up

    def refuse(self, request: CallRequest, *, congested: bool) -> None:
        """Count a call that the connection refused to carry."""
        route = self._of(request)
        route.placed += 1
        route.congested += congested
        route.count(Outcome.FAILED)
        if self._count_contacts:
            self._count_contact(request)

    def statistics(self) -> CarrierStatistics:
        """Give a frozen record of what has been counted so far."""
        return CarrierStatistics(
            total=self._total.freeze(),
            connections={name: counter.freeze() for name, counter in self._connections.items()},
            tenants={name: counter.freeze() for name, counter in self._tenants.items()},
            campaigns={name: counter.freeze() for name, counter in self._campaigns.items()},
            numbers={name: counter.freeze() for name, counter in self._numbers.items()},
            peak_up_of_a_phone=self._peak_up_of_a_phone,
            placed_by_contact=dict(self._contacts),
            voided=self.voided,
            events_lost=self.events_lost,
            events_late=self.events_late,
            events_duplicated=self.events_duplicated,
        )

    def _of(self, request: CallRequest) -> _Route:
        names = (request.connection, request.tenant, request.campaign, request.number)
        route = self._routes.get(names)
        if route is None:
            connection, tenant, campaign, number = names
            route = self._routes[names] = _Route(
                (
                    self._total,
                    self._connections.setdefault(connection, _Counter()),
                    self._tenants.setdefault(tenant, _Counter()),
                    self._campaigns.setdefault(CampaignName(tenant, campaign), _Counter()),
                    self._numbers.setdefault(number, _Counter()),
                )
            )
        return route

    def _count_contact(self, request: CallRequest) -> None:
        name = ContactName(request.tenant, request.campaign, request.contact)
        self._contacts[name] = self._contacts.get(name, 0) + 1


class NoTally(Tally):
    """Counts no call: for a line whose truth nobody asks for."""

    def begin(self, request: CallRequest) -> None:
        """Count nothing."""

    def end(self, request: CallRequest, outcome: Outcome) -> None:
        """Count nothing."""

    def refuse(self, request: CallRequest, *, congested: bool) -> None:
        """Count nothing."""
