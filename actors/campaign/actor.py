"""The actor that feeds a campaign's contacts in and knows when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from pykka import ActorRef, Future

from actors.answers import answer, refuse
from actors.campaign.arrivals import Arrivals, RowsRead
from actors.campaign.book import ContactBook, Standing, result_of, standing_of
from actors.campaign.calls_in_progress import CallsInProgress
from actors.campaign.earlier_life import EarlierLife, TakingOver, load_rows
from actors.campaign.sharing import Sharing
from actors.contact.actor import ContactActor
from actors.contact.surroundings import Surroundings
from actors.messages import (
    Activate,
    AddContacts,
    Arrived,
    AskContact,
    AttemptEnded,
    Begin,
    BeginOffering,
    Canceled,
    CloseFeed,
    Conclude,
    Decision,
    Doubt,
    FinishContact,
    Finished,
    HangUpAll,
    HangUpCall,
    Index,
    Kind,
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
    Waiting,
    Waits,
    Withdrawn,
)
from actors.partitions.messages import (
    AllFinished,
    Counts,
    Dropped,
    FirstToTell,
    Gained,
    GiveUp,
    Lose,
    TellAgain,
)
from actors.restart import RestartingActor, Supervisor
from actors.settings import CampaignSettings
from runtime.calls import E164, CallId
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.errors import UnknownName
from runtime.journal.base import Record
from runtime.journal.entries import Begun, Done, Rows, Swept
from runtime.journal.entries import Finished as ContactFinishedEntry
from runtime.kernel import handles
from runtime.observe.events import (
    CampaignFinished,
    CampaignStalled,
    ContactFinished,
    ContactRejected,
    DispatchWaiting,
)
from runtime.observe.observer import Observer

ROWS_A_TURN = 200
"""How many rows of a file are read before others have their turn."""


# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_WAITING, _ACTIVE, _REACHED = Standing.WAITING, Standing.ACTIVE, Standing.REACHED
_ELSEWHERE = Decision.ELSEWHERE


class CampaignActor(RestartingActor):
    """One campaign: its contacts' book, its feed, its end."""

    def __init__(
        self,
        settings: CampaignSettings,
        feed: Iterator[FedRow] | Arrivals | None,
        *,
        pool: ActorRef[Any],
        tenant: ActorRef[Any],
        connections: Mapping[str, ActorRef[Any]],
        journal: ActorRef[Any],
        observer: Observer,
        supervisor: Supervisor,
        spell: Callable[[E164], tuple[str, str | None]],
        run: str,
        finished: Callable[[CampaignFinished], None],
        keeps: bool = False,
        digest: Callable[[], str | None] = lambda: None,
        earlier: EarlierLife | None = None,
        ahead: int | None = None,
        partitions: ActorRef[Any] | None = None,
    ) -> None:
        super().__init__()
        self.sharing = None if partitions is None else Sharing(partitions)
        """Where other daemons dial the campaign's contacts too."""
        self.supervisor = supervisor
        self._ahead = ahead
        self._answers: list[tuple[Future[int], int]] = []
        """What was added and not yet answered, while `ahead` contacts are unfinished."""
        self._closing = False
        self.settings = settings
        self.name = settings.name
        self.pool = pool
        self.observer = observer
        self.book = ContactBook()
        self.calls = CallsInProgress()
        self.live: dict[Index, ActorRef[Any]] = {}
        self.rejected = 0
        self.unfinished = 0
        self.canceled = False
        self.done = False
        self._surroundings = (pool, tenant, connections, journal, spell)
        self.around: Surroundings | None = None
        self.journal = journal
        self._keeps = keeps
        self.digest = digest
        self._promised = 0
        """How many contacts the journal has been told of."""
        self._stalled = False
        self._swept = False
        """Whether the journal knows that everybody who waits is canceled."""
        self._last_word: Conclude | None = None
        self._concluded = False
        self._activated: Start | None = None
        """The last order to start a contact that was carried out."""
        self._earlier = None if earlier is None else TakingOver(earlier)
        self._feed = feed
        self._feed_failed = False
        self._came: RowsRead | None = None
        """The last rows that the feed has answered with."""
        """Whether the feed has raised: what is left of it would be taken for nothing."""
        self._reading: TakeRows | None = None
        """The rows of the file that have been read and are not all taken in."""
        self._recorded: TakeRows | AddContacts | None = None
        """The last rows that the journal has been told of."""
        self._taking: tuple[list[FedRow], int] = ([], 0)
        """The rows that are being taken in, and how many of them have been."""
        self._arrived = 0
        """How many contacts the pool has been told of."""
        self._fed = feed is None
        self._open = settings.keep_open
        self._began_at: float | None = None
        self._calls = 0
        self._run = run
        self._finished = finished
        self._elsewhere: dict[Index, tuple[tuple[E164, ...], AttemptEnded]] = {}

    # The feed

    def _look_around(self) -> None:
        if self.around is not None:
            return
        pool, tenant, connections, journal, spell = self._surroundings
        self.around = Surroundings(
            self.settings,
            self.actor_ref,
            pool,
            tenant,
            connections,
            journal,
            self.observer,
            spell,
            self.calls,
            self.supervisor,
        )

    @handles(Load)
    def load(self, message: Load) -> None:
        """Take over the next contacts of an earlier life, then let others have their turn."""
        taking = self._earlier
        if taking is None:
            return
        earlier = taking.life
        self._look_around()
        self.canceled = self.calls.canceled = earlier.canceled
        more = load_rows(self, taking)
        self._arrived = len(self.book)
        if more:
            self.actor_ref.tell(message)
            return
        self._promised = len(self.book)
        self._began_at = earlier.state.begun_at
        self.calls.placed += earlier.state.placed
        self._earlier = None
        earlier.loaded()

    def take_up(self, index: Index, doubt: Doubt, excluded: tuple[E164, ...]) -> None:
        """Wait for the end of a call that an earlier life has placed."""
        assert self.around is not None
        if index in self.live:
            return
        self.book.set_standing(index, _ACTIVE)
        record = self.book.record(index, excluded)
        activate = Activate(doubt.intent.call, index, record, self.actor_ref, doubt)
        self.live[index] = self.system.start(ContactActor, activate, self.around)

    def wait_again(self, ended: AttemptEnded, excluded: tuple[E164, ...]) -> None:
        """Let a contact of an earlier life wait for what it waited for."""
        if self.canceled:
            self.finish(ended.contact, Standing.CANCELED)
        elif ended.decision is _ELSEWHERE:
            self._elsewhere[ended.contact] = (excluded, ended)
            self._wait(ended.contact, Kind.RETRY, self.clock.time(), excluded, ended.tier)
        else:
            self._wait(ended.contact, ended.kind, self.clock.time() if ended.due is None else ended.due)

    @handles(Begin)
    def begin(self, message: Begin) -> None:
        """Begin to read, and offer from `start_at` on."""
        self._look_around()
        if self.canceled:
            self._open = False
            self._sweep()
        start_at = self.settings.start_at
        if start_at is None or start_at <= self.clock.time():
            self.begin_offering(BeginOffering())
        else:
            self.after(start_at - self.clock.time(), BeginOffering())
        self.actor_ref.tell(ReadOn())

    @handles(BeginOffering)
    def begin_offering(self, message: BeginOffering) -> None:
        """Let the pool offer."""
        if self._began_at is None:
            self._began_at = self.clock.time()
            if self._keeps:
                self.journal.tell(Record(Begun(self.name, self.clock.time()), None))
        known = len(self.book) + self.rejected if self._fed and self._feed is None else None
        self.pool.tell(Open(self.name, known))
        self._finish_if_done()

    @handles(ReadOn)
    def read_on(self, message: ReadOn) -> None:
        """Take in the next rows of the file, then let others have their turn."""
        if self._reading is None:
            if self._feed is None or self.canceled:
                self._feed, self._fed = None, True
                self._finish_if_done()
                return
            if not isinstance(self._feed, Iterator):
                self._feed.ask(self.actor_ref.tell)
                return
            if self._feed_failed:
                raise RuntimeError("what feeds the contacts in has raised: nobody knows the later ones")
            self._feed_failed = True
            rows = list(islice(self._feed, ROWS_A_TURN))
            self._feed_failed = False
            self._reading = TakeRows(rows, len(rows) == ROWS_A_TURN)
        elif self._recorded is self._reading:
            return  # a crash has let it be told twice
        self._record_rows(self._reading, self.digest(), self._reading)

    @handles(RowsRead)
    def rows_read(self, message: RowsRead) -> None:
        """Take in the rows that have come."""
        if message is not self._came and self._feed is not None and not self.canceled:
            self._came, self._reading = message, TakeRows(message.rows, message.more)
        if self._reading is None:  # nobody wants them; or a crash has let it be told twice
            self.read_on(ReadOn())
        elif self._recorded is not self._reading:
            self._record_rows(self._reading, message.digest, self._reading)

    def _record_rows(self, take: TakeRows, digest: str | None, cause: TakeRows | AddContacts) -> None:
        """Take rows in; where a journal is kept, when they are durable."""
        if not self._keeps:
            self.take_rows(take)
            return
        entry = Rows(self.name, self._promised, take.rows, digest, complete=take.more is False)
        promised = self._promised + sum(type(row) is NewContact for row in take.rows)
        self.journal.tell(Record(entry, self.actor_ref, take))
        self._promised, self._recorded = promised, cause

    @handles(TakeRows)
    def take_rows(self, message: TakeRows) -> None:
        """Take in rows, and read on or know that there are no more."""
        self._take_rows(message.rows)
        if self._may_end_canceled:
            self._finish_waiting(Standing.STALLED if self._stalled else Standing.CANCELED)
        if message.done is not None:
            self._answers.append((message.done, sum(type(row) is NewContact for row in message.rows)))
            self._answer_added()
        if message is self._reading:
            self._reading = None
        if message.more:
            self.actor_ref.tell(ReadOn())
        elif message.more is False:
            self._feed, self._fed = None, True
            self._finish_if_done()

    @handles(AddContacts)
    def add_contacts(self, message: AddContacts) -> None:
        """Take in what the application adds; answers how many became contacts."""
        if message is self._recorded:
            return  # a crash came after that
        if self.done or self.canceled or not self._open:
            refuse(message.done, UnknownName("open campaign", self.name))
            return
        self._record_rows(TakeRows(message.rows, None, message.done), None, message)

    @handles(CloseFeed)
    def close_feed(self, message: CloseFeed) -> None:
        """Expect no more contacts."""
        self._open = False
        self._finish_if_done()

    def _answer_added(self) -> None:
        """Say that contacts were added, unless so many are unfinished that their sender should wait."""
        if self._ahead is None or self.unfinished < self._ahead or self._closing:
            answers, self._answers = self._answers, []
            for done, count in answers:
                answer(done, count)

    @handles(StopOffering)
    def stop_offering(self, message: StopOffering) -> None:
        """Let nobody wait for calls that won't be placed."""
        self._closing = True
        self._answer_added()

    def _take_rows(self, rows: list[FedRow]) -> None:
        begun, taken = self._taking
        if begun is not rows:
            taken = 0
        for number in range(taken, len(rows)):
            row = rows[number]
            if self.sharing is not None:
                self.sharing.take_in(self, row)
            elif isinstance(row, RejectedContact):
                self._reject(row)
            else:
                self.book.add(row)
                self.unfinished += 1
            self._taking = (rows, number + 1)
        if self.sharing is None:
            self._tell_arrived()

    def _tell_arrived(self) -> None:
        first, book = Index(self._arrived), self.book
        if first < len(book):
            profiles = [book.profile(Index(index)) for index in range(first, len(book))]
            self.pool.tell(Arrived(self.name, first, profiles))
            self._arrived = len(book)

    def _reject(self, row: RejectedContact) -> None:
        self.observer.emit(
            ContactRejected(tenant=self.settings.tenant, campaign=self.name, row=row.row, reason=row.reason)
        )
        self.rejected += 1

    # Attempts

    @handles(Start)
    def start_contact(self, message: Start) -> None:
        """Activate a contact that a number is held for."""
        index = message.contact
        assert self.around is not None
        self._calls += 1
        call = CallId(f"{self._run}-{self.name}-{self._calls}")
        pending = self._elsewhere.get(index)
        excluded = () if pending is None else pending[0]
        self.book.set_standing(index, _ACTIVE)
        activate = Activate(call, index, self.book.record(index, excluded), self.actor_ref)
        self.live[index] = self.system.start(ContactActor, activate, self.around)
        self._activated = message

    @handles(Withdrawn)
    def withdrawn(self, message: Withdrawn) -> None:
        """Note that an attempt was not placed: the contact waits in the pool again."""
        index = message.contact
        self.live.pop(index, None)
        if message.sticky_lost:
            self.book.set_sticky(index, None)
        if self._let_go(index):
            return
        if self._may_end_canceled:
            self._finish_contact(index, Standing.CANCELED)
        elif message.given_up:
            self.finish(index, Standing.EXHAUSTED)
        elif self.book.standing(index) is _ACTIVE:
            self.book.set_standing(index, _WAITING)

    @handles(AttemptEnded)
    def attempt_ended(self, message: AttemptEnded) -> None:
        """Count the attempt, and finish the contact or let it wait again."""
        index = message.contact
        self.book.set_sticky(index, message.sticky)
        if message.answered:
            self.book.mark_reached(index)
        self.book.placed(index, counted=message.counted)
        self.live.pop(index, None)
        self._follow(message)

    def _let_go(self, index: Index) -> bool:
        """Leave a contact to the daemon that has its partition now; False where it is ours."""
        sharing = self.sharing
        if sharing is None or sharing.holds(index):
            return False
        sharing.let_go(self, index)
        return True

    def _follow(self, message: AttemptEnded) -> None:
        index = message.contact
        if self._let_go(index):
            if message.decision is Decision.FINISH and message.result is not None:
                self._tell_finished(index, standing_of(message.result))
            return
        if self.canceled:
            # An end that was written before the cancellation stands as it was written.
            written = message.result if self._keeps and message.decision is Decision.FINISH else None
            if written is not None:
                self._finish_contact(index, standing_of(written))
            elif self._may_end_canceled:
                self._finish_contact(index, Standing.CANCELED)
            else:
                self.book.set_standing(index, _WAITING)
            return
        if message.decision is _ELSEWHERE:
            pending = self._elsewhere.get(index)
            tried = () if pending is None else pending[0]
            excluded = tried if message.number in tried else (*tried, message.number)
            self._elsewhere[index] = (excluded, message)
            self._wait(index, Kind.RETRY, self.clock.time(), excluded, message.tier)
        else:
            self._go_on(index, message)
            self._elsewhere.pop(index, None)

    @handles(NoOther)
    def no_other(self, message: NoOther) -> None:
        """Do what there is to do where no other number is left to try."""
        pending = self._elsewhere.get(message.contact)
        if pending is None or self.canceled or self.book.standing(message.contact) not in (_WAITING, _ACTIVE):
            return
        ended = pending[1]
        if ended.due is None and ended.result is not None:
            self.finish(message.contact, standing_of(ended.result))
        else:
            self._go_on(message.contact, ended)
        self._elsewhere.pop(message.contact, None)

    def _go_on(self, index: Index, ended: AttemptEnded) -> None:
        if ended.due is not None:
            self._wait(index, ended.kind, ended.due)
        else:
            assert ended.result is not None
            self._finish_contact(index, standing_of(ended.result))

    def finish(self, index: Index, standing: Standing) -> None:
        """Finish a contact for another reason than its call's end."""
        if not self._keeps:
            self._finish_contact(index, standing)
            return
        if standing is not _REACHED and self.book.reached(index):
            standing = _REACHED
        result = result_of(standing)
        entry = ContactFinishedEntry(self.name, index, self.book.contact(index), result)
        self.journal.tell(Record(entry, self.actor_ref, FinishContact(index, result)))

    @handles(FinishContact)
    def finish_durably(self, message: FinishContact) -> None:
        """Say that a contact is finished, now that it is durable."""
        if self.book.standing(message.contact) in (_WAITING, _ACTIVE):
            self._finish_contact(message.contact, standing_of(message.result))

    def _wait(
        self, index: Index, kind: Kind, due: float, excluded: tuple[E164, ...] = (), tier: str | None = None
    ) -> None:
        profile, sticky = self.book.profile(index), self.book.sticky(index)
        self.book.set_standing(index, Standing.WAITING)
        self.pool.tell(Waiting(self.name, index, profile, kind, due, sticky, excluded, tier))

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
        self.canceled = self.calls.canceled = True
        self._open = False
        self._sweep()

    def _sweep(self) -> None:
        """Finish everybody who waits; where a journal is kept, once it knows."""
        if self._keeps:
            self.journal.tell(Record(Swept(self.name), self.actor_ref, Sweep()))
        else:
            self.sweep(Sweep())

    @handles(Sweep)
    def sweep(self, message: Sweep) -> None:
        """Finish everybody who waits as canceled."""
        self._swept = True
        self._finish_waiting(Standing.CANCELED)
        if self._reading is None and not isinstance(self._feed, Iterator):
            self._feed, self._fed = None, True  # nobody waits for a pipe that may be silent for hours
        self._finish_if_done()

    @handles(Stall)
    def stall(self, message: Stall) -> None:
        """Finish everybody as stalled: nothing can change by itself any more."""
        if self.done:
            return
        self.observer.emit(
            CampaignStalled(
                tenant=self.settings.tenant,
                campaign=self.name,
                by="engine",
                reason=message.reason,
                contacts=self.unfinished,
            )
        )
        self.canceled = True
        self._stalled = True
        self._open = False
        self._finish_waiting(Standing.STALLED)
        self._finish_if_done()

    @property
    def _may_end_canceled(self) -> bool:
        """Tell whether who is in no call ends now; else the sweep will, when it is durable."""
        return self.canceled and (self._swept or self._stalled or not self._keeps)

    def _finish_waiting(self, standing: Standing) -> None:
        for index in range(len(self.book)):
            if self.book.standing(Index(index)) is _WAITING:
                self._finish_contact(Index(index), standing)

    def _finish_contact(self, index: Index, standing: Standing) -> None:
        if self.book.standing(index) not in (_WAITING, _ACTIVE):
            return
        if standing is not _REACHED and self.book.reached(index):
            standing = _REACHED
        line = self._finished_line(index, standing)
        # Told in one step with the change: a crash never finds the one without the other.
        self.book.set_standing(index, standing)
        self.unfinished -= 1
        if line is not None:
            self.observer.emit(line)
        if self.sharing is not None:
            self.sharing.finished(self, index, standing)
        self._elsewhere.pop(index, None)
        if self._answers:
            self._answer_added()
        if not self.unfinished:
            self._finish_if_done()

    def _finished_line(self, index: Index, standing: Standing) -> ContactFinished | None:
        if self.observer.spares(ContactFinished):
            return None
        return ContactFinished(
            self.book.contact(index),
            result_of(standing),
            self.book.calls(index),
            tenant=self.settings.tenant,
            campaign=self.name,
        )

    def _tell_finished(self, index: Index, standing: Standing) -> None:
        """Say that a contact's last call is over; whoever has its partition by now only reads so."""
        assert self.sharing is not None
        line = self._finished_line(index, standing)
        if line is not None:
            self.observer.emit(line)
        self.sharing.finished(self, index, standing)

    def _finish_if_done(self) -> None:
        sharing = self.sharing
        if sharing is not None and self._fed and not self._open and self._earlier is None:
            sharing.all_read(self)
            if sharing.total is None:
                return
        if self.done or self.unfinished or not self._fed or self._open or self._earlier is not None:
            return
        if self._began_at is None and not self.canceled:
            return
        if sharing is None and self._promised > len(self.book):
            return  # rows that were added are not durable yet
        told = self._counts() if sharing is None else sharing.told
        event = CampaignFinished(
            tenant=self.settings.tenant,
            campaign=self.name,
            rows=told.rows,
            attempts=self.calls.placed,
            reached=told.reached,
            exhausted=told.exhausted,
            canceled=told.canceled,
            stalled=told.stalled,
            rejected=told.rejected,
            seconds=round(
                self.clock.time() - (self.clock.time() if self._began_at is None else self._began_at), 6
            ),
            peak_in_use=self.calls.peak,
        )
        self.done = True
        if self._keeps and not self._stalled:
            self.journal.tell(Record(Done(event), self.actor_ref, Conclude(event)))
        else:
            self._last_word = Conclude(event)
            self.conclude(self._last_word)

    def _counts(self) -> Counts:
        count = self.book.count
        return Counts(
            reached=count(_REACHED),
            exhausted=count(Standing.EXHAUSTED),
            canceled=count(Standing.CANCELED),
            stalled=count(Standing.STALLED),
            rejected=self.rejected,
        )

    @handles(Conclude)
    def conclude(self, message: Conclude) -> None:
        """Say the campaign's last word, once."""
        if not self._concluded:
            self.observer.emit(message.line)
        self._concluded = True
        self.pool.tell(Finished(self.name))
        self._finished(message.line)
        self._last_word = None

    # Contacts that are dealt out among daemons

    @handles(Gained)
    def gained(self, message: Gained) -> None:
        """Dial the contacts of these partitions from now on."""
        assert self.sharing is not None
        self.sharing.gain(self, message.partitions)

    @handles(GiveUp)
    def give_up(self, message: GiveUp) -> None:
        """Begin nothing more with the contacts of these partitions."""
        assert self.sharing is not None
        self.sharing.give_up(self, message.partitions)

    @handles(Lose)
    def lose(self, message: Lose) -> None:
        """Let the contacts of these partitions go: they are somebody else's."""
        assert self.sharing is not None
        self.sharing.lose(self, message.partitions)

    @handles(Dropped)
    def dropped(self, message: Dropped) -> None:
        """Note that nobody of these partitions waits in the pool."""
        assert self.sharing is not None
        self.sharing.dropped(self, message.partitions)

    @handles(TellAgain)
    def tell_again(self, message: TellAgain) -> None:
        """Say again which of these partitions are finished."""
        assert self.sharing is not None
        self.sharing.account(self, message.partitions)

    @handles(FirstToTell)
    def first_to_tell(self, message: FirstToTell) -> None:
        """Tell of the rows that can't be dialed: nobody else does."""
        assert self.sharing is not None
        for row in self.sharing.rejections(message.partitions):
            self._reject(row)

    @handles(AllFinished)
    def all_finished(self, message: AllFinished) -> None:
        """End the campaign: every daemon has finished its contacts."""
        assert self.sharing is not None
        self.sharing.total = message.total
        self._finish_if_done()

    def forget_elsewhere(self, index: Index) -> None:
        """Forget which numbers a contact was not to be called from."""
        self._elsewhere.pop(index, None)

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
        """Answer a contact's index and where it stands."""
        index = self.book.find(message.contact)
        if index is None:
            refuse(message.done, UnknownName("contact", message.contact))
        else:
            answer(message.done, (index, self.book.standing(index).name.lower()))

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
                self._follow(message)
        elif message is self._activated:
            pass
        else:
            super().handle_again(message)
        self._finish_if_done()
        if self._last_word is not None:
            self.conclude(self._last_word)
