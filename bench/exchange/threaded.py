"""Dispatch by pykka's ThreadingActors: one `ask().get()` for each request and its answer.

The actors are the engine's: pool, connections, tenant, journal, and one that
lives for each attempt of a contact. What needs no answer (a release) is told.
With `kept` a contact's actor is kept for the next contact, which no program
of actors would do, so that no thread is made for each call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pykka

from actors.campaign.book import ContactBook, Standing
from actors.contact.attempts import Ended, Finish, Next, next_attempt
from actors.messages import (
    Activate,
    Granted,
    Index,
    Placed,
    Reason,
    Refused,
    Release,
    RequestNumber,
    Reserve,
    Start,
    Voided,
)
from actors.settings import ConnectionSettings, EngineSettings
from bench.exchange.decided import Decided
from bench.exchange.rules import NOBODY, NOW, Connection, Held, Pool, Tenant, fill, request_of
from runtime.calls import E164, CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.contacts import NewContact

Ref = pykka.ActorRef[Any]


class Draw(msgspec.Struct, frozen=True, gc=False):
    """Start whoever is next."""


class Offer(msgspec.Struct, frozen=True, gc=False):
    """The pool's grant: a number, and why it was drawn."""

    call: CallId
    number: E164
    connection: str
    tier: str
    weight: float
    share: float | None
    candidates: int


class Place(msgspec.Struct, frozen=True, gc=False):
    """Place the call, if the gate lets it through."""

    request: CallRequest


class Record(msgspec.Struct, frozen=True, gc=False):
    """Write down that a call begins, or with None that it is over."""

    call: CallId
    request: CallRequest | None


class PoolThread(pykka.ThreadingActor):
    """The pool: draws, offers, learns."""

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self._pool = pool
        self._held: dict[Index, Held] = {}
        self._calls: dict[CallId, Held] = {}

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Draw):
            held = self._pool.draw()
            if held is None:
                return None
            self._held[held.index] = held
            return Start(held.index)
        if isinstance(message, RequestNumber):
            held = self._calls[message.call] = self._held.pop(message.contact)
            assert self._pool.may_offer(held)
            return _offer(message.call, held)
        assert isinstance(message, Release)
        assert message.outcome is not None
        self._pool.release(self._calls.pop(message.call), message.outcome)
        return None


def _offer(call: CallId, held: Held) -> Offer:
    choice, number = held.choice, held.choice.number
    return Offer(
        call,
        number.number,
        number.connection.name,
        choice.tier.value,
        choice.weight,
        choice.share,
        choice.candidates,
    )


class ConnectionThread(pykka.ThreadingActor):
    """A connection: grants, keeps the gate; its carrier does nothing."""

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__()
        self._connection = Connection(settings)

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Reserve):
            granted = self._connection.reserve(message.call, message.pool, message.number)
            if granted is None:
                return Refused(message.call, self._connection.name, Reason.CONNECTION_FULL)
            return Granted(message.call, self._connection.name, *granted)
        if isinstance(message, Place):
            reason = self._connection.pass_gate(message.request)
            return Placed(message.request.call) if reason is None else Voided(message.request.call, reason)
        assert isinstance(message, Release)
        self._connection.release(message.call, fault=bool(message.fault))
        return None


class TenantThread(pykka.ThreadingActor):
    """A tenant's cap, and whom it is talking to."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._tenant = Tenant(limit)

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Reserve):
            granted = self._tenant.reserve(message.call, message.pool, message.party)
            if granted is None:
                return Refused(message.call, "tenant", Reason.TENANT_FULL)
            return Granted(message.call, "tenant", *granted)
        assert isinstance(message, Release)
        self._tenant.release(message.call)
        return None


class JournalThread(pykka.ThreadingActor):
    """What is under way, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way: dict[CallId, CallRequest] = {}

    def on_receive(self, message: Any) -> Any:
        assert isinstance(message, Record)
        if message.request is None:
            del self._under_way[message.call]
        else:
            self._under_way[message.call] = message.request
        return message.call


class ContactThread(pykka.ThreadingActor):
    """One contact during one attempt, then another."""

    def __init__(
        self, settings: EngineSettings, pool: Ref, connections: dict[str, Ref], tenant: Ref, journal: Ref
    ) -> None:
        super().__init__()
        self._settings = settings.campaigns[0]
        self._pool = pool
        self._connections = connections
        self._tenant = tenant
        self._journal = journal

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Activate):
            return self._begin(message)
        assert isinstance(message, CallEvent)
        return self._end(message)

    def _begin(self, activate: Activate) -> Offer:
        self._activate = activate
        settings, record, call = self._settings, activate.record, activate.call
        offer = cast(Offer, self._pool.ask(RequestNumber(settings.name, activate.contact, call, NOBODY)))
        connection = self._connections[offer.connection]
        reserve = Reserve(
            call,
            settings.tenant,
            settings.name,
            activate.contact,
            offer.number,
            record.to,
            False,
            False,
            NOBODY,
        )
        assert isinstance(connection.ask(reserve), Granted)
        assert isinstance(self._tenant.ask(reserve), Granted)
        request = request_of(
            settings, call, record.contact, record.to, record.attempts + 1, offer.number, offer.connection
        )
        self._journal.ask(Record(call, request))
        assert isinstance(connection.ask(Place(request)), Placed)
        self._connection = connection
        return offer

    def _end(self, event: CallEvent) -> Next:
        call, outcome = event.call, event.outcome
        assert outcome is not None
        self._journal.ask(Record(call, None))
        release = Release(call, outcome, False, True)
        for ref in (self._connection, self._tenant, self._pool):
            ref.tell(release)
        record = self._activate.record
        return next_attempt(
            self._settings,
            Ended(
                outcome,
                "completed",
                event.ring_seconds,
                record.attempts + 1,
                record.carrier_failures,
                reached=True,
                on_sticky=False,
            ),
            NOW,
        )


class Dispatcher:
    """One campaign's dispatches by actors on threads, one step after the other.

    As only one thread can run Python at a time, taking the steps in turns
    costs nothing, and makes the same decisions every time.
    """

    def __init__(
        self, settings: EngineSettings, rows: Sequence[NewContact], seed: int, *, kept: bool = False
    ) -> None:
        self._book = ContactBook()
        fill(self._book, rows)
        self._pool = PoolThread.start(Pool(settings, self._book, seed))
        connections: dict[str, Ref] = {one.name: ConnectionThread.start(one) for one in settings.connections}
        tenant = TenantThread.start(settings.tenants[0].max_concurrent)
        journal = JournalThread.start()
        self._partners = (settings, self._pool, connections, tenant, journal)
        self._kept = kept
        self._free = [
            ContactThread.start(*self._partners)
            for _ in range(settings.tenants[0].max_concurrent if kept else 0)
        ]
        self._all: list[Ref] = [self._pool, *connections.values(), tenant, journal, *self._free]
        self._calls = 0
        self.decided: list[Decided] = []

    def run(self) -> list[Decided]:
        """Dispatch until nobody waits; a call ends when its slot is wanted."""
        in_progress: deque[tuple[CallId, Index, Offer, pykka.ActorRef[ContactThread]]] = deque()
        while True:
            start = cast("Start | None", self._pool.ask(Draw()))
            if start is not None:
                in_progress.append(self._begin(start.contact))
            elif in_progress:
                self._end(*in_progress.popleft())
            else:
                return self.decided

    def stop(self) -> None:
        """End every actor."""
        for ref in self._all:
            ref.stop()

    def _begin(self, index: Index) -> tuple[CallId, Index, Offer, pykka.ActorRef[ContactThread]]:
        self._calls += 1
        call = CallId(f"threads-spring-{self._calls}")
        self._book.set_standing(index, Standing.ACTIVE)
        record = self._book.record(index, ())
        contact = self._free.pop() if self._kept else ContactThread.start(*self._partners)
        offer = cast(Offer, contact.ask(Activate(call, index, record, NOBODY)))
        self.decided.append(
            Decided(
                record.contact,
                offer.number,
                offer.connection,
                offer.tier,
                offer.weight,
                offer.share,
                offer.candidates,
            )
        )
        return call, index, offer, contact

    def _end(self, call: CallId, index: Index, offer: Offer, contact: pykka.ActorRef[ContactThread]) -> None:
        ended = CallEvent(call, CallProgress.ENDED, Outcome.ANSWERED, None, 0.0, 0.0)
        following = contact.ask(ended)
        assert isinstance(following, Finish)
        if self._kept:
            self._free.append(contact)
        else:
            contact.stop(block=False)
        self._book.placed(index, counted=True)
        self._book.mark_reached(index)
        self._book.set_sticky(index, offer.number)
        self._book.set_standing(index, Standing[following.result.name])
