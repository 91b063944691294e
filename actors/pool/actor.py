"""The actor that decides which contact is called next, and from which number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop
from random import Random
from typing import Any

from pykka import ActorRef

from actors.answers import answer
from actors.doctor.live import PoolDoctor
from actors.lease.messages import AskUse, Enlist, Lent, Share, Uses
from actors.lease.tenure import Membership
from actors.messages import (
    AddNumber,
    Arrived,
    AskCapacity,
    AskFindings,
    AskStall,
    AskWhy,
    Attach,
    Barred,
    BreakerClosed,
    BreakerOpened,
    ChangeCampaign,
    ChangeNumber,
    DayEnded,
    Described,
    Finished,
    GoOn,
    HandOn,
    Hold,
    Index,
    Join,
    Kind,
    LimitChanged,
    MarkedFull,
    NoOffer,
    NoOther,
    Offer,
    Open,
    PartyFree,
    Placed,
    Profile,
    Propose,
    QuarantineOver,
    Reason,
    Release,
    RemoveNumber,
    RequestNumber,
    Restarted,
    Return,
    SpeakUp,
    Start,
    StopOffering,
    TellTables,
    Tick,
    Ticket,
    Waiting,
    Waits,
)
from actors.partitions.messages import Drop, Dropped, Gathered
from actors.pool import lending
from actors.pool.allowance import Allowance
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.cells import TIER_NAMES, Tier
from actors.pool.changes import Changes
from actors.pool.geography import place_of
from actors.pool.inventory import PooledConnection, PooledNumber, end_of_day
from actors.pool.probe import find_probe
from actors.pool.quarantine import Quarantine
from actors.pool.rebuilding import rebuild
from actors.pool.reports import Reports
from actors.pool.restored import RestoredPool, hold_again, restore_campaign, restore_numbers
from actors.pool.rotation import Choice, choose_number
from actors.pool.turns import next_turn
from actors.pool.waiting import ClassKey, Key, Row, WaitingClass
from actors.pool.why import class_waits, reason_to_wait, why_stalled
from actors.restart import RestartingActor, Supervisor
from actors.settings import CampaignSettings, ConnectionSettings, NumberSettings, TenantSettings
from runtime.calls import CallId
from runtime.kernel import Timer, handles
from runtime.observe.events import DispatchWaiting, NumberRested, NumberResting
from runtime.observe.observer import Observer

REPORT_SECONDS = 60.0
AFTER_CRASH_SECONDS = 60.0


class PoolActor(RestartingActor):
    """One tenant's pool: its numbers, its waiting contacts, its offers.

    It offers a number only while by its own count the number, its
    connection, the campaign and the tenant have room, so that refusals come
    only from what others share. What it offers is held until the call is
    released or returned.
    """

    def __init__(
        self,
        tenant: TenantSettings,
        tenant_ref: ActorRef[Any],
        connections: dict[str, tuple[ConnectionSettings, ActorRef[Any]]],
        numbers: list[NumberSettings],
        campaigns: list[CampaignSettings],
        random: Random,
        observer: Observer,
        supervisor: Supervisor,
        restored: RestoredPool | None = None,
        doctor: PoolDoctor | None = None,
        membership: Membership | None = None,
    ) -> None:
        super().__init__()
        self.name = tenant.name
        self.supervisor = supervisor
        self.restored = restored
        self.tenant = tenant.name
        self.tenant_ref = tenant_ref
        self.membership = membership
        self.tenant_allowance = Allowance(tenant.max_concurrent if membership is None else 0)
        self.random = random
        self.observer = observer
        self.connection_refs = {name: ref for name, (_, ref) in connections.items()}
        self.connection_settings = {name: settings for name, (settings, _) in connections.items()}
        self.connections = {name: PooledConnection(settings) for name, (settings, _) in connections.items()}
        if membership is not None:
            for connection in self.connections.values():
                connection.allowance.limit = 0
        self.with_area = any(campaign.prefer_area_match for campaign in campaigns)
        self.numbers = {settings.number: self.pooled(settings) for settings in numbers}
        self.settings = {campaign.name: campaign for campaign in campaigns}
        self.campaigns: dict[str, PoolCampaign] = {}
        self.held: dict[tuple[str, int], HeldNumber] = {}
        self.calls: dict[CallId, HeldNumber] = {}
        self.parked: dict[tuple[str, int], HeldNumber] = {}
        self.gone: set[tuple[str, int]] = set()
        """Contacts that were started, and are another daemon's should they come back."""
        self._freed: set[tuple[str, int]] = set()
        """Contacts whose phone was free again before their refusal had come back."""
        self.tell_waits = observer.wants(DispatchWaiting)
        self.stopped = False
        self.changes = Changes(self)
        self.reports = Reports(self)
        self.doctor = doctor
        self.quarantine = Quarantine(self)
        self.probes: dict[PooledConnection, None] = {}
        """Open connections that wait for somebody to probe them."""
        self.ticketed: dict[PooledConnection, None] = {}
        self.moving: HeldNumber | None = None
        """Who is being moved between the waiting, the held and the called."""
        self._wakes: dict[str, tuple[float, Timer]] = {}

    def on_start(self) -> None:
        if self.restored is not None:
            restore_numbers(self, self.restored)
        for ref in self.connection_refs.values():
            ref.tell(Attach(self.tenant, self.actor_ref))
        self.tenant_ref.tell(Attach(self.tenant, self.actor_ref))
        if self.membership is not None:
            self.membership.ref.tell(Enlist(f"pool {self.tenant}", self.actor_ref))
            for number in self.numbers.values():
                self.share_number(number)
        if self.doctor is not None:
            self.doctor.attach(partial(self.actor_ref.tell, SpeakUp()))
        self.after(REPORT_SECONDS, TellTables(), background=True)

    def pooled(self, settings: NumberSettings) -> PooledNumber:
        """Make a number of the inventory."""
        place = place_of(settings.number, self.with_area)
        shared = self.membership is not None
        return PooledNumber(settings, place, self.connections[settings.connection], shared=shared)

    def share_number(self, number: PooledNumber) -> None:
        """Let a number's own limit be leased, where there are other daemons."""
        if self.membership is not None and number.limit is not None:
            self.membership.ref.tell(Share(lending.limit_of(number), number.limit, self.actor_ref))

    # Contacts that wait

    @handles(Join)
    def join(self, message: Join) -> None:
        """Make room for a campaign's contacts."""
        membership, settings = self.membership, self.settings[message.campaign]
        shared = membership is not None
        campaign = PoolCampaign(settings, message.ref, self.numbers, shared=shared)
        if membership is not None and settings.max_concurrent is not None:
            membership.ref.tell(Share(lending.cap_of(campaign), settings.max_concurrent, self.actor_ref))
        self.campaigns[message.campaign] = campaign
        for number in campaign.settings.pool:
            campaign.join(self.numbers[number])
        if self.restored is not None:
            restore_campaign(campaign, self.restored)

    @handles(Hold)
    def hold(self, message: Hold) -> None:
        """Take over the grant of a call that an earlier life has placed."""
        held = self.calls[message.call] = hold_again(self, message)
        self._occupy(held)

    @handles(Open)
    def open(self, message: Open) -> None:
        """Begin to offer for a campaign."""
        self.reports.begin(self.campaigns[message.campaign], message.contacts)

    @handles(Finished)
    def finished(self, message: Finished) -> None:
        """Tell no more tables of a campaign that is over, and change it no more."""
        self.campaigns[message.campaign].finished = True

    @handles(Arrived)
    def arrived(self, message: Arrived) -> None:
        """Line up fresh contacts, and start those that can be served."""
        campaign = self.campaigns[message.campaign]
        if campaign.canceled:
            return
        self._catch_up_turn(campaign)
        now = self.clock.time()
        index = message.first
        campaign.arrivals.note(index, now)
        for profile in message.profiles:
            waiting = campaign.class_of(profile, None, (), None, now)
            campaign.room.append_fresh(waiting, index)
            index = Index(index + 1)
        self.serve()
        self.arm(campaign)
        if self.tell_waits:
            self._tell_waits(campaign, message.first, message.profiles)

    def _tell_waits(self, campaign: PoolCampaign, first: Index, profiles: list[Profile]) -> None:
        """Say of those who have just arrived and were not started what they wait for."""
        now = self.clock.time()
        for number, profile in enumerate(profiles, first):
            if (campaign.name, number) not in self.held:
                waiting = campaign.class_of(profile, None, (), None, now)
                reason = class_waits(campaign, waiting, self.tenant_allowance)
                campaign.ref.tell(Waits(Index(number), reason))

    @handles(Waiting)
    def waiting(self, message: Waiting) -> None:
        """Line up a contact for its next attempt."""
        campaign = self.campaigns[message.campaign]
        if campaign.canceled:
            return
        self._catch_up_turn(campaign)
        if self.gone:
            self.gone.discard((campaign.name, message.contact))
        campaign.profiles[message.profile.key] = message.profile
        key = (message.profile.key, message.sticky, message.excluded, message.tier)
        if message.due > self.clock.time():
            campaign.room.wait_until(message.due, message.contact, message.kind, key)
            self.arm(campaign)
        else:
            self.line_up(campaign, key, message.kind, (message.due, message.contact))
            self.serve()
            self.arm(campaign)

    @handles(Gathered)
    def gathered(self, message: Gathered) -> None:
        """Line up contacts that have come from another daemon and were never called."""
        campaign = self.campaigns[message.campaign]
        if campaign.canceled:
            return
        self._catch_up_turn(campaign)
        now = self.clock.time()
        campaign.arrivals.note(0, now)
        for index, profile in message.contacts:
            self.gone.discard((campaign.name, index))
            waiting = campaign.class_of(profile, None, (), None, now)
            campaign.room.put(waiting, Kind.FRESH, (0.0, index))
        self.serve()
        self.arm(campaign)

    @handles(Drop)
    def drop(self, message: Drop) -> None:
        """Let contacts go that another daemon takes over; those that were started come to their end."""
        campaign = self.campaigns[message.campaign]
        campaign.room.drop(message.contacts)
        for waiting in list(campaign.room.classes.values()):
            campaign.forget(waiting)
        name = campaign.name
        started = {index for of, index in (*self.held, *self.parked) if of == name}
        started.update(held.index for held in self.calls.values() if held.campaign is campaign)
        self.gone.update((name, index) for index in started & message.contacts)
        message.ref.tell(Dropped(message.partitions))

    @handles(PartyFree)
    def party_free(self, message: PartyFree) -> None:
        """Put a contact back to its old place: its phone is free."""
        who = message.campaign, message.contact
        held = self.parked.get(who)
        if held is None:
            self._freed.add(who)
        else:
            self.moving = held
            del self.parked[who]
            self._requeue(held)
            self.moving = None
            self.serve()
            self.arm(held.campaign)

    @handles(Tick)
    def tick(self, message: Tick) -> None:
        """Serve those whose time has come."""
        self._wakes.pop(message.campaign, None)
        campaign = self.campaigns[message.campaign]
        self.serve()
        self.arm(campaign)

    def arm(self, campaign: PoolCampaign) -> None:
        """Set the timer for the next moment at which time alone serves somebody."""
        if self.stopped:
            return  # nobody is served any more: a retry that is due would stay due
        wake = campaign.next_wake(self.clock.time())
        armed = self._wakes.get(campaign.name)
        if wake is None or (armed is not None and armed[0] <= wake):
            return
        if armed is not None:
            armed[1].cancel()
        self._wakes[campaign.name] = (
            wake,
            self.after(max(0.0, wake - self.clock.time()), Tick(campaign.name)),
        )

    def _catch_up_turn(self, campaign: PoolCampaign) -> None:
        """Let a campaign that had nothing to do begin where the others are."""
        if campaign.room.has_rows:
            return
        passes = [
            other.passed for other in self.campaigns.values() if other is not campaign and other.room.has_rows
        ]
        if passes:
            campaign.passed = max(campaign.passed, min(passes))

    # Offers

    def serve(self) -> None:
        """Start contacts as long as somebody can be served now."""
        if self.stopped:
            return
        now = self.clock.time()
        for campaign in self.campaigns.values():
            future = campaign.room.future
            if (
                now >= campaign.hours_change_at
                or now >= campaign.tiers.offsets_hold_until
                or (future and future[0][0] <= now)
            ):
                self._follow_time(campaign, now)
        tenant = self.tenant_allowance
        while tenant.has_room():
            turn = next_turn(self.campaigns.values())
            if turn is None:
                break
            campaign, row = turn
            self._offer(campaign, row)
        if self.probes:
            for connection in list(self.probes):
                if tenant.has_room():
                    self._offer_probe(connection)
        if self.ticketed or tenant.tickets:
            self._hand_on_tickets()

    def _follow_time(self, campaign: PoolCampaign, now: float) -> None:
        if now >= campaign.hours_change_at:
            campaign.follow_hours(now)
            self.arm(campaign)
        if now >= campaign.tiers.offsets_hold_until:
            self.look_again(campaign)
        future = campaign.room.future
        while future and future[0][0] <= now:
            due, index, kind, key = future[0]
            self.line_up(campaign, key, kind, (due, index))
            heappop(future)

    def _offer(self, campaign: PoolCampaign, row: Row) -> None:
        waiting = row.waiting
        lane = row.lane
        if lane.group is None:
            assert waiting.sticky is not None
            number = waiting.sticky
            choice = Choice(number, Tier.STICKY, campaign.weight(number.number), 1.0, 1)
        else:
            settings = campaign.settings
            drawn = choose_number(
                lane.group,
                campaign.mean,
                settings.prior_attempts,
                settings.exploration,
                settings.rotation,
                self.random,
                waiting.excluded,
            )
            assert drawn is not None, "a servable lane has a free number"
            choice = drawn
        spilled = None if lane is waiting.lanes[0] else _tier_of(waiting)
        self._hold(campaign, row, choice, spilled=spilled, probe=False)

    def _offer_probe(self, connection: PooledConnection) -> None:
        found = find_probe(connection, self.campaigns.values(), self.random, self.clock.time())
        if found is not None:
            del self.probes[connection]
            campaign, row, choice = found
            self._hold(campaign, row, choice, spilled=None, probe=True)

    def _hold(
        self, campaign: PoolCampaign, row: Row, choice: Choice, *, spilled: Tier | None, probe: bool
    ) -> None:
        waiting = row.waiting
        lost = None if waiting.sticky is None else campaign.lost_sticky(waiting)
        key = row.key
        index = Index(key[1])
        held = HeldNumber(campaign, index, row.kind, key, waiting.key, choice, spilled, probe, lost)
        self.moving = held
        campaign.room.take(row)
        if not waiting:
            campaign.forget(waiting)
        self._occupy(held)
        campaign.passed += 1.0 / campaign.settings.share
        campaign.placed += 1
        self.held[campaign.name, index] = held
        campaign.ref.tell(Start(index))
        self.moving = None

    @handles(RequestNumber)
    def request_number(self, message: RequestNumber) -> None:
        """Offer what is held for the contact, if it may still be dialed from."""
        who = message.campaign, message.contact
        held = self.held.get(who)
        if held is None:
            message.ref.tell(NoOffer(message.call))
            return
        campaign = held.campaign
        number = held.choice.number
        connection = number.connection
        allowed = (
            not self.stopped
            and campaign.started
            and not campaign.paused
            and not campaign.canceled
            and number.standing
            and not number.quarantined
            and number.number in campaign.members
            and connection.enabled
            and (held.probe or not connection.opened)
        )
        if not allowed:
            self.moving = held
            del self.held[who]
            self._give_back(held, reserved=False, reserved_tenant=False)
            self._requeue(held)
            self.moving = None
            message.ref.tell(NoOffer(message.call))
            self.serve()
            return
        self.calls[message.call] = held
        del self.held[who]
        self._make_offer(message, held)

    def _make_offer(self, message: RequestNumber, held: HeldNumber) -> None:
        campaign, choice = held.campaign, held.choice
        number = choice.number
        allowance, tenant_allowance = number.connection.allowance, self.tenant_allowance
        more = more_tenant = False
        if allowance.full:
            more = any(other.room.has_due for other in self.campaigns.values())
            if not more and not allowance.tickets:
                allowance.full = False
                self.connection_changed(number.connection)
        if tenant_allowance.full:
            more_tenant = any(other.room.has_due for other in self.campaigns.values())
            if not more_tenant and not tenant_allowance.tickets:
                tenant_allowance.full = False
        message.ref.tell(
            Offer(
                message.call,
                number.number,
                number.connection.name,
                TIER_NAMES[choice.tier],
                None if held.spilled is None else TIER_NAMES[held.spilled],
                held.probe,
                choice.weight,
                choice.share,
                choice.candidates,
                number.in_use,
                number.limit,
                more,
                more_tenant,
                number.day_cap is not None,
                held.sticky_lost,
                campaign.waits_since(held.kind, held.key),
            )
        )

    @handles(Placed)
    def placed(self, message: Placed) -> None:
        """Note that the call of a day-capped number is past recall."""
        held = self.calls.get(message.call)
        if held is not None and not held.placed:
            held.placed = True
            held.choice.number.open_offers -= 1

    @handles(Return)
    def returned(self, message: Return) -> None:
        """Take back a grant whose call was not placed; the contact waits again."""
        held = self.calls.get(message.call)
        if held is None:
            return
        self.moving = held
        del self.calls[message.call]
        self._give_back(held, reserved=message.reserved, reserved_tenant=message.reserved_tenant)
        if message.sticky_lost:
            held.class_key = (held.class_key[0], None, *held.class_key[2:])
        who = held.campaign.name, held.index
        freed = who in self._freed
        self._freed.discard(who)
        if message.reason is Reason.PARTY_BUSY and not freed:
            self.parked[who] = held
        elif message.reason is Reason.CRASHED:
            self._put_off(held)
        elif message.reason is not Reason.GIVEN_UP:
            self._requeue(held)
        self.moving = None
        self.serve()
        self.arm(held.campaign)
        if self.tell_waits:
            held.campaign.ref.tell(Waits(held.index, message.reason))

    @handles(Release)
    def release(self, message: Release) -> None:
        """End the lease of a call that is over, and learn from its outcome."""
        held = self.calls.get(message.call)
        if held is None:
            return
        if message.outcome is not None and not held.recorded:
            held.campaign.record(held.choice.number, message.outcome, held)
        del self.calls[message.call]
        self._free(held)
        if self.doctor is not None:
            self.doctor.hear(held, message, self.clock.time())
        self.serve()

    def _occupy(self, held: HeldNumber) -> None:
        number = held.choice.number
        connection = number.connection
        campaign = held.campaign
        campaign.in_use = in_use = campaign.in_use + 1
        if in_use > campaign.peak_in_use:
            campaign.peak_in_use = in_use
        held.tenant_ticket = self.tenant_allowance.take()
        held.ticket = connection.allowance.take()
        if not connection.has_room():
            for cell in connection.cells:
                cell.mark()
        number.in_use += 1
        if number.day_cap is not None and not held.placed:
            self._charge_day(number, number.day_cap)
        if number.source is not None and not number.free():
            for cell, leaf in number.seats:
                cell.weigh(leaf)

    def _free(self, held: HeldNumber) -> None:
        number = held.choice.number
        connection = number.connection
        held.campaign.in_use -= 1
        self.tenant_allowance.in_use -= 1
        source = number.source
        was_full = source is not None and number.in_use == source.limit
        number.in_use -= 1
        allowance = connection.allowance
        had_room = allowance.in_use < allowance.limit
        allowance.in_use -= 1
        if was_full and number.free():
            self.number_freed(number)
        if not had_room and connection.has_room():
            self.connection_changed(connection)
        else:
            self.wake_number(number)

    def _give_back(self, held: HeldNumber, *, reserved: bool, reserved_tenant: bool) -> None:
        number = held.choice.number
        if number.day_cap is not None and not held.placed:
            number.open_offers -= 1
            number.day_count = max(0, number.day_count - 1)
            if number.resting and number.day_count < number.day_cap:
                self._rested(number, "returned")
        self._free(held)
        held.campaign.passed -= 1.0 / held.campaign.settings.share
        held.campaign.placed -= 1
        if held.kind is Kind.FRESH:
            held.campaign.room.since_fresh += 3
        if held.probe:
            if not reserved and number.connection.opened:
                self.probes[number.connection] = None
        elif held.ticket and not reserved:
            self.connection_refs[number.connection.name].tell(HandOn(self.tenant, 1))
            number.connection.allowance.full = False
            self.connection_changed(number.connection)
        if held.tenant_ticket and not reserved_tenant:
            self.tenant_ref.tell(HandOn(self.tenant, 1))
            self.tenant_allowance.full = False

    def _put_off(self, held: HeldNumber) -> None:
        """Let a contact wait for a while whose attempt crashed before it was placed."""
        campaign = held.campaign
        if not campaign.canceled and not self._is_gone(held):
            due = self.clock.time() + AFTER_CRASH_SECONDS
            campaign.room.wait_until(due, held.index, held.kind, held.class_key)

    def _requeue(self, held: HeldNumber) -> None:
        campaign = held.campaign
        if campaign.canceled or self._is_gone(held):
            return
        self.line_up(campaign, held.class_key, held.kind, held.key)

    def _is_gone(self, held: HeldNumber) -> bool:
        """Tell whether another daemon has the contact by now, and forget that it was here."""
        who = held.campaign.name, held.index
        if who not in self.gone:
            return False
        self.gone.discard(who)
        return True

    def line_up(self, campaign: PoolCampaign, class_key: ClassKey, kind: Kind, key: Key) -> None:
        """Put a contact at its place; one without another number is sent back."""
        waiting = campaign.class_due(class_key, self.clock.time())
        if waiting.excluded and not campaign.tiers.other_numbers(waiting):
            campaign.forget(waiting)
            campaign.ref.tell(NoOther(Index(key[1])))
        else:
            campaign.room.put(waiting, kind, key)

    # A number's day

    def _charge_day(self, number: PooledNumber, cap: int) -> None:
        now = self.clock.time()
        if number.day_ends_at is None or now >= number.day_ends_at:
            number.day_count = number.open_offers
            number.day_ends_at = end_of_day(number.timezone, now)
        number.day_count += 1
        number.open_offers += 1
        if number.day_count >= cap:
            number.resting = True
            self.eligibility_changed(number)
            self.observer.emit(
                NumberResting(
                    tenant=self.tenant, number=number.number, by="day_cap", reason=f"{cap} calls a day"
                )
            )
            self.after(number.day_ends_at - now, DayEnded(number.number, number.day_ends_at))

    @handles(DayEnded)
    def day_ended(self, message: DayEnded) -> None:
        """Let a number that rested be dialed again."""
        number = self.numbers[message.number]
        if number.resting and number.day_ends_at == message.at:
            number.day_count = number.open_offers
            number.day_ends_at = end_of_day(number.timezone, self.clock.time())
            if number.day_cap is None or number.day_count < number.day_cap:
                self._rested(number, "day_ended")
                self.serve()
            else:
                self.after(
                    number.day_ends_at - self.clock.time(), DayEnded(number.number, number.day_ends_at)
                )

    def _rested(self, number: PooledNumber, by: str) -> None:
        number.resting = False
        self.observer.emit(NumberRested(tenant=self.tenant, number=number.number, by=by))
        self.eligibility_changed(number)

    # What makes numbers drawable, and who hears of it

    def number_freed(self, number: PooledNumber) -> None:
        """Weigh a number anew whose own limit has room, and wake its stickies."""
        for cell, leaf in number.seats:
            cell.weigh(leaf)
            campaign = self.campaigns[cell.campaign]
            for waiting in campaign.by_sticky.get(number.number, ()):
                campaign.room.announce_all(waiting)

    def wake_number(self, number: PooledNumber) -> None:
        """Let those be looked at again who wait for a number that may have room."""
        for cell, _ in number.seats:
            cell.wake()
            campaign = self.campaigns[cell.campaign]
            if campaign.picky:
                for waiting in campaign.picky:
                    campaign.room.announce_all(waiting)

    def connection_changed(self, connection: PooledConnection) -> None:
        """Let everybody look again at a connection that has room now, or none."""
        for cell in connection.cells:
            cell.mark()
        if not connection.has_room():
            return
        for cell in connection.cells:
            cell.wake()
        for campaign in self.campaigns.values():
            lane = campaign.tiers.sticky_lane(connection)
            if lane is not None:
                lane.wake()
            for waiting in campaign.picky:
                campaign.room.announce_all(waiting)

    def eligibility_changed(self, number: PooledNumber) -> None:
        """Follow a number that became eligible, or isn't any more."""
        for cell, leaf in number.seats:
            usable = cell.eligible > 0
            cell.count_eligible()
            cell.weigh(leaf)
            campaign = self.campaigns[cell.campaign]
            concerned = campaign.picky or number.number in campaign.by_sticky
            if concerned or usable != (cell.eligible > 0):
                self.look_again(campaign)
        if number.free():
            self.number_freed(number)
            self.wake_number(number)

    def look_again(self, campaign: PoolCampaign) -> None:
        """Find every waiting class its numbers anew."""
        for waiting in campaign.look_again(self.clock.time()):
            self._orphan(campaign, waiting)
        self.arm(campaign)

    def _orphan(self, campaign: PoolCampaign, waiting: WaitingClass) -> None:
        for kind, index in list(waiting.indexes()):
            waiting.pop(kind)
            campaign.ref.tell(NoOther(index))
        campaign.forget(waiting)

    # What connections and the tenant say

    @handles(MarkedFull)
    def marked_full(self, message: MarkedFull) -> None:
        """Offer no more under a shared limit until a ticket comes."""
        if message.connection is None:
            self.tenant_allowance.full = True
            return
        connection = self.connections[message.connection]
        connection.allowance.full = True
        connection.rate_bound = message.rate
        self.connection_changed(connection)

    @handles(Ticket)
    def ticket(self, message: Ticket) -> None:
        """Use a slot that is held for us, or hand it on."""
        if message.connection is None:
            self.tenant_allowance.tickets += 1
        else:
            connection = self.connections[message.connection]
            if message.probe:
                self.probes[connection] = None
            else:
                connection.allowance.tickets += 1
                self.ticketed[connection] = None
            self.connection_changed(connection)
        self.serve()

    def _hand_on_tickets(self) -> None:
        for connection in self.ticketed:
            allowance = connection.allowance
            if allowance.tickets:
                self.connection_refs[connection.name].tell(HandOn(self.tenant, allowance.tickets))
                allowance.tickets = 0
                allowance.full = False
                self.connection_changed(connection)
        self.ticketed.clear()
        if self.tenant_allowance.tickets:
            self.tenant_ref.tell(HandOn(self.tenant, self.tenant_allowance.tickets))
            self.tenant_allowance.tickets = 0
            self.tenant_allowance.full = False

    @handles(LimitChanged)
    def limit_changed(self, message: LimitChanged) -> None:
        """Follow a limit of a connection, or the tenant's cap."""
        if message.connection is None:
            self.tenant_allowance.limit = message.limit
        else:
            connection = self.connections[message.connection]
            connection.allowance.limit = message.limit
            self.connection_changed(connection)
        self.serve()
        if not message.lent:
            self.reports.look_at_ceiling()

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say what is in use of shared limits, and who waits for more of them."""
        message.ref.tell(Uses(f"pool {self.tenant}", lending.uses(self), lending.count_waiters(self)))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Offer out of what is held from now on."""
        lending.lend(self, message.resource, message.slots)
        if message.ref is not None:
            message.ref.tell(Uses(None, lending.use_of(self, message.resource)))
        self.serve()

    @handles(Restarted)
    def restarted(self, message: Restarted) -> None:
        """Look anew at a connection, or the tenant, that has lost its lists and tickets."""
        if message.connection is None:
            allowance = self.tenant_allowance
        else:
            connection = self.connections[message.connection]
            allowance = connection.allowance
            if connection.opened is not message.opened:
                self._set_opened(connection, opened=message.opened)
        allowance.limit = message.limit
        allowance.full = False
        allowance.tickets = 0
        if message.connection is not None:
            self.connection_changed(self.connections[message.connection])
        self.serve()

    @handles(BreakerOpened)
    def breaker_opened(self, message: BreakerOpened) -> None:
        """Let the numbers of an opened connection rest."""
        self._set_opened(self.connections[message.connection], opened=True)

    @handles(BreakerClosed)
    def breaker_closed(self, message: BreakerClosed) -> None:
        """Dial from the numbers of a closed connection again."""
        self._set_opened(self.connections[message.connection], opened=False)
        self.serve()

    def _set_opened(self, connection: PooledConnection, *, opened: bool) -> None:
        connection.opened = opened
        connection.allowance.full = False
        connection.allowance.tickets = 0
        self.probes.pop(connection, None)
        for campaign in self.campaigns.values():
            self.look_again(campaign)
        self.connection_changed(connection)
        self.reports.look_at_breakers()
        self.reports.look_at_ceiling()

    # Changes and questions

    @handles(Propose)
    def propose(self, message: Propose) -> None:
        """Have a change recorded before it is made."""
        self.changes.propose(message)

    @handles(ChangeNumber)
    def change_number(self, message: ChangeNumber) -> None:
        """Flag, unflag, pause or resume a number."""
        self.changes.change(message)

    @handles(RemoveNumber)
    def remove_number(self, message: RemoveNumber) -> None:
        """Take a number out of pools."""
        self.changes.change(message)

    @handles(AddNumber)
    def add_number(self, message: AddNumber) -> None:
        """Add a number to pools."""
        self.changes.change(message)

    @handles(ChangeCampaign)
    def change_campaign(self, message: ChangeCampaign) -> None:
        """Pause, resume or cancel a campaign."""
        self.changes.change(message)

    @handles(Barred)
    def barred(self, message: Barred) -> None:
        """Count a connection at which a bar is in force."""
        self.changes.barred(message)

    @handles(StopOffering)
    def stop_offering(self, message: StopOffering) -> None:
        """Offer nothing any more."""
        self.stopped = True

    @handles(GoOn)
    def go_on(self, message: GoOn) -> None:
        """Offer again."""
        self.stopped = False
        self.serve()
        for campaign in self.campaigns.values():
            self.arm(campaign)

    @handles(TellTables)
    def tell_tables(self, message: TellTables) -> None:
        """Write the periodic tables, and come back in a minute."""
        self.reports.tell_tables()
        self.after(REPORT_SECONDS, TellTables(), background=True)

    @handles(SpeakUp)
    def speak_up(self, message: SpeakUp) -> None:
        """Let the doctor say what it found, and rest the numbers that it says have dropped."""
        if self.doctor is not None:
            for campaign, number in self.doctor.speak():
                self.quarantine.dropped(self.campaigns[campaign], number)

    @handles(QuarantineOver)
    def quarantine_over(self, message: QuarantineOver) -> None:
        """Dial from a number again that the doctor let rest."""
        self.quarantine.over(message)

    @handles(AskFindings)
    def ask_findings(self, message: AskFindings) -> None:
        """Answer what the doctor finds of a campaign now."""
        if message.done is not None:
            answer(message.done, [] if self.doctor is None else self.doctor.findings(message.campaign))

    @handles(AskCapacity)
    def ask_capacity(self, message: AskCapacity) -> None:
        """Answer the breakdown once everybody has said what they hold."""
        self.reports.ask_capacity(message)

    @handles(Described)
    def described(self, message: Described) -> None:
        """Take in what a connection or the tenant holds."""
        self.reports.described(message)

    @handles(AskWhy)
    def ask_why(self, message: AskWhy) -> None:
        """Answer why a contact waits."""
        if message.done is not None:
            answer(message.done, self.why(self.campaigns[message.campaign], message.contact))

    @handles(AskStall)
    def ask_stall(self, message: AskStall) -> None:
        """End a campaign that stands still, and say why; one that moves or has nobody left goes on.

        Decided here in one step, so that no change that comes now can start a
        contact that has been given up.
        """
        campaign = self.campaigns[message.campaign]
        waits = campaign.room.has_rows and not campaign.in_use
        if waits and not campaign.canceled and campaign.next_wake(self.clock.time()) is None:
            reason = why_stalled(campaign, self.tenant_allowance)
            campaign.canceled = True
            campaign.clear()
            message.tell(reason)

    def why(self, campaign: PoolCampaign, contact: Index) -> Reason | None:
        """Say what a contact waits for; None if it doesn't wait here."""
        if (campaign.name, contact) in self.parked:
            return Reason.PARTY_BUSY
        return reason_to_wait(campaign, contact, self.tenant_allowance, self.clock.time())

    # After a crash

    def rebuild(self) -> None:
        """Keep inventory, grants and rows; derive the rest from them."""
        rebuild(self)

    def arm_again(self, campaign: PoolCampaign) -> None:
        """Set a campaign's timer anew."""
        armed = self._wakes.pop(campaign.name, None)
        if armed is not None:
            armed[1].cancel()
        self.arm(campaign)

    def handle_again(self, message: Any) -> None:
        """Finish what a crash has interrupted; what was held or offered stands."""
        match message:
            case RequestNumber():
                held = self.calls.get(message.call)
                if held is None:
                    self.request_number(message)
                else:
                    self._make_offer(message, held)
            case Hold() if message.call in self.calls:
                pass
            case Arrived():
                self._arrived_again(message)
            case Gathered():
                missing = self._not_here(message.campaign)
                contacts = [one for one in message.contacts if missing(one[0])]
                self.gathered(Gathered(message.campaign, contacts))
            case Waiting() if self._waits_here(message.campaign, message.contact):
                pass
            case Join():
                campaign = self.campaigns.pop(message.campaign, None)
                if campaign is not None:
                    self.rebuild()
                self.join(message)
            case Ticket():
                pass  # it was handed on with all others
            case ChangeNumber() | RemoveNumber() | AddNumber() | ChangeCampaign():
                self.changes.change_again(message)
            case Barred():
                self.changes.barred_again(message)
            case _:
                super().handle_again(message)

    def _not_here(self, name: str) -> Callable[[int], bool]:
        """Tell which of a campaign's contacts neither wait nor were offered a number."""
        campaign = self.campaigns[name]
        here = campaign.indexes()
        here.update(index for of, index in (*self.held, *self.parked) if of == name)
        here.update(held.index for held in self.calls.values() if held.campaign is campaign)
        return lambda index: index not in here

    def _arrived_again(self, message: Arrived) -> None:
        missing = self._not_here(message.campaign)
        for index, profile in enumerate(message.profiles, message.first):
            if missing(index):
                self.arrived(Arrived(message.campaign, Index(index), [profile]))

    def _waits_here(self, campaign: str, contact: Index) -> bool:
        known = self.campaigns[campaign].indexes()
        return contact in known or (campaign, contact) in self.held


def _tier_of(waiting: WaitingClass) -> Tier:
    group = waiting.lanes[0].group
    return Tier.STICKY if group is None else group.tier
