"""What operators have told all daemons is known again after a loss, in the order of their commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.calls import E164
from runtime.journal.entries import Change, NumberChange
from runtime.journal.redis.book import Book, Recorded, commanded, subject_of
from runtime.journal.redis.link import BOOK, ContactsLink
from runtime.ledger.resource import Kind, Resource
from tests.runtime.journal.redis.holding import link_to
from tests.runtime.journal.redis.virtual import MemoryLink, SharedMemory
from tests.servers.redis_server import RedisServer

LEDGER = Resource(Kind.PARTITIONS, "acme").key("test")
NUMBER, OTHER = E164("+14155550100"), E164("+14155550101")
FLAGGED, UNFLAGGED = NumberChange("flagged", NUMBER, "ann"), NumberChange("unflagged", NUMBER, "ann")
PAUSED = NumberChange("paused", OTHER, "ann")


class Wiped(MemoryLink):
    """A shared state that can lose everything, or go back to an older copy."""

    def __init__(self) -> None:
        super().__init__(SharedMemory())
        self.server = self.memory.server

    def command(self, change: Change) -> int:
        return self.share_changes("acme", {subject_of(change): commanded(change)}).version

    def say(self, known: Mapping[str, Recorded] | None = None) -> Book:
        return self.share_changes("acme", known or {})


def standing(book: Book) -> list[Change]:
    """List the changes that hold, whatever their order."""
    return sorted((one.change for one in book.changes.values()), key=str)


def test_changes_have_rising_versions_and_the_last_of_each_thing_stands() -> None:
    link = Wiped()

    versions = [link.command(change) for change in (FLAGGED, PAUSED, UNFLAGGED)]

    assert versions == [2, 3, 4]
    assert standing(link.say()) == [PAUSED, UNFLAGGED]
    assert link.server.data[LEDGER]["told"] == "4"


def test_a_command_that_is_said_again_is_no_other_command() -> None:
    link = Wiped()
    said = {subject_of(FLAGGED): commanded(FLAGGED)}

    assert link.share_changes("acme", said) == link.share_changes("acme", said)


def test_who_has_carried_out_a_change_says_it_again_to_a_server_that_lost_it() -> None:
    link = Wiped()
    link.command(FLAGGED)
    known = link.say().changes
    link.server.restart({})

    again = link.say(known)

    assert standing(link.say()) == [FLAGGED]
    assert again.changes == known
    assert again.version >= max(one.version for one in known.values())


def test_whoever_speaks_first_after_a_loss_all_agree() -> None:
    books = []
    for order in permutations(range(3)):
        link = Wiped()
        link.command(FLAGGED)
        memories = [link.say().changes]
        link.command(PAUSED)
        memories.append(link.say().changes)
        link.command(UNFLAGGED)
        memories.append(link.say().changes)
        link.server.restart({})
        for place in order:
            link.say(memories[place])
            link.say(memories[place])  # its answer was lost
        books.append(standing(link.say()))

    assert books == [[PAUSED, UNFLAGGED]] * 6


@pytest.mark.parametrize("spoken", ["before", "after"])
def test_a_command_after_a_loss_is_newer_than_all_that_was_lost(spoken: str) -> None:
    link = Wiped()
    for change in (PAUSED, UNFLAGGED, FLAGGED):
        link.command(change)
    known = link.say().changes
    link.server.restart({})
    if spoken == "before":
        link.say(known)
    link.command(UNFLAGGED)

    first, second = link.say(known), link.say(known)

    assert standing(first) == standing(second) == [PAUSED, UNFLAGGED]
    assert first.version == second.version


def test_a_command_after_a_loss_stays_newer_when_the_next_loss_comes() -> None:
    link = Wiped()
    for change in (PAUSED, UNFLAGGED, FLAGGED):
        link.command(change)
    before = link.say().changes
    link.server.restart({})
    link.command(UNFLAGGED)
    after = link.say(before).changes
    link.server.restart({})

    link.say(before)
    link.say(after)

    assert standing(link.say()) == [PAUSED, UNFLAGGED]


def test_an_emptied_server_in_the_same_life_has_lost_as_much() -> None:
    link = Wiped()
    link.command(UNFLAGGED)
    link.command(FLAGGED)
    known = link.say().changes
    link.server.data.clear()
    link.command(UNFLAGGED)

    link.say(known)

    assert standing(link.say()) == [UNFLAGGED]


def test_a_server_that_comes_back_with_an_older_copy_has_the_newer_change_again() -> None:
    link = Wiped()
    link.command(FLAGGED)
    older = link.server.copy()
    link.command(UNFLAGGED)
    known = link.say().changes
    link.server.restart(older)

    link.say(known)

    assert standing(link.say()) == [UNFLAGGED]


@given(
    st.lists(
        st.sampled_from(["flag", "unflag", "read 0", "read 1", "read 2", "wipe", "restart", "copy", "back"])
    )
)
def test_the_last_command_stands_once_a_daemon_that_knew_all_before_it_has_spoken(acts: list[str]) -> None:
    """Whatever is lost after somebody has heard of it: it is known again when all have spoken."""
    link = Wiped()
    daemons: list[dict[str, Recorded]] = [{}, {}, {}]
    copy, last, heard_by = link.server.copy(), FLAGGED, set[int]()
    link.command(last)
    for act in acts:
        match act.split():
            case ["flag" | "unflag" as word]:
                for place, known in enumerate(daemons):  # each live daemon speaks within a lease of a loss
                    daemons[place] = link.say(known).changes
                last, heard_by = (FLAGGED if word == "flag" else UNFLAGGED), set()
                link.command(last)
            case ["read", place]:
                daemons[int(place)] = link.say(daemons[int(place)]).changes
                if last in standing(Book(0, daemons[int(place)])):
                    heard_by.add(int(place))
            case ["copy"]:
                copy = link.server.copy()
            case [loss]:
                if heard_by:
                    link.server.restart({"wipe": {}, "back": copy}.get(loss))

    for known in daemons:
        link.say(known)

    assert standing(link.say()) == [last]


# On a real server


@pytest.fixture
def link(redis_server: RedisServer) -> Iterator[ContactsLink]:
    link = link_to(redis_server.url, 1.0)
    yield link
    link.close()


def test_a_real_server_says_the_same_as_the_embedded_interpreter(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    embedded = Wiped()
    embedded.server.named = (
        redis_server.client().info("server")["run_id"],
        redis_server.client().info("replication")["master_replid"],
    )
    keys = [LEDGER, link.key("acme", "changes")]
    older = ("number", "old", "7", "id1", "é")

    for mark, *said in (("m1", "number", "", "0", "id2", "new"), ("m2", *older), ("m3", *older)):
        words = [mark, *said]
        real = [part.decode() for part in link.run(BOOK, keys, list(words))]
        assert real == [part.decode() for part in embedded.run(BOOK, keys, list(words))]

    assert redis_server.client().hgetall(keys[1]) == embedded.server.data[keys[1]]
    assert real == ["9", "number", "m1", "9", "id2", "new"]


def test_what_an_operator_commanded_is_back_after_a_real_server_lost_it(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    link.share_changes("acme", {subject_of(FLAGGED): commanded(FLAGGED)})
    known = link.share_changes("acme", {}).changes
    redis_server.restart()
    lost = link.share_changes("acme", {}).changes

    again = link.share_changes("acme", known).changes

    assert (lost, again) == ({}, known)


def test_what_is_no_change_is_refused(link: ContactsLink) -> None:
    with pytest.raises(Exception, match="five parts of each change"):
        link.run(BOOK, [LEDGER, link.key("acme", "changes")], ["mark", "number", "era"])
