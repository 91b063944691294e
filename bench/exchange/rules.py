"""The decisions of a dispatch as plain calls on the engine's own pure rules.

Nothing here passes a message. `Pool`, `Connection` and `Tenant` do what the
actors of these names do in a campaign without day caps, hours or faults, and
in the same order, so that the same seed draws the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from actors.campaign.book import ContactBook
from actors.connection.breaker import Breaker, BreakerState
from actors.connection.rate import CallRate
from actors.messages import Index, Reason, Ref
from actors.pool.allowance import Allowance
from actors.pool.campaign import PoolCampaign
from actors.pool.geography import place_of
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.rotation import Choice, choose_number
from actors.pool.turns import next_turn
from actors.settings import CampaignSettings, ConnectionSettings, EngineSettings
from actors.slots import Fixed, Slots
from runtime.calls import E164, CallId, CallRequest, ContactId, Outcome
from runtime.contacts import NewContact

NOW = 1_767_571_201.0
"""Every call is placed and over in this one second."""

PLACE_WITHIN_SECONDS = 10.0
NOBODY: Ref = None  # type: ignore[assignment]  # who is told nothing has no address


class Held:
    """A number that is held for a contact until the call is over."""

    __slots__ = ("choice", "index")

    def __init__(self, index: Index, choice: Choice) -> None:
        self.index = index
        self.choice = choice


class Pool:
    """Who is next, and from which number."""

    def __init__(self, settings: EngineSettings, book: ContactBook, seed: int) -> None:
        self._tenant = Allowance(settings.tenants[0].max_concurrent)
        self._random = Random(f"{seed}/pool/{settings.tenants[0].name}")
        connections = {one.name: PooledConnection(one) for one in settings.connections}
        numbers = {
            one.number: PooledNumber(one, place_of(one.number, False), connections[one.connection])
            for one in settings.numbers
        }
        self._campaign = campaign = PoolCampaign(settings.campaigns[0], NOBODY, numbers)
        for number in campaign.settings.pool:
            campaign.join(numbers[number])
        for index in range(len(book)):
            contact = Index(index)
            waiting = campaign.class_of(book.profile(contact), None, (), None, NOW)
            campaign.room.append_fresh(waiting, contact)
        campaign.started = True

    def draw(self) -> Held | None:
        """Hold a number for whoever is next; None where nobody can be served."""
        if not self._tenant.has_room():
            return None
        turn = next_turn((self._campaign,))
        if turn is None:
            return None
        campaign, row = turn
        settings = campaign.settings
        group = row.lane.group
        assert group is not None, "nobody is called twice, so nobody has a sticky number"
        choice = choose_number(
            group,
            campaign.mean,
            settings.prior_attempts,
            settings.exploration,
            settings.rotation,
            self._random,
            row.waiting.excluded,
        )
        assert choice is not None, "a servable lane has a free number"
        held = Held(Index(row.key[1]), choice)
        campaign.room.take(row)
        campaign.forget(row.waiting)
        self._occupy(choice.number)
        campaign.passed += 1.0 / settings.share
        return held

    def may_offer(self, held: Held) -> bool:
        """Look once more whether the held number may be dialed from."""
        campaign, number = self._campaign, held.choice.number
        return campaign.started and not campaign.paused and number.standing and number.connection.usable

    def release(self, held: Held, outcome: Outcome) -> None:
        """Free the number, and learn from the call's outcome."""
        number = held.choice.number
        self._free(number)
        self._campaign.record(number, outcome)

    def _occupy(self, number: PooledNumber) -> None:
        connection = number.connection
        self._campaign.in_use += 1
        self._tenant.take()
        connection.allowance.take()
        if not connection.has_room():
            for cell in connection.cells:
                cell.mark()
        number.in_use += 1
        if not number.free():
            for cell, leaf in number.seats:
                cell.weigh(leaf)

    def _free(self, number: PooledNumber) -> None:
        connection = number.connection
        had_room = connection.has_room()
        was_free = number.free()
        self._campaign.in_use -= 1
        self._tenant.in_use -= 1
        connection.allowance.in_use -= 1
        number.in_use -= 1
        if not was_free and number.free():
            for cell, leaf in number.seats:
                cell.weigh(leaf)
        if not had_room and connection.has_room():
            for cell in connection.cells:
                cell.mark()
                cell.wake()
        else:
            for cell, _ in number.seats:
                cell.wake()


class Connection:
    """A connection's slots, call rate, breaker and gate."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self.name = settings.name
        self._slots: Slots[E164] = Slots(Fixed(settings.max_concurrent))
        self._rate = CallRate(settings.max_calls_per_second)
        self._breaker = Breaker(settings.breaker_failure_rate)
        self._barred: set[str] = set()

    def reserve(self, call: CallId, pool: str, number: E164) -> tuple[int, int] | None:
        """Lease a slot: how many of how many are in use; None where there is none."""
        if self._breaker.state is not BreakerState.CLOSED:
            return None
        left = self._rate.left(NOW)
        slots = self._slots
        room = slots.room if left is None else min(slots.room, left)
        if not slots.reserve(call, pool, number, room, more=False):
            return None
        self._rate.take(NOW)
        return slots.in_use, slots.source.limit

    def pass_gate(self, request: CallRequest) -> Reason | None:
        """Place the call, or say why not."""
        if request.call not in self._slots.leases:
            return Reason.LIMIT_LOWERED
        if request.number in self._barred or request.campaign in self._barred:
            return Reason.NUMBER_BARRED
        if self._breaker.state is not BreakerState.CLOSED:
            return Reason.CONNECTION_OPEN
        if request.not_after < NOW:
            return Reason.TOO_LATE
        self._rate.placed(NOW)
        return None

    def release(self, call: CallId, *, fault: bool) -> None:
        """End the lease, and learn whether the carrier failed."""
        self._slots.release(call)
        self._breaker.record(fault=fault, now=NOW)


class Tenant:
    """A tenant's slots, and the phone numbers it is in calls with."""

    def __init__(self, limit: int) -> None:
        self._slots: Slots[E164] = Slots(Fixed(limit))
        self._parties: set[E164] = set()

    def reserve(self, call: CallId, pool: str, party: E164) -> tuple[int, int] | None:
        """Lease a slot and the phone number; None where one is taken."""
        slots = self._slots
        if party in self._parties or not slots.reserve(call, pool, party, slots.room, more=False):
            return None
        self._parties.add(party)
        return slots.in_use, slots.source.limit

    def release(self, call: CallId) -> None:
        """End the lease."""
        party = self._slots.release(call)
        if party is not None:
            self._parties.discard(party)


def fill(book: ContactBook, rows: Iterable[NewContact]) -> None:
    """Take all contacts in."""
    for row in rows:
        book.add(row)


def request_of(
    settings: CampaignSettings,
    call: CallId,
    contact: str,
    to: E164,
    attempt: int,
    number: E164,
    connection: str,
) -> CallRequest:
    """Write down what the carrier is asked for."""
    return CallRequest(
        call,
        settings.tenant,
        settings.name,
        ContactId(contact),
        attempt,
        to,
        number,
        connection,
        settings.max_ring_seconds,
        settings.max_call_seconds,
        NOW + PLACE_WITHIN_SECONDS,
        settings.recording,
        {},
    )
