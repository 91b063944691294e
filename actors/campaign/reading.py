"""Read a campaign's rows a turn at a time, have them recorded, and take them into the book."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from actors.answers import refuse
from actors.campaign.arrivals import RowsRead
from actors.campaign.book import Standing
from actors.campaign.completion import finish_if_done
from actors.campaign.feed import Feed
from actors.campaign.finishing import finish_waiting, may_end_canceled
from actors.campaign.progress import Campaign
from actors.messages import AddContacts, Arrived, Index, ReadOn, TakeRows
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.errors import UnknownName
from runtime.journal.base import Record
from runtime.journal.entries import Rows
from runtime.observe.events import ContactRejected

ROWS_A_TURN = 200
"""How many rows of a file are read before others have their turn."""


def read_on(campaign: Campaign) -> None:
    """Read the next rows, or ask for them; know when there are none."""
    feed = campaign.feed
    if feed.reading is None:
        if feed.source is None or campaign.canceled:
            feed.source = None
            finish_if_done(campaign)
            return
        if not isinstance(feed.source, Iterator):
            feed.source.ask(campaign.actor_ref.tell)
            return
        feed.reading = _read_turn(feed, feed.source)
    elif feed.recorded is feed.reading:
        return  # a crash has let it be told twice
    _record(campaign, feed.reading, campaign.digest(), feed.reading)


def take_answer(campaign: Campaign, message: RowsRead) -> None:
    """Take in the rows that the source has answered with."""
    feed = campaign.feed
    if message is not feed.came and feed.source is not None and not campaign.canceled:
        feed.came, feed.reading = message, TakeRows(message.rows, message.more)
    if feed.reading is None:  # nobody wants them; or a crash has let it be told twice
        read_on(campaign)
    elif feed.recorded is not feed.reading:
        _record(campaign, feed.reading, message.digest, feed.reading)


def add(campaign: Campaign, message: AddContacts) -> None:
    """Take in what the application adds; answers how many became contacts."""
    feed = campaign.feed
    if message is feed.recorded:
        return  # a crash came after that
    if campaign.done or campaign.canceled or not feed.open:
        refuse(message.done, UnknownName("open campaign", campaign.name))
        return
    _record(campaign, TakeRows(message.rows, None, message.done), None, message)


def take_rows(campaign: Campaign, message: TakeRows) -> None:
    """Take in rows, and read on or know that there are no more."""
    feed = campaign.feed
    _into_book(campaign, message.rows)
    if may_end_canceled(campaign):
        finish_waiting(campaign, Standing.STALLED if campaign.stalled else Standing.CANCELED)
    if message.done is not None:
        feed.owe(message.done, _contacts_among(message.rows))
        feed.answer_added(campaign.unfinished)
    if message is feed.reading:
        feed.reading = None
    if message.more:
        campaign.actor_ref.tell(ReadOn())
    elif message.more is False:
        feed.source = None
        finish_if_done(campaign)


def reject(campaign: Campaign, row: RejectedContact) -> None:
    """Say that a row can't be dialed, and count it."""
    campaign.observer.emit(
        ContactRejected(
            tenant=campaign.settings.tenant, campaign=campaign.name, row=row.row, reason=row.reason
        )
    )
    campaign.rejected += 1


def _read_turn(feed: Feed, source: Iterator[FedRow]) -> TakeRows:
    if feed.source_failed:
        raise RuntimeError("what feeds the contacts in has raised: nobody knows the later ones")
    feed.source_failed = True
    rows = list(islice(source, ROWS_A_TURN))
    feed.source_failed = False
    return TakeRows(rows, len(rows) == ROWS_A_TURN)


def _record(campaign: Campaign, take: TakeRows, digest: str | None, cause: TakeRows | AddContacts) -> None:
    """Take rows in; where a journal is kept, when they are durable."""
    if not campaign.keeps:
        take_rows(campaign, take)
        return
    feed = campaign.feed
    entry = Rows(campaign.name, feed.promised, take.rows, digest, complete=take.more is False)
    promised = feed.promised + _contacts_among(take.rows)
    campaign.journal.tell(Record(entry, campaign.actor_ref, take))
    feed.promised, feed.recorded = promised, cause


def _contacts_among(rows: list[FedRow]) -> int:
    return sum(type(row) is NewContact for row in rows)


def _into_book(campaign: Campaign, rows: list[FedRow]) -> None:
    feed, sharing = campaign.feed, campaign.sharing
    begun, taken = feed.taking
    if begun is not rows:
        taken = 0
    for number in range(taken, len(rows)):
        row = rows[number]
        if sharing is not None:
            sharing.take_in(row)
        elif isinstance(row, RejectedContact):
            reject(campaign, row)
        else:
            campaign.book.add(row)
            campaign.unfinished += 1
        feed.taking = (rows, number + 1)
    if sharing is None:
        _tell_arrived(campaign)


def _tell_arrived(campaign: Campaign) -> None:
    book, feed = campaign.book, campaign.feed
    first, count = Index(feed.arrived), len(book)
    if first < count:
        profiles = [book.profile(Index(index)) for index in range(first, count)]
        campaign.pool.tell(Arrived(campaign.name, first, profiles))
        feed.arrived = count  # nothing is called in between: a crash there would let them arrive twice
