"""A change that all daemons are told is news to each, whatever Redis has lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.journal.redis.link import ContactsLink
from runtime.ledger.resource import Kind, Resource
from tests.runtime.journal.redis.holding import link_to
from tests.servers.redis_server import RedisServer
from trunkline.fleet.awaiting import read_record

LEDGER = Resource(Kind.PARTITIONS, "acme").key("test")


@pytest.fixture
def link(redis_server: RedisServer) -> Iterator[ContactsLink]:
    link = link_to(redis_server.url, 1.0)
    yield link
    link.close()


def record_of_one_that_confirmed(version: int) -> bytes:
    """Make the ledger's record of a daemon that has carried out all changes up to a version."""
    words = [*["1"] * 15, str(version), "0", "0", "0"]
    record = " ".join(words).encode()
    assert read_record(record).told == version
    return record


def test_changes_have_rising_versions(link: ContactsLink) -> None:
    assert [link.tell_change("acme", change) for change in (b"first", b"second")] == [1, 2]
    assert link.read_changes("acme", 1) == [b"second"]


def test_a_change_after_a_loss_is_newer_than_all_that_was_confirmed(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    redis_server.client().hset(LEDGER, "=two", record_of_one_that_confirmed(2))
    redis_server.client().hset(LEDGER, "=five", record_of_one_that_confirmed(5))

    version = link.tell_change("acme", b"new")

    assert version == 6
    assert redis_server.client().hget(LEDGER, "told") == "6"
    assert link.read_changes("acme", 5) == [b"new"]


def test_a_daemon_that_begins_after_a_loss_reads_what_is_left(
    link: ContactsLink, redis_server: RedisServer
) -> None:
    redis_server.client().hset(LEDGER, "=two", record_of_one_that_confirmed(2))
    link.tell_change("acme", b"new")

    found = link.read_changes("acme", 0)

    assert len(found) == 3, "as many as the version says"
    assert [change for change in found if change] == [b"new"]
