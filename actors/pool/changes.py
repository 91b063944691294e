"""Changes while running: in force at every gate before they are logged.

What lowers (flag, pause, remove, cancel) stops the offers, bars the gates,
and is logged and answered when every connection has confirmed. What lifts is
logged first, then lifted, then offered. Changes of the same number or
campaign are carried out one after the other, so that the last line of the log
says what is in force.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pykka import ActorRef

from actors.messages import (
    AddNumber,
    Answer,
    Bar,
    Barred,
    Canceled,
    ChangeCampaign,
    ChangeNumber,
    Lift,
    RemoveNumber,
    Scope,
)
from actors.pool.inventory import PooledNumber
from runtime.errors import UnknownName
from runtime.observe import events

if TYPE_CHECKING:
    from actors.pool.actor import PoolActor
    from actors.pool.campaign import PoolCampaign

LOWERING = {
    "flagged": events.NumberFlagged,
    "paused": events.NumberPaused,
    "resting": events.NumberResting,
}
LIFTING = {
    "unflagged": events.NumberUnflagged,
    "resumed": events.NumberResumed,
    "rested": events.NumberRested,
}
STATE = {
    "flagged": ("flagged", True),
    "unflagged": ("flagged", False),
    "paused": ("paused", True),
    "resumed": ("paused", False),
    "resting": ("quarantined", True),
    "rested": ("quarantined", False),
}
"""Which of a number's states a change sets, and to what."""


class Changes:
    """Carries out a pool's changes; knows which bars are not in force yet."""

    def __init__(self, pool: PoolActor) -> None:
        self._pool = pool
        self._pending: dict[int, tuple[int, Callable[[], None]]] = {}
        self._count = 0
        self._queued: dict[str, deque[Callable[[], None]]] = {}
        """By number or campaign whose change is not in force yet: what comes after it."""

    def change_number(self, message: ChangeNumber) -> None:
        """Flag, unflag, pause or resume a number, or let it rest."""
        self._in_turn(message.number, lambda: self._change_number(message))

    def remove_number(self, message: RemoveNumber) -> None:
        """Take a number out of a campaign's pool, or out of the inventory."""
        self._in_turn(message.number, lambda: self._remove_number(message))

    def add_number(self, message: AddNumber) -> None:
        """Add a number to the inventory and to the pools of campaigns."""
        self._in_turn(message.settings.number, lambda: self._add_number(message))

    def change_campaign(self, message: ChangeCampaign) -> None:
        """Pause, resume or cancel a campaign."""
        self._in_turn(message.campaign, lambda: self._change_campaign(message))

    def _in_turn(self, subject: str, change: Callable[[], None]) -> None:
        if subject in self._queued:
            self._queued[subject].append(change)
        else:
            change()

    def _change_number(self, message: ChangeNumber) -> None:
        pool = self._pool
        number = pool.numbers.get(message.number)
        if number is None or number.removed:
            _refuse(message.done, "number", message.number)
            return
        if message.what in LIFTING:
            self._lift_number(message, number)
            return
        setattr(number, *STATE[message.what])
        pool.eligibility_changed(number)
        event = LOWERING[message.what](
            tenant=pool.tenant, number=number.number, by=message.by, reason=message.reason
        )
        self._bar(
            [number.connection.name],
            Scope.NUMBER,
            number.number,
            None,
            lambda: self._done(event, message.done),
        )

    def _lift_number(self, message: ChangeNumber, number: PooledNumber) -> None:
        pool = self._pool
        pool.observer.emit(
            LIFTING[message.what](
                tenant=pool.tenant, number=number.number, by=message.by, reason=message.reason
            )
        )
        setattr(number, *STATE[message.what])
        if number.standing and not number.quarantined:
            pool.connection_refs[number.connection.name].tell(Lift(Scope.NUMBER, number.number))
        pool.eligibility_changed(number)
        _answer(message.done)
        pool.serve()
        pool.reports.look_at_ceiling()

    def _remove_number(self, message: RemoveNumber) -> None:
        pool = self._pool
        number = pool.numbers.get(message.number)
        campaigns = [
            campaign
            for campaign in pool.campaigns.values()
            if message.number in campaign.members and message.campaign in (None, campaign.name)
        ]
        if number is None or (message.campaign is not None and not campaigns):
            _refuse(message.done, "number", message.number)
            return
        for campaign in campaigns:
            campaign.leave(number)
        if message.campaign is None:
            number.removed = True
        for campaign in campaigns:
            pool.look_again(campaign)
        event = events.NumberRemoved(
            tenant=pool.tenant,
            campaign=message.campaign,
            number=number.number,
            by=message.by,
            reason=message.reason,
        )
        scope = Scope.NUMBER if message.campaign is None else Scope.POOLED_NUMBER
        self._bar(
            [number.connection.name],
            scope,
            number.number,
            message.campaign,
            lambda: self._done(event, message.done),
        )

    def _add_number(self, message: AddNumber) -> None:
        pool = self._pool
        settings = message.settings
        if settings.connection not in pool.connections:
            _refuse(message.done, "connection", settings.connection)
            return
        unknown = [name for name in message.campaigns if name not in pool.campaigns]
        if unknown:
            _refuse(message.done, "campaign", unknown[0])
            return
        number = pool.numbers.get(settings.number)
        if number is None:
            number = pool.numbers[settings.number] = pool.pooled(settings)
        connection = pool.connection_refs[number.connection.name]
        settings_row, connection_row = pool.reports.rows_of(number)
        for name in message.campaigns or (None,):
            pool.observer.emit(
                events.NumberAdded(
                    tenant=pool.tenant,
                    campaign=name,
                    number=number.number,
                    by=message.by,
                    reason=message.reason,
                    connection=number.connection.name,
                    region=number.place.region,
                    settings=settings_row,
                    connection_settings=connection_row,
                )
            )
        if number.removed:
            number.removed = False
            if number.standing and not number.quarantined:
                connection.tell(Lift(Scope.NUMBER, number.number))
        for name in message.campaigns:
            campaign = pool.campaigns[name]
            if number.number not in campaign.members:
                connection.tell(Lift(Scope.POOLED_NUMBER, number.number, name))
                campaign.join(number)
                pool.look_again(campaign)
        pool.eligibility_changed(number)
        _answer(message.done)
        pool.serve()
        pool.reports.look_at_ceiling()

    def _change_campaign(self, message: ChangeCampaign) -> None:
        pool = self._pool
        campaign = pool.campaigns.get(message.campaign)
        if campaign is None or campaign.canceled or campaign.finished:
            _refuse(message.done, "running campaign", message.campaign)
            return
        tenant, name, by, reason = pool.tenant, campaign.name, message.by, message.reason
        if message.what == "resumed":
            pool.observer.emit(events.CampaignResumed(tenant=tenant, campaign=name, by=by, reason=reason))
            campaign.paused = False
            for ref in pool.connection_refs.values():
                ref.tell(Lift(Scope.CAMPAIGN, campaign.name))
            _answer(message.done)
            pool.serve()
            pool.arm(campaign)
            pool.reports.look_at_ceiling()
            return
        if message.what == "paused":
            campaign.paused = True
            paused = events.CampaignPaused(tenant=tenant, campaign=name, by=by, reason=reason)
            self._bar(
                pool.connection_refs,
                Scope.CAMPAIGN,
                campaign.name,
                None,
                lambda: self._done(paused, message.done),
            )
            return
        campaign.canceled = True
        campaign.clear()
        for key in [key for key in pool.parked if key[0] == campaign.name]:
            del pool.parked[key]
        canceled = events.CampaignCanceled(tenant=tenant, campaign=name, by=by, reason=reason)
        self._bar(
            pool.connection_refs,
            Scope.CAMPAIGN,
            campaign.name,
            None,
            lambda: self._canceled(campaign, canceled, message.done),
        )

    def barred(self, message: Barred) -> None:
        """Count one connection at which the bar is in force."""
        left, then = self._pending[message.change]
        if left > 1:
            self._pending[message.change] = (left - 1, then)
            return
        del self._pending[message.change]
        then()

    def _go_on(self, subject: str) -> None:
        """Carry out what was asked for while a change was not in force yet."""
        queued = self._queued.pop(subject)
        while queued:
            queued.popleft()()
            if subject in self._queued:
                self._queued[subject].extend(queued)
                return

    def _bar(
        self,
        connections: Iterable[str],
        scope: Scope,
        name: str,
        campaign: str | None,
        then: Callable[[], None],
    ) -> None:
        pool = self._pool
        refs: list[ActorRef[Any]] = [pool.connection_refs[one] for one in connections]
        self._count += 1
        self._queued[name] = deque()

        def in_force() -> None:
            then()
            self._go_on(name)

        self._pending[self._count] = (len(refs), in_force)
        for ref in refs:
            ref.tell(Bar(scope, name, pool.actor_ref, self._count, campaign))

    def _done(self, event: events.Event, done: Answer) -> None:
        self._pool.observer.emit(event)
        _answer(done)
        self._pool.reports.look_at_ceiling()

    def _canceled(self, campaign: PoolCampaign, event: events.Event, done: Answer) -> None:
        self._done(event, done)
        campaign.ref.tell(Canceled())


def _answer(done: Answer) -> None:
    if done is not None:
        done.set(None)


def _refuse(done: Answer, kind: str, name: str) -> None:
    if done is not None:
        error = UnknownName(kind, name)
        done.set_exception((UnknownName, error, None))
