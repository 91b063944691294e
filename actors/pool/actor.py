"""The actor that decides which contact is called next, and from which number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from pykka import ActorRef

from actors.answers import answer
from actors.doctor.live import PoolDoctor
from actors.lease.messages import AskUse, Enlist, Lent, Share
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
    Hold,
    Index,
    Join,
    Kind,
    LimitChanged,
    MarkedFull,
    NoOffer,
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
    StopOffering,
    TellTables,
    Tick,
    Ticket,
    Waiting,
    Waits,
)
from actors.partitions.messages import Drop, Dropped, Gathered
from actors.pool import lending
from actors.pool.campaign import PoolCampaign
from actors.pool.changes import Changes
from actors.pool.days import let_rested
from actors.pool.grants import free_up, give_back, occupy
from actors.pool.inventory import PooledConnection, end_of_day
from actors.pool.lending import share_number
from actors.pool.lining_up import catch_up_turn, line_up, put_off, requeue
from actors.pool.quarantine import Quarantine
from actors.pool.rebuilding import rebuild
from actors.pool.reports import Reports
from actors.pool.restored import RestoredPool
from actors.pool.restoring import hold_again, restore_campaign, restore_numbers
from actors.pool.serving import make_offer, serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import (
    arm,
    connection_changed,
    look_again,
)
from actors.pool.why import class_waits, reason_to_wait, why_stalled
from actors.restart import Supervisor
from actors.settings import CampaignSettings, ConnectionSettings, NumberSettings, TenantSettings
from runtime.kernel import handles
from runtime.observe.observer import Observer

REPORT_SECONDS = 60.0


class PoolActor(TenantPool):
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
        draws: Random,
        observer: Observer,
        supervisor: Supervisor,
        restored: RestoredPool | None = None,
        doctor: PoolDoctor | None = None,
        membership: Membership | None = None,
    ) -> None:
        super().__init__(
            tenant,
            tenant_ref,
            connections,
            numbers,
            campaigns,
            draws,
            observer,
            supervisor,
            restored,
            doctor,
            membership,
        )
        self.reports = Reports(self)
        self.changes = Changes(self, self.reports)
        self.quarantine = Quarantine(self, self.changes)

    def on_start(self) -> None:
        if self.restored is not None:
            restore_numbers(self, self.restored)
        for ref in self.connection_refs.values():
            ref.tell(Attach(self.tenant, self.actor_ref))
        self.tenant_ref.tell(Attach(self.tenant, self.actor_ref))
        if self.membership is not None:
            self.membership.ref.tell(Enlist(f"pool {self.tenant}", self.actor_ref))
            for number in self.numbers.values():
                share_number(self, number)
        if self.doctor is not None:
            self.doctor.attach(partial(self.actor_ref.tell, SpeakUp()))
        self.after(REPORT_SECONDS, TellTables(), background=True)

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
        occupy(self, held)

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
        catch_up_turn(self, campaign)
        now = self.clock.time()
        index = message.first
        campaign.arrivals.note(index, now)
        for profile in message.profiles:
            waiting = campaign.class_of(profile, None, (), None, now)
            campaign.room.append_fresh(waiting, index)
            index = Index(index + 1)
        serve(self)
        arm(self, campaign)
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
        catch_up_turn(self, campaign)
        if self.gone:
            self.gone.discard((campaign.name, message.contact))
        campaign.profiles[message.profile.key] = message.profile
        key = (message.profile.key, message.sticky, message.excluded, message.tier)
        if message.due > self.clock.time():
            campaign.room.wait_until(message.due, message.contact, message.kind, key)
            arm(self, campaign)
        else:
            line_up(self, campaign, key, message.kind, (message.due, message.contact))
            serve(self)
            arm(self, campaign)

    @handles(Gathered)
    def gathered(self, message: Gathered) -> None:
        """Line up contacts that have come from another daemon and were never called."""
        campaign = self.campaigns[message.campaign]
        if campaign.canceled:
            return
        catch_up_turn(self, campaign)
        now = self.clock.time()
        campaign.arrivals.note(0, now)
        for index, profile in message.contacts:
            self.gone.discard((campaign.name, index))
            waiting = campaign.class_of(profile, None, (), None, now)
            campaign.room.put(waiting, Kind.FRESH, (0.0, index))
        serve(self)
        arm(self, campaign)

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
            self.freed.add(who)
        else:
            self.moving = held
            del self.parked[who]
            requeue(self, held)
            self.moving = None
            serve(self)
            arm(self, held.campaign)

    @handles(Tick)
    def tick(self, message: Tick) -> None:
        """Serve those whose time has come."""
        self.wakes.pop(message.campaign, None)
        campaign = self.campaigns[message.campaign]
        serve(self)
        arm(self, campaign)

    # Offers

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
            give_back(self, held, reserved=False, reserved_tenant=False)
            requeue(self, held)
            self.moving = None
            message.ref.tell(NoOffer(message.call))
            serve(self)
            return
        self.calls[message.call] = held
        del self.held[who]
        make_offer(self, message, held)

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
        give_back(self, held, reserved=message.reserved, reserved_tenant=message.reserved_tenant)
        if message.sticky_lost:
            held.class_key = (held.class_key[0], None, *held.class_key[2:])
        who = held.campaign.name, held.index
        freed = who in self.freed
        self.freed.discard(who)
        if message.reason is Reason.PARTY_BUSY and not freed:
            self.parked[who] = held
        elif message.reason is Reason.CRASHED:
            put_off(self, held)
        elif message.reason is not Reason.GIVEN_UP:
            requeue(self, held)
        self.moving = None
        serve(self)
        arm(self, held.campaign)
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
        free_up(self, held)
        if self.doctor is not None:
            self.doctor.hear(held, message, self.clock.time())
        serve(self)

    # A number's day

    @handles(DayEnded)
    def day_ended(self, message: DayEnded) -> None:
        """Let a number that rested be dialed again."""
        number = self.numbers[message.number]
        if number.resting and number.day_ends_at == message.at:
            number.day_count = number.open_offers
            number.day_ends_at = end_of_day(number.timezone, self.clock.time())
            if number.day_cap is None or number.day_count < number.day_cap:
                let_rested(self, number, "day_ended")
                serve(self)
            else:
                self.after(
                    number.day_ends_at - self.clock.time(), DayEnded(number.number, number.day_ends_at)
                )

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
        connection_changed(self, connection)

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
            connection_changed(self, connection)
        serve(self)

    @handles(LimitChanged)
    def limit_changed(self, message: LimitChanged) -> None:
        """Follow a limit of a connection, or the tenant's cap."""
        if message.connection is None:
            self.tenant_allowance.limit = message.limit
        else:
            connection = self.connections[message.connection]
            connection.allowance.limit = message.limit
            connection_changed(self, connection)
        serve(self)
        if not message.lent:
            self.reports.look_at_ceiling()

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say what is in use of shared limits, and who waits for more of them."""
        message.ref.tell(lending.uses(self))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Offer out of what is held from now on."""
        lending.lend(self, message)
        if message.ref is not None:
            message.ref.tell(lending.confirm(self, message.resource))
        serve(self)

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
            connection_changed(self, self.connections[message.connection])
        serve(self)

    @handles(BreakerOpened)
    def breaker_opened(self, message: BreakerOpened) -> None:
        """Let the numbers of an opened connection rest."""
        self._set_opened(self.connections[message.connection], opened=True)

    @handles(BreakerClosed)
    def breaker_closed(self, message: BreakerClosed) -> None:
        """Dial from the numbers of a closed connection again."""
        self._set_opened(self.connections[message.connection], opened=False)
        serve(self)

    def _set_opened(self, connection: PooledConnection, *, opened: bool) -> None:
        connection.opened = opened
        connection.allowance.full = False
        connection.allowance.tickets = 0
        self.probes.pop(connection, None)
        for campaign in self.campaigns.values():
            look_again(self, campaign)
        connection_changed(self, connection)
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
        serve(self)
        for campaign in self.campaigns.values():
            arm(self, campaign)

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

    def handle_again(self, message: Any) -> None:
        """Finish what a crash has interrupted; what was held or offered stands."""
        match message:
            case RequestNumber():
                held = self.calls.get(message.call)
                if held is None:
                    self.request_number(message)
                else:
                    make_offer(self, message, held)
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
