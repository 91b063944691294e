"""Of what each daemon has counted of answers Redis keeps the newest, and gives whoever asks what is news."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.journal.redis.link import ANSWERS, ContactsLink
from tests.runtime.journal.redis.holding import link_to
from tests.runtime.journal.redis.virtual import MemoryLink, SharedMemory
from tests.servers.redis_server import RedisServer

NOBODY: frozenset[str] = frozenset()


@pytest.fixture
def link(redis_server: RedisServer) -> Iterator[ContactsLink]:
    link = link_to(redis_server.url, 1.0)
    yield link
    link.close()


def test_the_newest_count_of_each_daemon_is_given_to_whoever_does_not_know_it(link: ContactsLink) -> None:
    link.share_answers("acme", {"a": (3, b"three"), "b": (5, b"five")}, {})
    link.share_answers("acme", {"a": (4, b"four")}, {})

    assert link.share_answers("acme", {}, {}) == ({"a": (4, b"four"), "b": (5, b"five")}, NOBODY)
    assert link.share_answers("acme", {}, {"a": 4, "b": 4}) == ({"b": (5, b"five")}, NOBODY)
    assert link.share_answers("acme", {}, {"a": 4, "b": 5}) == ({}, NOBODY)


def test_a_count_that_comes_late_or_twice_changes_nothing(link: ContactsLink) -> None:
    said = {"a": (4, b"four")}

    assert link.share_answers("acme", said, {"a": 4}) == link.share_answers("acme", said, {"a": 4})
    assert link.share_answers("acme", {"a": (3, b"three")}, {}) == (said, NOBODY)


def test_of_whom_less_is_known_than_the_asker_knows_is_said_until_somebody_says_it_again(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    known = {"a": 4, "b": 5}
    link.share_answers("acme", {"a": (4, b"four"), "b": (5, b"five")}, {})
    redis_server.restart()  # keeps nothing

    assert link.share_answers("acme", {"a": (3, b"three")}, known) == ({}, frozenset(known))
    assert link.share_answers("acme", {"a": (4, b"four"), "b": (5, b"five")}, known) == ({}, NOBODY)
    assert link.share_answers("acme", {}, {})[0]["a"] == (4, b"four")


def test_tenants_have_nothing_to_do_with_one_another(link: ContactsLink) -> None:
    link.share_answers("acme", {"a": (4, b"four")}, {})

    assert link.share_answers("other", {}, {}) == ({}, NOBODY)


def test_the_embedded_interpreter_says_the_same_as_a_real_server(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    embedded = MemoryLink(SharedMemory())
    node = "host:8080:ab"

    for said, known in (
        ({node: (2**33 + 7, "é".encode()), "b": (5, b"")}, {}),
        ({"b": (6, b"six")}, {node: 2**33 + 8, "c": 1}),
        ({node: (2**33 + 8, b"more")}, {node: 2**33 + 7}),
    ):
        assert link.share_answers("acme", said, known) == embedded.share_answers("acme", said, known)

    for name in ("answers", "answers:counted"):
        key = link.key("acme", name)
        assert redis_server.client().hgetall(key) == embedded.memory.server.data[key]


def test_what_is_no_count_is_refused(link: ContactsLink) -> None:
    keys = [link.key("acme", "answers"), link.key("acme", "answers:counted")]
    with pytest.raises(Exception, match="parts of each count"):
        link.run(ANSWERS, keys, [1, "a", 4])
