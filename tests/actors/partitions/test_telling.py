"""What all daemons are told is confirmed when the last of it is in force here, and the book has all of it."""

from __future__ import annotations

from actors.partitions.telling import NOTHING_TO_SAY, Telling, may_know_more
from runtime.calls import E164
from runtime.journal.entries import Change, LimitChange, NumberChange
from runtime.journal.redis.book import Book, Recorded, subject_of
from runtime.ledger.statement import Row

NUMBER = E164("+14155550100")
FLAGGED, UNFLAGGED = NumberChange("flagged", NUMBER, "ann"), NumberChange("unflagged", NUMBER, "ann")
PAUSED, CAPPED = NumberChange("paused", NUMBER, "ann"), LimitChange(3, "ann", connection="east")


def book(version: int, *changes: Change, of: str = "first") -> Book:
    recorded = {subject_of(one): Recorded(one, f"{of}{place}", "era", 1) for place, one in enumerate(changes)}
    return Book(version, recorded)


def caught_up(*changes: Change) -> Telling:
    """Make one that has carried out these changes, of version 5, in the ledger's generation 1."""
    telling = Telling()
    telling.heard(5, 1)
    assert telling.asks()
    for _ in telling.read(book(5, *changes)):
        telling.carried_out()
    assert telling.confirmed == 5
    return telling


def test_whoever_has_not_read_the_book_is_behind() -> None:
    telling = Telling()
    telling.heard(0, 1)

    assert telling.is_behind
    assert telling.asks()
    assert telling.read(book(1)) == []
    assert not telling.is_behind


def test_a_version_that_is_news_is_read_once() -> None:
    telling = caught_up()
    telling.heard(6, 1)

    assert telling.is_behind
    assert telling.asks()
    assert not telling.asks()


def test_what_was_read_is_confirmed_when_all_of_it_is_in_force() -> None:
    telling = caught_up()
    telling.heard(7, 1)
    telling.asks()
    telling.read(book(7, FLAGGED, CAPPED))

    assert (telling.carried_out(), telling.confirmed) == (False, 5)
    assert (telling.carried_out(), telling.confirmed) == (True, 7)
    assert not telling.is_behind


def test_only_what_is_new_is_carried_out() -> None:
    telling = caught_up(FLAGGED)
    telling.heard(7, 1)
    telling.asks()

    assert telling.read(book(7, FLAGGED, PAUSED)) == [PAUSED]


def test_another_command_of_the_same_words_is_carried_out() -> None:
    telling = caught_up(UNFLAGGED)
    telling.heard(7, 1)
    telling.asks()

    assert telling.read(book(7, UNFLAGGED, of="second")) == [UNFLAGGED]


def test_a_flag_and_a_pause_of_one_number_are_two_things() -> None:
    subjects = {subject_of(change) for change in (FLAGGED, UNFLAGGED, PAUSED, CAPPED)}

    assert len(subjects) == 3


def test_what_comes_meanwhile_is_read_after_that() -> None:
    telling = caught_up()
    telling.heard(6, 1)
    telling.asks()
    telling.read(book(6, FLAGGED))
    telling.heard(7, 1)
    telling.carried_out()

    assert telling.is_behind
    assert telling.asks()


def test_in_another_generation_nothing_is_confirmed_before_the_book_was_told_what_is_known() -> None:
    telling = caught_up(FLAGGED)
    telling.heard(0, 2)

    assert telling.is_behind
    assert telling.stated == 0
    assert telling.asks()
    assert telling.read(book(5, FLAGGED)) == []
    assert telling.stated == 5


def test_a_book_that_was_asked_for_before_a_loss_confirms_nothing() -> None:
    telling = caught_up(FLAGGED)
    telling.heard(6, 1)
    telling.asks()
    telling.heard(0, 2)
    telling.read(book(6, FLAGGED))

    assert telling.stated == 0
    assert telling.asks(), "it is read again, and told what is known"


def test_who_had_heard_of_more_than_was_left_is_behind_no_longer() -> None:
    telling = caught_up()
    telling.heard(9, 1)
    telling.asks()
    telling.heard(5, 2)
    telling.read(book(9))
    telling.asks()
    telling.read(book(5))

    assert not telling.is_behind
    assert telling.stated == 5


def test_who_knows_of_no_change_has_nothing_to_say_again() -> None:
    assert Telling().stated == NOTHING_TO_SAY


def test_a_live_daemon_that_has_not_spoken_since_a_loss_may_know_more() -> None:
    def row(told: int, remaining: int | None = None) -> Row:
        return Row("one", 1, 0, 0, 0, 10_000, remaining, breaker_open=False, told=told)

    assert may_know_more([row(5), row(0)])
    assert not may_know_more([row(5), row(NOTHING_TO_SAY)])
    assert not may_know_more([row(0, remaining=3000)])
