"""The actor that decides which contact is called next, and from which number."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from actors.answer_rates.messages import AskTotals, TotalsElsewhere
from actors.answers import answer
from actors.lease.messages import AskUse, Lent, LimitElsewhere
from actors.messages import (
    AddNumber,
    Arrived,
    AskCapacity,
    AskFindings,
    AskStall,
    AskWhy,
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
    Join,
    LimitChanged,
    MarkedFull,
    NoOffer,
    Open,
    PartyFree,
    Placed,
    Propose,
    QuarantineOver,
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
)
from actors.partitions.messages import Drop, Gathered
from actors.pool import lending
from actors.pool.changes import Change, Changes
from actors.pool.days import begin_day
from actors.pool.grants import free_up, occupy
from actors.pool.handover import let_go
from actors.pool.intake import arrive, arrive_again, gather, gather_again, wait, waits_here
from actors.pool.joining import attach, join, join_again
from actors.pool.limits import follow_limit, follow_restart, mark_full, set_opened, use_ticket
from actors.pool.offering import make_offer, may_be_offered
from actors.pool.quarantine import Quarantine
from actors.pool.rebuilding import rebuild
from actors.pool.reports import Reports
from actors.pool.restoring import hold_again
from actors.pool.returning import take_back, unpark, withdraw
from actors.pool.serving import serve
from actors.pool.sharing_rates import hear_totals, tell_totals
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import arm
from actors.pool.why import reason_to_wait, why_stalled
from runtime.kernel import handles

REPORT_SECONDS = 60.0


class PoolActor(TenantPool):
    """One tenant's pool: its numbers, its waiting contacts, its offers.

    It offers a number only while by its own count the number, its
    connection, the campaign and the tenant have room, so that refusals come
    only from what others share. What it offers is held until the call is
    released or returned.
    """

    @cached_property
    def reports(self) -> Reports:
        """What the pool says about itself."""
        return Reports(self)

    @cached_property
    def changes(self) -> Changes:
        """The changes that are under way."""
        return Changes(self, self.reports)

    @cached_property
    def quarantine(self) -> Quarantine:
        """The numbers that the doctor lets rest."""
        return Quarantine(self, self.changes)

    def on_start(self) -> None:
        attach(self)
        self.after(REPORT_SECONDS, TellTables(), background=True)

    # Contacts that wait

    @handles(Join)
    def join(self, message: Join) -> None:
        """Make room for a campaign's contacts."""
        join(self, message)

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
        arrive(self, message)

    @handles(Waiting)
    def waiting(self, message: Waiting) -> None:
        """Line up a contact for its next attempt."""
        wait(self, message)

    @handles(Gathered)
    def gathered(self, message: Gathered) -> None:
        """Line up contacts that have come from another daemon and were never called."""
        gather(self, message)

    @handles(Drop)
    def drop(self, message: Drop) -> None:
        """Let contacts go that another daemon takes over; those that were started come to their end."""
        let_go(self, message)

    @handles(PartyFree)
    def party_free(self, message: PartyFree) -> None:
        """Put a contact back to its old place: its phone is free."""
        unpark(self, message)

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
        if may_be_offered(self, held):
            self.calls[message.call] = held
            del self.held[who]
            make_offer(self, message, held)
        else:
            withdraw(self, held)
            message.ref.tell(NoOffer(message.call))
            serve(self)

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
        if held is not None:
            take_back(self, message, held)

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
        if begin_day(self, message):
            serve(self)

    # What connections and the tenant say

    @handles(MarkedFull)
    def marked_full(self, message: MarkedFull) -> None:
        """Offer no more under a shared limit until a ticket comes."""
        mark_full(self, message)

    @handles(Ticket)
    def ticket(self, message: Ticket) -> None:
        """Use a slot that is held for us, or hand it on."""
        use_ticket(self, message)

    @handles(LimitChanged)
    def limit_changed(self, message: LimitChanged) -> None:
        """Follow a limit of a connection, or the tenant's cap."""
        follow_limit(self, self.reports, message)

    @handles(AskUse)
    def ask_use(self, message: AskUse) -> None:
        """Say what is in use of shared limits, and who waits for more of them."""
        message.ref.tell(lending.uses(self))

    @handles(Lent)
    def lent(self, message: Lent) -> None:
        """Offer out of what is held from now on."""
        lending.lend(self, message)
        serve(self)

    @handles(LimitElsewhere)
    def limit_elsewhere(self, message: LimitElsewhere) -> None:
        """Follow a limit of a number or a campaign that holds for all daemons."""
        lending.follow(self, message)
        self.reports.look_at_ceiling()

    @handles(AskTotals)
    def ask_totals(self, message: AskTotals) -> None:
        """Say what was counted of answers here."""
        tell_totals(self, message)

    @handles(TotalsElsewhere)
    def totals_elsewhere(self, message: TotalsElsewhere) -> None:
        """Draw by what all daemons have counted."""
        hear_totals(self, message)

    @handles(Restarted)
    def restarted(self, message: Restarted) -> None:
        """Look anew at a connection, or the tenant, that has lost its lists and tickets."""
        follow_restart(self, self.reports, message)

    @handles(BreakerOpened)
    def breaker_opened(self, message: BreakerOpened) -> None:
        """Let the numbers of an opened connection rest."""
        set_opened(self, self.reports, self.connections[message.connection], opened=True)

    @handles(BreakerClosed)
    def breaker_closed(self, message: BreakerClosed) -> None:
        """Dial from the numbers of a closed connection again."""
        set_opened(self, self.reports, self.connections[message.connection], opened=False)
        serve(self)

    # Changes and questions

    @handles(Propose)
    def propose(self, message: Propose) -> None:
        """Have a change recorded before it is made."""
        self.changes.propose(message)

    @handles(ChangeNumber, RemoveNumber, AddNumber, ChangeCampaign)
    def change(self, message: Change) -> None:
        """Change a number's state, a pool's numbers, or whether a campaign goes on."""
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
            campaign, tenant = self.campaigns[message.campaign], self.tenant_allowance
            now = self.clock.time()
            reason = reason_to_wait(campaign, message.contact, tenant, self.parked, now)
            answer(message.done, "active" if reason is None else reason.value)

    @handles(AskStall)
    def ask_stall(self, message: AskStall) -> None:
        """End a campaign that stands still, and say why; one that moves or has nobody left goes on.

        Decided here in one step, so that no change that comes now can start a
        contact that has been given up.
        """
        campaign = self.campaigns[message.campaign]
        reason = why_stalled(campaign, self.tenant_allowance, self.clock.time())
        if reason is not None:
            campaign.canceled = True
            campaign.clear()
            message.tell(reason)

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
                arrive_again(self, message)
            case Gathered():
                gather_again(self, message)
            case Waiting() if waits_here(self, message):
                pass
            case Join():
                join_again(self, message)
            case Ticket():
                pass  # it was handed on with all others
            case ChangeNumber() | RemoveNumber() | AddNumber() | ChangeCampaign():
                self.changes.change_again(message)
            case Barred():
                self.changes.barred_again(message)
            case _:
                super().handle_again(message)
