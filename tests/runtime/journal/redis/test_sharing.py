"""What daemons know of one another's calls by Redis, whatever becomes of them and of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
from msgspec.structs import replace

from runtime.journal.base import Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import Ended, Finished, Intent, NotPlaced
from runtime.journal.fold import fold
from runtime.journal.recovered import ContactState
from runtime.journal.redis.kept import Kept, field_of
from runtime.journal.redis.link import ContactsLink, Lost, Shipped
from runtime.journal.sqlite import SqliteJournal
from tests.runtime.journal.histories import history, started
from tests.runtime.journal.redis.daemons import (
    FIELD,
    PARTITION,
    Daemon,
    asking,
    contact,
    end_of,
    intent_of,
    kept_in,
    line,
    take,
    take_over,
    until,
)
from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import WatchedRedis
from tests.servers.redis_server import RedisServer


async def test_redis_knows_of_each_contact_what_the_local_journal_knows(
    tmp_path: Path, server: RedisServer
) -> None:
    entries = [one for one in history(seed=4, length=300) if isinstance(one, Intent | Ended | NotPlaced)]
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(*entries)
        await until(lambda: len(daemon.heard) == len(entries))

    recovered = fold([started(), *entries])
    assert recovered is not None
    names = {(one.grant.campaign, one.index): one.grant.contact for one in entries if isinstance(one, Intent)}
    expected = {
        field_of(campaign, names[campaign, index]): state
        for campaign, all_of in recovered.campaigns.items()
        for index, state in all_of.contacts.items()
    }
    found = {field: replace(kept.state, call=kept.call or None) for field, kept in kept_in(server).items()}
    assert {field: state for field, state in found.items() if state != ContactState()} == expected


async def test_who_takes_a_partition_over_finds_the_calls_that_may_be_up(
    tmp_path: Path, server: RedisServer
) -> None:
    intent = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(intent)
        await daemon.hears(Durable)

    assert take_over(server)[FIELD].intent == intent


async def test_no_intent_is_taken_from_who_has_lost_the_partition(
    tmp_path: Path, server: RedisServer
) -> None:
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(intent_of("one"))
        await daemon.hears(Durable)
        daemon.tell(end_of(intent_of("one")))
        await daemon.hears(Durable, Durable)
        lost: list[Any] = []
        daemon.journal.refused = lost.append
        take_over(server)

        daemon.tell(intent_of("two"))
        await daemon.hears(Durable, Durable, Failed)
        assert lost == [("acme", PARTITION)]

    assert SqliteJournal(tmp_path / "a.journal").recover().in_doubt == ()  # type: ignore[union-attr]  # there is one


async def test_an_end_is_taken_from_who_has_lost_the_partition_as_long_as_the_call_is_in_doubt(
    tmp_path: Path, server: RedisServer
) -> None:
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        take_over(server)

        daemon.tell(end_of(first))
        await daemon.hears(Durable, Durable)

    assert contact(server).intent is None
    assert contact(server).state.attempts == 1


def test_what_is_sent_again_is_answered_as_before_and_changes_nothing(link: ContactsLink) -> None:
    epoch, _ = take(link, [PARTITION])[PARTITION]
    lines = [line(1, "intend", "one", epoch, b"one\n{}"), line(2, "intend", "two", epoch, b"two\n{}")]

    first = link.ship("acme", "run", 0, lines)
    link.ship("acme", "run", 2, [line(3, "end", "one", epoch, b"\n{}")])
    again = link.ship("acme", "run", 0, lines)

    assert first == Shipped(frozenset({2}))
    assert again == Shipped(frozenset())
    assert link.look_up("acme", [(PARTITION, FIELD)]) == [Kept()]


def test_an_end_that_comes_when_another_call_is_in_doubt_changes_nothing(link: ContactsLink) -> None:
    epoch, _ = take(link, [PARTITION])[PARTITION]
    link.ship("acme", "run", 0, [line(1, "intend", "one", epoch, b"one\n{}")])

    assert link.ship("acme", "other", 0, [line(7, "end", "zero", 0, b"\n{}")]) == Shipped(frozenset({7}))
    assert link.ship("acme", "run", 1, [line(2, "finish", "", epoch, b"\n{}")]) == Shipped(frozenset({2}))


def test_redis_says_so_where_it_has_lost_what_it_had_acknowledged(link: ContactsLink) -> None:
    epoch, _ = take(link, [PARTITION])[PARTITION]

    assert link.ship("acme", "run", 5, [line(6, "intend", "one", epoch, b"one\n{}")]) == Lost(0)


@pytest.mark.parametrize("fault", [Fault.BLACKHOLE, Fault.NO_REPLIES, Fault.CUT_BEFORE_REPLY])
async def test_ends_are_kept_while_redis_is_away_and_written_once_when_it_is_back(
    tmp_path: Path, server: RedisServer, fault: Fault
) -> None:
    first = intent_of("one")
    with Proxy(server.address) as proxy:
        async with Daemon(tmp_path / "a.journal", f"redis://127.0.0.1:{proxy.port}").running() as daemon:
            daemon.tell(first)
            await daemon.hears(Durable)

            proxy.fault = fault
            daemon.tell(end_of(first))
            await daemon.hears(Durable, Durable)
            await until(lambda: [type(one) for one in daemon.conditions] == [JournalAway])
            daemon.tell(intent_of("two", 2))
            await daemon.hears(Durable, Durable, Failed)

            proxy.fault = Fault.NONE
            await until(lambda: [type(one) for one in daemon.conditions] == [JournalAway, JournalBack])
            daemon.tell(intent_of("three", 2))
            await daemon.hears(Durable, Durable, Failed, Durable)

    assert contact(server).call == "three"
    assert contact(server).state.attempts == 1


async def test_what_redis_did_not_get_in_one_life_it_gets_in_the_next(
    tmp_path: Path, server: RedisServer
) -> None:
    first = intent_of("one")
    with Proxy(server.address) as proxy:
        url = f"redis://127.0.0.1:{proxy.port}"
        async with Daemon(tmp_path / "a.journal", url).running() as daemon:
            daemon.tell(first)
            await daemon.hears(Durable)
            proxy.fault = Fault.BLACKHOLE
            daemon.tell(end_of(first))
            await daemon.hears(Durable, Durable)
    assert contact(server).call == "one"

    async with Daemon(tmp_path / "a.journal", server.url).running():
        await until(lambda: contact(server).call == "")

    assert contact(server).state.attempts == 1


async def test_what_is_written_is_on_a_replica_before_it_is_acted_on(
    tmp_path: Path, server: RedisServer
) -> None:
    with RedisServer(tmp_path / "replica", [f"replicaof 127.0.0.1 {server.port}"]) as replica:
        with replica.client() as client:
            await until(lambda: client.info("replication")["master_link_status"] == "up")
        async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
            daemon.tell(intent_of("one"))
            await daemon.hears(Durable)

            assert contact(replica).call == "one"
            replica.pause()
            daemon.tell(end_of(intent_of("one")), intent_of("two", 2))
            await until(lambda: [type(one) for one in daemon.conditions] == [JournalAway])
            assert [type(one) for one in daemon.heard] == [Durable, Durable]
            replica.go_on()
            await daemon.hears(Durable, Durable, Durable)


async def test_a_contact_that_is_finished_is_finished_for_everybody(
    tmp_path: Path, server: RedisServer
) -> None:
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        daemon.tell(end_of(first))
        await daemon.hears(Durable, Durable)
        daemon._writer.tell(Record(Finished("spring", 0, "spring-0", "exhausted"), None))
        await until(lambda: contact(server).state.result is not None)

    assert contact(server).state == ContactState(attempts=1, kind=1, result="exhausted")
    assert contact(server).intent is None


async def test_a_failover_of_a_cluster_costs_no_contact_its_state(
    tmp_path: Path, redis_cluster: RedisCluster
) -> None:
    with asking(redis_cluster.url) as link:
        key = link.key("acme", "epochs")
    await outlives_failover(tmp_path, redis_cluster.url, lambda: redis_cluster.fail_over(key))


async def test_a_failover_by_sentinels_costs_no_contact_its_state(
    tmp_path: Path, watched_redis: WatchedRedis
) -> None:
    await outlives_failover(tmp_path, watched_redis.url, watched_redis.fail_over)


async def outlives_failover(tmp_path: Path, url: str, fail_over: Callable[[], object]) -> None:
    first, second = intent_of("one"), intent_of("two", 2)
    async with Daemon(tmp_path / "a.journal", url, patience=60.0).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        daemon.tell(end_of(first))
        await daemon.hears(Durable, Durable)
        await trio.to_thread.run_sync(fail_over)
        daemon.tell(second)
        await daemon.hears(Durable, Durable, Durable)

    with asking(url) as link:
        (kept,) = link.look_up("acme", [(PARTITION, FIELD)])
    assert kept is not None
    assert kept.call == "two"
    assert kept.state.attempts == 1
