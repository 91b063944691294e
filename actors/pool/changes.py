"""Changes while running: in force at every gate before they are logged.

What lowers (flag, pause, remove, cancel) stops the offers, bars the gates,
and is logged and answered when every connection has confirmed. What lifts is
logged first, then lifted, then offered. Changes of the same number or
campaign are carried out one after the other, so that the last line of the log
says what is in force.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import TypeAlias, assert_never

import msgspec

from actors.answers import answer, refuse
from actors.messages import (
    AddNumber,
    Answer,
    Bar,
    Barred,
    Canceled,
    ChangeCampaign,
    ChangeNumber,
    Lift,
    Propose,
    RemoveNumber,
    Scope,
)
from actors.pool.campaign import PoolCampaign
from actors.pool.inventory import PooledNumber
from actors.pool.lending import share_number
from actors.pool.reports import Reports
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import arm, eligibility_changed, look_again
from runtime.calls import E164
from runtime.errors import UnknownName
from runtime.journal.base import Record
from runtime.observe import events

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


Change: TypeAlias = ChangeNumber | RemoveNumber | AddNumber | ChangeCampaign


class Lowering(msgspec.Struct, gc=False):
    """A change that is under way: `left` are the connections that have not barred yet.

    `apply` stops the offers, again without harm; `then` says it is in force.
    """

    message: Change
    bar: Callable[[int], Bar]
    left: set[str]
    apply: Callable[[], None]
    then: Callable[[], None]


class Changes:
    """Carries out a pool's changes; knows which bars are not in force yet."""

    def __init__(self, pool: TenantPool, reports: Reports) -> None:
        self._pool = pool
        self._reports = reports
        self._pending: dict[int, Lowering] = {}
        self._count = 0
        self._proposed: Propose | None = None
        """The last change that was recorded."""
        self._recorded: Counter[str] = Counter()
        """By number or campaign, the changes that are recorded and not known to be durable."""
        self._queued: dict[str, deque[Change]] = {}
        """By number or campaign whose change is not in force yet: what comes after it."""

    def propose(self, message: Propose) -> None:
        """Record a change, to be told of it again when it is durable; refuse one that can't be.

        What is refused leaves nothing in the journal: a later life would carry it out.
        While an earlier change of the same number or campaign is under way,
        it is judged when its turn has come.
        """
        if message is self._proposed:
            return  # a crash came after that
        change, subject = message.change, _subject_of(message.change)
        under_way = self._recorded[subject] or subject in self._queued
        refusal = None if under_way and not isinstance(change, AddNumber) else self._refusal(change)
        if refusal is not None:
            refuse(change.done, refusal)
            return
        message.journal.tell(Record(message.entry, self._pool.actor_ref, change))
        self._proposed = message
        self._recorded[subject] += 1

    def change(self, message: Change) -> None:
        """Carry out a change, after an earlier one of the same number or campaign."""
        subject = _subject_of(message)
        if self._recorded[subject]:
            self._recorded[subject] -= 1
        if subject in self._queued:
            self._queued[subject].append(message)
        else:
            self._carry_out(message)

    def change_again(self, message: Change) -> None:
        """Finish a change that a crash has interrupted."""
        for count, pending in self._pending.items():
            if pending.message is message:
                self._lower(count, pending)
                return
        if not any(message is queued for queue in self._queued.values() for queued in queue):
            self.change(message)

    def _refusal(self, message: Change) -> UnknownName | None:
        """Say what of a change the pool doesn't know; None if it can be made."""
        pool = self._pool
        match message:
            case ChangeNumber(number=phone):
                number = pool.numbers.get(phone)
                if number is None or number.removed:
                    return UnknownName("number", phone)
            case RemoveNumber(number=phone):
                if phone not in pool.numbers or (
                    message.campaign is not None and not self._members(phone, message.campaign)
                ):
                    return UnknownName("number", phone)
            case AddNumber(settings=settings):
                if settings.connection not in pool.connections:
                    return UnknownName("connection", settings.connection)
                for name in message.campaigns:
                    if name not in pool.campaigns:
                        return UnknownName("campaign", name)
            case ChangeCampaign():
                campaign = pool.campaigns.get(message.campaign)
                if campaign is None or campaign.canceled or campaign.finished:
                    return UnknownName("running campaign", message.campaign)
            case _:
                assert_never(message)
        return None

    def _members(self, number: E164, campaign: str | None) -> list[PoolCampaign]:
        """List the campaigns, or this one, that have the number in their pool."""
        return [
            one
            for one in self._pool.campaigns.values()
            if number in one.members and campaign in (None, one.name)
        ]

    def _carry_out(self, message: Change) -> None:
        refusal = self._refusal(message)
        if refusal is not None:
            refuse(message.done, refusal)
            return
        match message:
            case ChangeNumber():
                self._change_number(message)
            case RemoveNumber():
                self._remove_number(message)
            case AddNumber():
                self._add_number(message)
            case _:
                self._change_campaign(message)

    def _change_number(self, message: ChangeNumber) -> None:
        pool = self._pool
        number = pool.numbers[message.number]
        if message.what in LIFTING:
            self._lift_number(message, number)
            return
        event = LOWERING[message.what](
            tenant=pool.tenant, number=number.number, by=message.by, reason=message.reason
        )

        def apply() -> None:
            setattr(number, *STATE[message.what])
            eligibility_changed(pool, number)

        self._bar(
            message,
            [number.connection.name],
            Scope.NUMBER,
            None,
            apply,
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
        eligibility_changed(pool, number)
        answer(message.done)
        serve(pool)
        self._reports.look_at_ceiling()

    def _remove_number(self, message: RemoveNumber) -> None:
        pool = self._pool
        number = pool.numbers[message.number]
        campaigns = self._members(message.number, message.campaign)

        def apply() -> None:
            for campaign in campaigns:
                campaign.leave(number)
            if message.campaign is None:
                number.removed = True
            for campaign in campaigns:
                look_again(pool, campaign)

        event = events.NumberRemoved(
            tenant=pool.tenant,
            campaign=message.campaign,
            number=number.number,
            by=message.by,
            reason=message.reason,
        )
        scope = Scope.NUMBER if message.campaign is None else Scope.POOLED_NUMBER
        self._bar(
            message,
            [number.connection.name],
            scope,
            message.campaign,
            apply,
            lambda: self._done(event, message.done),
        )

    def _add_number(self, message: AddNumber) -> None:
        pool = self._pool
        settings = message.settings
        number = pool.numbers.get(settings.number)
        if number is None:
            number = pool.numbers[settings.number] = pool.pooled(settings)
            share_number(pool, number)
        connection = pool.connection_refs[number.connection.name]
        settings_row, connection_row = self._reports.rows_of(number)
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
                look_again(pool, campaign)
        eligibility_changed(pool, number)
        answer(message.done)
        serve(pool)
        self._reports.look_at_ceiling()

    def _change_campaign(self, message: ChangeCampaign) -> None:
        pool = self._pool
        campaign = pool.campaigns[message.campaign]
        tenant, name, by, reason = pool.tenant, campaign.name, message.by, message.reason
        if message.what == "resumed":
            pool.observer.emit(events.CampaignResumed(tenant=tenant, campaign=name, by=by, reason=reason))
            campaign.paused = False
            for ref in pool.connection_refs.values():
                ref.tell(Lift(Scope.CAMPAIGN, campaign.name))
            answer(message.done)
            serve(pool)
            arm(pool, campaign)
            self._reports.look_at_ceiling()
            return
        if message.what == "paused":

            def pause() -> None:
                campaign.paused = True

            paused = events.CampaignPaused(tenant=tenant, campaign=name, by=by, reason=reason)
            self._bar(
                message,
                pool.connection_refs,
                Scope.CAMPAIGN,
                None,
                pause,
                lambda: self._done(paused, message.done),
            )
            return

        def cancel() -> None:
            campaign.canceled = True
            campaign.clear()
            for key in [key for key in pool.parked if key[0] == campaign.name]:
                del pool.parked[key]

        canceled = events.CampaignCanceled(tenant=tenant, campaign=name, by=by, reason=reason)
        self._bar(
            message,
            pool.connection_refs,
            Scope.CAMPAIGN,
            None,
            cancel,
            lambda: self._canceled(campaign, canceled, message.done),
        )

    def barred(self, message: Barred) -> None:
        """Note a connection at which the bar is in force."""
        pending = self._pending.get(message.change)
        if pending is None:
            return
        pending.left.discard(message.connection)
        if not pending.left:
            pending.then()
            del self._pending[message.change]
            self._go_on(_subject_of(pending.message))

    def barred_again(self, message: Barred) -> None:
        """Finish what a crash has interrupted while a bar came into force."""
        self.barred(message)
        under_way = {_subject_of(pending.message) for pending in self._pending.values()}
        for subject in [subject for subject in self._queued if subject not in under_way]:
            self._go_on(subject)

    def _go_on(self, subject: str) -> None:
        """Carry out what was asked for while a change was not in force yet."""
        queued = self._queued[subject]
        while queued:
            count = self._count
            self._carry_out(queued[0])
            queued.popleft()
            if self._count > count:  # it has to wait for its bars, and the rest for it
                return
        del self._queued[subject]

    def _bar(
        self,
        message: Change,
        connections: Iterable[str],
        scope: Scope,
        campaign: str | None,
        apply: Callable[[], None],
        then: Callable[[], None],
    ) -> None:
        subject, ref = _subject_of(message), self._pool.actor_ref

        def bar(count: int) -> Bar:
            return Bar(scope, subject, ref, count, campaign)

        self._queued.setdefault(subject, deque())
        pending = Lowering(message, bar, set(connections), apply, then)
        self._count += 1
        self._pending[self._count] = pending
        self._lower(self._count, pending)

    def _lower(self, count: int, pending: Lowering) -> None:
        pending.apply()
        for name in self._pool.connection_refs:
            if name in pending.left:
                self._pool.connection_refs[name].tell(pending.bar(count))

    def _done(self, event: events.Event, done: Answer) -> None:
        self._pool.observer.emit(event)
        answer(done)
        self._reports.look_at_ceiling()

    def _canceled(self, campaign: PoolCampaign, event: events.Event, done: Answer) -> None:
        self._done(event, done)
        campaign.ref.tell(Canceled())


def _subject_of(message: Change) -> str:
    match message:
        case AddNumber():
            return message.settings.number
        case ChangeCampaign():
            return message.campaign
        case _:
            return message.number
