"""What a pool says about itself: the capacity breakdown and the weights."""

from __future__ import annotations

import msgspec

from actors.answers import answer, refuse
from actors.messages import AskCapacity, Describe, Described
from actors.pool.campaign import PoolCampaign
from actors.pool.capacity import Breakdown, ConnectionCapacity, break_down
from actors.pool.inventory import PooledNumber
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.why import count_waiting
from runtime.errors import UnknownName
from runtime.observe.events import (
    CampaignPaused,
    CampaignResumed,
    CampaignStarted,
    NumberWeights,
    PoolCapacity,
)

NOW_SECONDS = 10.0
"""How often at most a change of what binds now is told."""


class Inquiry:
    """One round of asking everybody what they hold."""

    __slots__ = ("answers", "asked", "begun", "expected", "periodic")

    def __init__(self, expected: int, *, periodic: bool) -> None:
        self.expected = expected
        self.periodic = periodic
        self.answers: dict[str | None, Described] = {}
        self.asked: list[AskCapacity] = []
        self.begun: tuple[PoolCampaign, int | None] | None = None


class Reports:
    """Collects what connections and the tenant hold, and tells it."""

    def __init__(self, pool: TenantPool) -> None:
        self._pool = pool
        self._inquiries: dict[int, Inquiry] = {}
        self._count = 0
        self._told: dict[str, tuple[str, str, float]] = {}
        self._all_open: set[str] = set()

    def ask_capacity(self, message: AskCapacity) -> None:
        """Answer one campaign's breakdown."""
        if message.campaign not in self._pool.campaigns:
            refuse(message.done, UnknownName("campaign", message.campaign))
            return
        self._inquire(periodic=False).asked.append(message)

    def begin(self, campaign: PoolCampaign, contacts: int | None) -> None:
        """Log that a campaign begins, with its ceiling, then let it offer; once."""
        begun = any(one.begun is not None and one.begun[0] is campaign for one in self._inquiries.values())
        if not campaign.started and not begun:
            self._inquire(periodic=False).begun = (campaign, contacts)

    def _begin(self, inquiry: Inquiry, campaign: PoolCampaign, contacts: int | None) -> None:
        if campaign.started:
            return
        breakdown = self._breakdown(campaign, inquiry)
        settings = msgspec.to_builtins(campaign.settings, order="deterministic")
        used = dict.fromkeys(number.connection.name for number in campaign.members.values())
        self._pool.observer.emit(
            CampaignStarted(
                tenant=self._pool.tenant,
                campaign=campaign.name,
                settings=settings,
                numbers=[self._number(number) for number in campaign.members.values()],
                connections=[self._connection_row(name) for name in used],
                ceiling=breakdown.ceiling,
                tenant_cap=breakdown.tenant_cap,
                contacts=contacts,
            )
        )
        campaign.started_at = self._pool.clock.time()
        campaign.started = True
        serve(self._pool)

    def rows_of(self, number: PooledNumber) -> tuple[dict[str, object], dict[str, object]]:
        """List a number that is added, and its connection, as a campaign that begins does."""
        row = {**self._number(number), "status": number.status_if_there}
        return row, self._connection_row(number.connection.name)

    def _connection_row(self, name: str) -> dict[str, object]:
        row: dict[str, object] = msgspec.to_builtins(
            self._pool.connection_settings[name], order="deterministic"
        )
        return row

    @staticmethod
    def _number(number: PooledNumber) -> dict[str, object]:
        return {
            "number": number.number,
            "connection": number.connection.name,
            "status": number.status,
            "region": number.place.region,
            "zones": list(number.place.zones),
            "area": number.place.area,
            "max_concurrent": number.limit,
            "max_calls_per_day": number.day_cap,
            "timezone": number.timezone,
        }

    def look_at_ceiling(self) -> None:
        """Tell the breakdown of campaigns for which something else binds now."""
        self._inquire(periodic=False)

    def tell_tables(self) -> None:
        """Tell every running campaign's breakdown and weights."""
        self._inquire(periodic=True)
        for campaign in self._running():
            self._tell_weights(campaign)

    def _running(self) -> list[PoolCampaign]:
        return [
            campaign
            for campaign in self._pool.campaigns.values()
            if campaign.started and not campaign.canceled and not campaign.finished
        ]

    def described(self, message: Described) -> None:
        """Take in one answer; tell when all are there."""
        inquiry = self._inquiries.get(message.inquiry)
        if inquiry is None:
            return
        inquiry.answers[message.connection] = message
        if len(inquiry.answers) == inquiry.expected:
            self._tell_all(inquiry)
            del self._inquiries[message.inquiry]

    def _tell_all(self, inquiry: Inquiry) -> None:
        for asked in inquiry.asked:
            if asked.done is not None:
                answer(asked.done, self._breakdown(self._pool.campaigns[asked.campaign], inquiry))
        if inquiry.begun is not None:
            self._begin(inquiry, *inquiry.begun)
        if not inquiry.asked:
            for campaign in self._running():
                self._tell(campaign, self._breakdown(campaign, inquiry), periodic=inquiry.periodic)

    def look_at_breakers(self) -> None:
        """Report campaigns as paused while all their connections are open."""
        for campaign in self._pool.campaigns.values():
            connections = {number.connection for number in campaign.members.values()}
            all_open = bool(connections) and all(connection.opened for connection in connections)
            if campaign.canceled or not campaign.started or all_open == (campaign.name in self._all_open):
                continue
            tenant = self._pool.tenant
            reason = "all connections are open" if all_open else "a connection is closed again"
            if all_open:
                self._all_open.add(campaign.name)
                self._pool.observer.emit(
                    CampaignPaused(tenant=tenant, campaign=campaign.name, by="breaker", reason=reason)
                )
            else:
                self._all_open.discard(campaign.name)
                self._pool.observer.emit(
                    CampaignResumed(tenant=tenant, campaign=campaign.name, by="breaker", reason=reason)
                )

    def _inquire(self, *, periodic: bool) -> Inquiry:
        pool = self._pool
        self._count += 1
        inquiry = Inquiry(len(pool.connection_refs) + 1, periodic=periodic)
        self._inquiries[self._count] = inquiry
        question = Describe(self._count, pool.actor_ref)
        for ref in pool.connection_refs.values():
            ref.tell(question)
        pool.tenant_ref.tell(question)
        return inquiry

    def _breakdown(self, campaign: PoolCampaign, inquiry: Inquiry) -> Breakdown:
        tenant = inquiry.answers[None]
        held_back = None
        if campaign.paused or campaign.canceled:
            held_back = "paused"
        elif not campaign.started or (
            campaign.room.has_rows and not campaign.room.has_due and campaign.in_use == 0
        ):
            held_back = "schedule"
        routed: dict[str | None, list[PooledNumber]] = {}
        for number in campaign.members.values():
            routed.setdefault(number.connection.name, []).append(number)
        return break_down(
            self._pool.tenant,
            campaign.name,
            [
                self._connection(routed[name], answer)
                for name, answer in inquiry.answers.items()
                if name in routed
            ],
            tenant_cap=tenant.limit,
            tenant_in_use=tenant.in_use,
            campaign_cap=campaign.settings.max_concurrent,
            campaign_in_use=campaign.in_use,
            held_back=held_back,
            tenant_held=tenant.held,
            campaign_held=None
            if self._pool.membership is None or campaign.source is None
            else campaign.source.limit,
        )

    def _connection(self, routed: list[PooledNumber], answer: Described) -> ConnectionCapacity:
        assert answer.connection is not None
        connection = self._pool.connections[answer.connection]
        numbers = [one for one in routed if one.eligible] if connection.usable else []
        limited = [one.limit for one in numbers if one.limit is not None]
        numbers_limit = sum(limited) if len(limited) == len(numbers) else None
        numbers_free = None
        if numbers_limit is not None:
            numbers_free = sum(
                max(0, one.source.limit - one.in_use) for one in numbers if one.source is not None
            )
        usable = answer.limit if answer.held is None else answer.held
        available = max(0, usable - answer.in_use) if numbers else 0
        for narrower in (numbers_free, answer.rate_left):
            if narrower is not None:
                available = min(available, narrower)
        return ConnectionCapacity(
            answer.connection,
            answer.limit,
            answer.in_use,
            available,
            len(numbers),
            numbers_limit,
            numbers_free,
            answer.rate_left,
            answer.breaker if connection.enabled else "disabled",
            answer.carrier_in_use,
            answer.held,
        )

    def _tell(self, campaign: PoolCampaign, breakdown: Breakdown, *, periodic: bool) -> None:
        now = self._pool.clock.time()
        binds, binds_now, at = self._told.get(campaign.name, ("", "", -NOW_SECONDS))
        changed_now = breakdown.binds_now != binds_now and now - at >= NOW_SECONDS
        if not periodic and breakdown.binds == binds and not changed_now:
            return
        self._told[campaign.name] = (breakdown.binds, breakdown.binds_now, now)
        waiting, countries = count_waiting(campaign, self._pool.tenant_allowance)
        self._pool.observer.emit(
            PoolCapacity(
                tenant=breakdown.tenant,
                campaign=breakdown.campaign,
                ceiling=breakdown.ceiling,
                available=breakdown.available,
                binds=breakdown.binds,
                binds_now=breakdown.binds_now,
                tenant_cap=breakdown.tenant_cap,
                tenant_in_use=breakdown.tenant_in_use,
                campaign_cap=breakdown.campaign_cap,
                campaign_in_use=breakdown.campaign_in_use,
                connections=[msgspec.to_builtins(one) for one in breakdown.connections],
                tenant_held=breakdown.tenant_held,
                campaign_held=breakdown.campaign_held,
                placed=campaign.placed,
                waiting=waiting,
                waiting_countries=countries,
            )
        )

    def _tell_weights(self, campaign: PoolCampaign) -> None:
        if self._pool.observer.spares(NumberWeights):
            return
        self._pool.observer.emit(
            NumberWeights(
                tenant=self._pool.tenant,
                campaign=campaign.name,
                numbers=[
                    {
                        "number": number.number,
                        "status": number.status,
                        "weight": round(campaign.weight(number.number), 6),
                        "answered": round(campaign.rates[number.number].answered, 3),
                        "counted": round(campaign.rates[number.number].counted, 3),
                        "in_use": number.in_use,
                    }
                    for number in campaign.members.values()
                ],
            )
        )
