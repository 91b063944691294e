"""The actor that feeds a campaign's contacts in and knows when it is done."""

from __future__ import annotations

from typing import Any

from actors.answers import answer, refuse
from actors.campaign.activation import start
from actors.campaign.arrivals import RowsRead
from actors.campaign.book import Standing, standing_of
from actors.campaign.cancellation import cancel, stall, sweep
from actors.campaign.completion import conclude, finish_if_done
from actors.campaign.finishing import finish_contact
from actors.campaign.following import follow_end, follow_no_other, follow_withdrawn
from actors.campaign.gained_partitions import gain
from actors.campaign.lost_partitions import dropped, give_up, lose
from actors.campaign.progress import Campaign
from actors.campaign.reading import add, read_on, reject, take_answer, take_rows
from actors.campaign.settling import finish_written, follow_kept, resume
from actors.campaign.taking_over import load
from actors.messages import (
    AddContacts,
    AskContact,
    AskWhy,
    AttemptEnded,
    Begin,
    BeginOffering,
    Canceled,
    CloseFeed,
    Conclude,
    DoubtOver,
    FinishContact,
    HangUpAll,
    HangUpCall,
    Load,
    NoOther,
    Open,
    ReadOn,
    SetDisposition,
    Stall,
    Start,
    StopOffering,
    Sweep,
    TakeRows,
    TellDisposition,
    Waits,
    Withdrawn,
)
from actors.partitions.messages import (
    AllFinished,
    Dropped,
    FirstToTell,
    Gained,
    GiveUp,
    LookAtDoubts,
    LookedUp,
    Lose,
    TellAgain,
)
from runtime.errors import UnknownName
from runtime.journal.base import Record
from runtime.journal.entries import Begun
from runtime.kernel import handles
from runtime.observe.events import DispatchWaiting

DOUBT_SECONDS = 1.0
"""How often it is asked how other daemons' calls have ended."""


class CampaignActor(Campaign):
    """One campaign: its contacts' book, its feed, its end."""

    # The beginning

    @handles(Load)
    def load(self, message: Load) -> None:
        """Take over the next contacts of an earlier life, then let others have their turn."""
        load(self, message)

    @handles(Begin)
    def begin(self, message: Begin) -> None:
        """Begin to read, and offer from `start_at` on."""
        if self.sharing is not None:
            self.after(DOUBT_SECONDS, LookAtDoubts(), background=True)
        if self.canceled:
            cancel(self)
        start_at = self.settings.start_at
        if start_at is None or start_at <= self.clock.time():
            self.begin_offering(BeginOffering())
        else:
            self.after(start_at - self.clock.time(), BeginOffering())
        self.actor_ref.tell(ReadOn())

    @handles(BeginOffering)
    def begin_offering(self, message: BeginOffering) -> None:
        """Let the pool offer."""
        if self.began_at is None:
            self.began_at = self.clock.time()
            if self.keeps:
                self.journal.tell(Record(Begun(self.name, self.clock.time()), None))
        known = len(self.book) + self.rejected if self.feed.source is None else None
        self.pool.tell(Open(self.name, known))
        finish_if_done(self)

    # The feed

    @handles(ReadOn)
    def read_on(self, message: ReadOn) -> None:
        """Take in the next rows of the file, then let others have their turn."""
        read_on(self)

    @handles(RowsRead)
    def rows_read(self, message: RowsRead) -> None:
        """Take in the rows that have come."""
        take_answer(self, message)

    @handles(TakeRows)
    def take_rows(self, message: TakeRows) -> None:
        """Take in rows, and read on or know that there are no more."""
        take_rows(self, message)

    @handles(AddContacts)
    def add_contacts(self, message: AddContacts) -> None:
        """Take in what the application adds; answers how many became contacts."""
        add(self, message)

    @handles(CloseFeed)
    def close_feed(self, message: CloseFeed) -> None:
        """Expect no more contacts."""
        self.feed.open = False
        finish_if_done(self)

    @handles(StopOffering)
    def stop_offering(self, message: StopOffering) -> None:
        """Let nobody wait for calls that won't be placed."""
        self.feed.closing = True
        self.feed.answer_added(self.unfinished)

    # Attempts

    @handles(Start)
    def start_contact(self, message: Start) -> None:
        """Activate a contact that a number is held for."""
        start(self, message)

    @handles(Withdrawn)
    def withdrawn(self, message: Withdrawn) -> None:
        """Note that an attempt was not placed: the contact waits in the pool again."""
        self.live.pop(message.contact, None)
        if message.sticky_lost:
            self.book.set_sticky(message.contact, None)
        if self.sharing is None:
            follow_withdrawn(self, message)
            return
        if not resume(self, self.sharing, message):
            follow_withdrawn(self, message)
        finish_if_done(self)

    @handles(AttemptEnded)
    def attempt_ended(self, message: AttemptEnded) -> None:
        """Count the attempt, and finish the contact or let it wait again."""
        index, book = message.contact, self.book
        book.set_sticky(index, message.sticky)
        if message.answered:
            book.mark_reached(index)
        book.placed(index, counted=message.counted)
        self.live.pop(index, None)
        follow_end(self, message)
        if self.sharing is not None:
            finish_if_done(self)

    @handles(NoOther)
    def no_other(self, message: NoOther) -> None:
        """Do what there is to do where no other number is left to try."""
        follow_no_other(self, message.contact)

    @handles(FinishContact)
    def finish_durably(self, message: FinishContact) -> None:
        """Say that a contact is finished, now that it is durable."""
        index, standing = message.contact, standing_of(message.result)
        if self.sharing is None:
            finish_contact(self, index, standing)
        else:
            finish_written(self, self.sharing, index, standing)

    @handles(Waits)
    def waits(self, message: Waits) -> None:
        """Log at debug level what a contact waits for."""
        self.observer.emit(
            DispatchWaiting(
                tenant=self.settings.tenant,
                campaign=self.name,
                contact=self.book.contact(message.contact),
                reason=message.reason.value,
            )
        )

    # The end

    @handles(Canceled)
    def cancel(self, message: Canceled) -> None:
        """Finish everybody who waits; those in a call when it is over."""
        cancel(self)

    @handles(Sweep)
    def sweep(self, message: Sweep) -> None:
        """Finish everybody who waits as canceled."""
        sweep(self)

    @handles(Stall)
    def stall(self, message: Stall) -> None:
        """Finish everybody as stalled: nothing can change by itself any more."""
        stall(self, message)

    @handles(Conclude)
    def conclude(self, message: Conclude) -> None:
        """Say the campaign's last word, once."""
        conclude(self, message)

    # Contacts that are dealt out among daemons

    @handles(Gained)
    def gained(self, message: Gained) -> None:
        """Dial the contacts of these partitions from now on."""
        assert self.sharing is not None
        gain(self, self.sharing, message.partitions)

    @handles(GiveUp)
    def give_up(self, message: GiveUp) -> None:
        """Begin nothing more with the contacts of these partitions."""
        assert self.sharing is not None
        give_up(self, self.sharing, message.partitions)

    @handles(Lose)
    def lose(self, message: Lose) -> None:
        """Let the contacts of these partitions go: they are somebody else's."""
        assert self.sharing is not None
        lose(self, self.sharing, message.partitions)

    @handles(Dropped)
    def dropped(self, message: Dropped) -> None:
        """Note that nobody of these partitions waits in the pool."""
        assert self.sharing is not None
        dropped(self, self.sharing, message.partitions)

    @handles(DoubtOver)
    def doubt_over(self, message: DoubtOver) -> None:
        """Ask whether anybody knows how a call ended that can be up no more."""
        assert self.sharing is not None
        self.sharing.doubts.over.add(message.contact)
        self.sharing.ask_about_doubts()

    @handles(LookAtDoubts)
    def look_at_doubts(self, message: LookAtDoubts) -> None:
        """Ask what has become of the calls in doubt, again and again."""
        assert self.sharing is not None
        if not self.done:
            self.after(DOUBT_SECONDS, message, background=True)
            self.sharing.ask_about_doubts()

    @handles(LookedUp)
    def looked_up(self, message: LookedUp) -> None:
        """Follow what other daemons have told of calls in doubt."""
        assert self.sharing is not None
        follow_kept(self, self.sharing, message.kept)
        finish_if_done(self)

    @handles(TellAgain)
    def tell_again(self, message: TellAgain) -> None:
        """Say again which of these partitions are finished."""
        assert self.sharing is not None
        self.sharing.account(message.partitions)

    @handles(FirstToTell)
    def first_to_tell(self, message: FirstToTell) -> None:
        """Tell of the rows that can't be dialed: nobody else does."""
        assert self.sharing is not None
        for row in self.sharing.rejections(message.partitions):
            reject(self, row)

    @handles(AllFinished)
    def all_finished(self, message: AllFinished) -> None:
        """End the campaign: every daemon has finished its contacts."""
        assert self.sharing is not None
        self.sharing.total = message.total
        finish_if_done(self)

    # What the application says and asks

    @handles(TellDisposition)
    def tell_disposition(self, message: TellDisposition) -> None:
        """Hand a disposition to the contact's call; answers whether it was taken."""
        index = self.book.find(message.contact)
        if index is None:
            refuse(message.done, UnknownName("contact", message.contact))
            return
        live = self.live.get(index)
        if live is not None:
            live.tell(SetDisposition(message.disposition, message.done))
        else:
            answer(message.done, False)

    @handles(AskContact)
    def ask_contact(self, message: AskContact) -> None:
        """Answer where a contact stands; what one waits for the pool says."""
        index = self.book.find(message.contact)
        if index is None:
            refuse(message.done, UnknownName("contact", message.contact))
        elif (standing := self.book.standing(index)) is Standing.WAITING:
            self.pool.tell(AskWhy(self.name, index, message.done))
        else:
            answer(message.done, standing.name.lower())

    @handles(HangUpAll)
    def hang_up_all(self, message: HangUpAll) -> None:
        """Hang up every call in progress."""
        for ref in list(self.live.values()):
            ref.tell(HangUpCall(message.by))

    # After a crash

    def rebuild(self) -> None:
        """Cut off a row of the book that is half written; all else is a fact, changed in one step."""
        self.book.repair()

    def handle_again(self, message: Any) -> None:
        """Finish what a crash has interrupted."""
        if isinstance(message, AttemptEnded) and message.contact not in self.live:  # it is counted
            if self.book.standing(message.contact) is Standing.ACTIVE:
                follow_end(self, message)
        elif message is self.activated:
            pass
        else:
            super().handle_again(message)
        finish_if_done(self)
        if self.last_word is not None:
            conclude(self, self.last_word)
