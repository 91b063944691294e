"""Whom a tenant is talking to, and what becomes of a ticket that met one of them."""

from __future__ import annotations

from typing import Any

import pytest

from actors.messages import Attach, Granted, Index, MarkedFull, Reason, Refused, Release, Reserve, Ticket
from actors.restart import Supervisor
from actors.settings import TenantSettings
from actors.tenant.actor import TENANT, TenantActor
from runtime.calls import E164, CallId
from runtime.kernel import ActorSystem, EngineActor, VirtualClock, handles
from runtime.observe.observer import Observer

ANNA, BERT, CARL = E164("+12125550001"), E164("+12125550002"), E164("+12125550003")


class Heard(EngineActor):
    """Stands for a pool and for its contacts, and keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    @handles(Granted, Refused, Ticket)
    def hear(self, message: Any) -> None:
        self.told.append(message)

    @handles(MarkedFull)
    def marked_full(self, message: MarkedFull) -> None:
        pass


class Desk:
    """A tenant of two slots with one pool."""

    def __init__(self, system: ActorSystem) -> None:
        observer = Observer(system.clock)
        supervisor = Supervisor(observer, system.clock.time, pytest.fail)
        self.ref = system.start(Heard)
        self.tenant = system.start(TenantActor, TenantSettings("acme", 2), {}, observer, supervisor)
        self.tenant.tell(Attach("pool", self.ref))

    def reserve(self, call: str, party: E164, *, more: bool = False) -> None:
        number = E164("+14155550100")
        self.tenant.tell(
            Reserve(CallId(call), "pool", "spring", Index(0), number, party, False, more, self.ref)
        )

    @property
    def told(self) -> list[Any]:
        actor = self.ref._actor_weakref()
        assert isinstance(actor, Heard)
        return actor.told


async def test_a_ticket_that_met_a_busy_phone_comes_again_while_others_wait() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        desk = Desk(system)
        desk.reserve("1", ANNA)
        desk.reserve("2", BERT)
        desk.reserve("3", CARL, more=True)  # refused: the pool waits for a ticket
        desk.tenant.tell(Release(CallId("1")))
        await system.until_idle()
        assert desk.told[-1] == Ticket(None)

        desk.reserve("4", BERT, more=True)
        await system.until_idle()
        desk.reserve("5", CARL)
        await system.until_idle()

        assert desk.told[-3:] == [
            Refused(CallId("4"), TENANT, Reason.PARTY_BUSY),
            Ticket(None),
            Granted(CallId("5"), TENANT, 2, 2),
        ]


async def test_a_ticket_that_met_a_busy_phone_is_free_when_nobody_else_waits() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        desk = Desk(system)
        desk.reserve("1", ANNA)
        desk.reserve("2", BERT)
        desk.reserve("3", CARL)
        desk.tenant.tell(Release(CallId("1")))
        desk.reserve("4", BERT)
        await system.until_idle()

        tenant = desk.tenant._actor_weakref()

        assert isinstance(tenant, TenantActor)
        assert tenant.slots.tickets_out == 0
        assert tenant.slots.room == 1
