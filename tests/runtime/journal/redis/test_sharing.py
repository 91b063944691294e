"""What daemons know of one another's calls by Redis, whatever becomes of them and of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from msgspec.structs import replace

from runtime.calls import E164, CallId
from runtime.journal.base import Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import AnyEntry, Ended, Finished, Intent, NotPlaced
from runtime.journal.fold import fold
from runtime.journal.recovered import ContactState
from runtime.journal.redis.kept import Field, Kept, field_of
from runtime.journal.redis.link import ContactsLink, Line, Lost, Shipped, Waiting
from runtime.journal.redis.orders import Taken
from runtime.journal.sqlite import SqliteJournal
from runtime.kernel import ActorSystem, EngineActor, handles
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of
from tests.runtime.journal.histories import NUMBERS, grant, history, started
from tests.runtime.journal.redis.holding import HoldingAll, link_to
from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import WatchedRedis
from tests.servers.redis_server import RedisServer

TO = E164("+14155552000")
PARTITION = partition_of(TO)
FIELD = field_of("spring", "spring-0")
OTHER = "another"


@pytest.fixture
def server(redis_server: RedisServer) -> RedisServer:
    return redis_server


@pytest.fixture
def link(redis_server: RedisServer) -> Iterator[ContactsLink]:
    with asking(redis_server.url) as link:
        enter(link, OTHER, "run", "other")
        yield link


def intent_of(call: str, attempt: int = 1) -> Intent:
    return Intent(
        CallId(call), 0, TO, 1000.0, 1010.0, 1100.0, grant(CallId(call), "spring", 0, attempt, NUMBERS[0])
    )


def end_of(intent: Intent) -> Ended:
    """Make the end of a call that nobody answered."""
    entry = next(one for one in history(3, 200) if isinstance(one, Ended) and one.line.outcome == "no_answer")
    line = replace(
        entry.line,
        call=intent.call,
        campaign="spring",
        contact=intent.grant.contact,
        number=intent.grant.number,
    )
    return replace(entry, call=intent.call, index=0, line=line, sticky=None, due=2000.0)


class Ears(EngineActor):
    def __init__(self, heard: list[Any]) -> None:
        super().__init__()
        self.heard = heard

    @handles(Durable, Failed)
    def hear(self, message: Durable | Failed) -> None:
        self.heard.append(message)


class Daemon:
    """One life of a daemon that holds every partition."""

    def __init__(self, path: Path, url: str, patience: float = 0.3) -> None:
        self.heard: list[Any] = []
        self.conditions: list[Any] = []
        self.journal = HoldingAll(SqliteJournal(path), url, patience)

    @asynccontextmanager
    async def running(self) -> Any:
        async with ActorSystem() as system:
            ears = system.start(Ears, self.heard)
            self._writer = self.journal.start(system, self.conditions.append)
            self._ears = ears
            if self.journal.recover() is None:
                self._writer.tell(Record(started(), None))
            await until(lambda: self.journal.holds)
            yield self
        self.journal.close()

    def tell(self, *entries: AnyEntry) -> None:
        for entry in entries:
            self._writer.tell(Record(entry, self._ears))

    async def hears(self, *messages: Any) -> None:
        await until(lambda: [type(one) for one in self.heard] == list(messages))


async def until(holds: Callable[[], bool]) -> None:
    with trio.fail_after(15):
        while not holds():  # noqa: ASYNC110  # another thread, or a server, makes it so
            await trio.sleep(0.01)


@contextmanager
def asking(url: str) -> Iterator[ContactsLink]:
    link = link_to(url, 1.0)
    try:
        yield link
    finally:
        link.close()


def contact(server: RedisServer) -> Kept:
    """Read what is kept of the contact."""
    with asking(server.url) as link:
        return link.look_up("acme", [(PARTITION, FIELD)])[0] or Kept()


def enter(link: ContactsLink, *writers: str) -> None:
    """Be known as daemons that have nothing to say again."""
    for writer in writers:
        assert link.enter("acme", writer, 0, link.standing("acme", writer).life, 0, ())


def take(link: ContactsLink, partitions: Sequence[int]) -> dict[int, tuple[int, dict[Field, Kept]]]:
    """Take partitions over, as a daemon does that has written nothing."""
    taken = link.take("acme", partitions, OTHER, 0)
    assert not isinstance(taken, Lost | Waiting)
    return taken


def take_over(server: RedisServer) -> dict[Field, Kept]:
    """Take the contact's partition over, as another daemon does."""
    with asking(server.url) as link:
        enter(link, OTHER)
        return take(link, [PARTITION])[PARTITION][1]


def kept_in(server: RedisServer) -> dict[str, Kept]:
    """Read all contacts, as a daemon that takes every partition over."""
    with asking(server.url) as link:
        enter(link, OTHER)
        taken = take(link, range(PARTITIONS)).values()
        return {field: kept for _, contacts in taken for field, kept in contacts.items()}


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


def line(position: int, what: str, call: str, epoch: int, value: bytes) -> Line:
    return Line(position, PARTITION, what, epoch, FIELD, call, value)


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


async def test_a_daemon_says_everything_again_where_redis_has_lost_it(
    tmp_path: Path, server: RedisServer
) -> None:
    first, second = intent_of("one"), intent_of("two", 2)
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        older = server.keep()
        daemon.tell(end_of(first))
        await daemon.hears(Durable, Durable)
        daemon.tell(second)
        await daemon.hears(Durable, Durable, Durable)

        server.restart_from(older)
        daemon.tell(end_of(second))
        await until(lambda: attempts_in(server) == 2)


@pytest.mark.parametrize("since", ["held", "lost", "left"])
async def test_a_daemon_that_writes_nothing_more_is_asked_to_verify_and_says_all_again(
    tmp_path: Path, server: RedisServer, since: str
) -> None:
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        older = server.keep()
        daemon.tell(end_of(first))
        await daemon.hears(Durable, Durable)
        await until(lambda: attempts_in(server) == 1)
        if since == "lost":
            daemon.journal.forget("acme", frozenset((PARTITION,)))
        elif since == "left":
            left: list[object] = []
            daemon.journal.leave("acme", PARTITION, left.append)
            await until(lambda: bool(left))
        server.restart_from(older)
        daemon.journal.verify("acme", (), lambda: None)

        await until(lambda: attempts_in(server) == 1)


async def test_how_a_call_ended_is_said_again_to_whoever_has_its_contact(
    tmp_path: Path, server: RedisServer
) -> None:
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        daemon.journal.forget("acme", frozenset((PARTITION,)))
        assert take_over(server)[FIELD].call == "one"
        older = server.keep()
        daemon.tell(end_of(first))
        await until(lambda: attempts_in(server) == 1)
        server.restart_from(older)
        assert contact(server).call == "one"
        daemon.journal.verify("acme", (), lambda: None)

        await until(lambda: attempts_in(server) == 1)


async def test_who_takes_a_partition_again_from_a_redis_that_has_lost_an_end_says_it_first(
    tmp_path: Path, server: RedisServer
) -> None:
    first = intent_of("one")
    taken: list[Taken] = []
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        older = server.keep()
        daemon.tell(end_of(first))
        await until(lambda: attempts_in(server) == 1)
        daemon.journal.forget("acme", frozenset((PARTITION,)))
        server.restart_from(older)
        daemon.journal.take("acme", [PARTITION], taken.append)
        await until(lambda: bool(taken))

    kept = taken[0][PARTITION]["spring", "spring-0"]
    assert (kept.intent, kept.state.attempts) == (None, 1)


def attempts_in(server: RedisServer) -> int:
    kept = contact(server)
    return 0 if kept.intent is not None else kept.state.attempts


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
