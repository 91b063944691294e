"""What Redis has lost is said again by whoever knows it, and nobody takes contacts over before."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.journal.base import Durable, Failed
from runtime.journal.entries import Intent
from runtime.journal.redis.kept import Fate, Kept, encode_kept
from runtime.journal.redis.link import ContactsLink, Lost, Waiting
from runtime.journal.redis.merging import Over, learn
from runtime.journal.redis.orders import Taken
from runtime.journal.redis.restating import Restating
from runtime.journal.redis.states import States
from tests.runtime.journal.redis.daemons import (
    FIELD,
    OTHER,
    PARTITION,
    Daemon,
    asking,
    attempts_in,
    contact,
    copy_without_the_end,
    end_of,
    enter,
    intent_of,
    line,
    take,
    take_over,
    until,
)
from tests.runtime.journal.redis.holding import link_to
from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_server import RedisServer


async def test_a_daemon_says_everything_again_where_redis_has_lost_it(
    tmp_path: Path, server: RedisServer
) -> None:
    first, second = intent_of("one"), intent_of("two", 2)
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        older = await copy_without_the_end(daemon, server, first)
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
        older = await copy_without_the_end(daemon, server, first)
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
        older = await copy_without_the_end(daemon, server, first)
        daemon.journal.forget("acme", frozenset((PARTITION,)))
        server.restart_from(older)
        daemon.journal.take("acme", [PARTITION], taken.append)
        await until(lambda: bool(taken))

    kept = taken[0][PARTITION]["spring", "spring-0"]
    assert (kept.intent, kept.state.attempts) == (None, 1)


# Who may know what is lost is waited for


def restarted(server: RedisServer, kept: Path) -> ContactsLink:
    server.restart_from(kept)
    return link_to(server.url, 1.0)


def taking(link: ContactsLink, waited_in: str = "") -> object:
    """Try to take the contact's partition over as another daemon; gives what it is told."""
    return link.take("acme", [PARTITION], OTHER, 0, waited_in)


def test_nobody_takes_contacts_over_before_all_who_have_written_have_spoken_in_this_life_of_redis(
    server: RedisServer,
) -> None:
    with asking(server.url) as link:
        enter(link, OTHER, "run")
    link = restarted(server, server.keep())
    enter(link, OTHER)

    told = taking(link)
    enter(link, "run")

    life = link.standing("acme", OTHER).life
    assert told == Waiting(life, ("run",))
    assert isinstance(taking(link), dict)


def test_where_redis_is_empty_a_daemon_is_waited_for_that_another_has_heard_of(server: RedisServer) -> None:
    link = restarted(server, server.keep())
    life = link.standing("acme", OTHER).life

    link.enter("acme", OTHER, 0, life, 0, ["run"])

    assert taking(link) == Waiting(life, ("run",))


def test_a_silent_daemon_is_waited_for_until_its_calls_must_be_over_and_in_the_next_life_no_more(
    server: RedisServer,
) -> None:
    with asking(server.url) as link:
        enter(link, OTHER, "run")
    link = restarted(server, server.keep())
    enter(link, OTHER)

    assert isinstance(taking(link, "another life"), Waiting)
    assert isinstance(taking(link, link.standing("acme", OTHER).life), dict)

    link = restarted(server, server.keep())
    enter(link, OTHER)
    assert isinstance(taking(link), dict)


def test_no_epoch_comes_twice_where_its_count_is_lost(server: RedisServer) -> None:
    older = server.keep()
    with asking(server.url) as link:
        enter(link, OTHER)
        before, _ = take(link, [PARTITION])[PARTITION]
    link = restarted(server, older)
    link.enter("acme", OTHER, 0, link.standing("acme", OTHER).life, before, ())

    assert take(link, [PARTITION])[PARTITION][0] > before


def test_nothing_is_written_before_it_is_known_what_this_life_of_redis_has_lost(server: RedisServer) -> None:
    with asking(server.url) as link:
        enter(link, OTHER)
        epoch, _ = take(link, [PARTITION])[PARTITION]
    link = restarted(server, server.keep())

    assert link.ship("acme", OTHER, 0, [line(1, "intend", "one", epoch, b"one\n{}")]) == Lost(0)
    assert taking(link) == Lost(0)


# The next life of a daemon that was killed


async def test_a_daemon_that_was_killed_says_in_its_next_life_all_that_it_has_done(
    tmp_path: Path, server: RedisServer
) -> None:
    empty = server.keep()
    first, second = intent_of("one"), intent_of("two", 2)
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first, end_of(first), second, end_of(second))
        await until(lambda: attempts_in(server) == 2)
    server.restart_from(empty)

    async with Daemon(tmp_path / "a.journal", server.url).running():
        kept = contact(server)

    assert (kept.state.attempts, kept.over) == (2, {"one": Fate.COUNTED, "two": Fate.COUNTED})


async def test_a_call_that_may_be_up_is_in_doubt_again_where_redis_has_lost_its_intent(
    tmp_path: Path, server: RedisServer
) -> None:
    empty = server.keep()
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(intent_of("one"))
        await daemon.hears(Durable)
    server.restart_from(empty)

    async with Daemon(tmp_path / "a.journal", server.url).running():
        assert contact(server).call == "one"


async def test_an_intent_that_redis_never_got_is_no_call_where_it_has_lost_nothing(
    tmp_path: Path, server: RedisServer
) -> None:
    with Proxy(server.address) as proxy:
        url = f"redis://127.0.0.1:{proxy.port}"
        async with Daemon(tmp_path / "a.journal", url, patience=60.0).running() as daemon:
            proxy.fault = Fault.BLACKHOLE
            daemon.tell(intent_of("one"))
            await until(lambda: any(True for _, one in daemon.journal.entries() if isinstance(one, Intent)))

    async with Daemon(tmp_path / "a.journal", server.url).running():
        assert contact(server) == Kept()


# News that come late


async def test_who_holds_a_partition_reads_it_again_when_another_brings_news_of_it(
    tmp_path: Path, server: RedisServer
) -> None:
    refused: list[object] = []
    late = intent_of("late")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.journal.refused = refused.append
        with asking(server.url) as link:
            enter(link, OTHER)
            states = States(())
            Restating(link, states, lambda after: iter(()), refused.append).add(
                "acme", {("acme", PARTITION): {FIELD: [Over(late, end_of(late))]}}
            )
        daemon.tell(intent_of("one"))
        await daemon.hears(Failed)

    assert refused == [("acme", PARTITION)]
    assert (contact(server).call, contact(server).state.attempts) == ("", 1)


async def test_who_holds_a_partition_all_the_while_goes_on_after_a_loss(
    tmp_path: Path, server: RedisServer
) -> None:
    empty = server.keep()
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first, end_of(first))
        await until(lambda: attempts_in(server) == 1)
        server.restart_from(empty)
        daemon.tell(intent_of("two", 2))
        await daemon.hears(Durable, Durable, Durable)

    assert (contact(server).call, contact(server).state.attempts) == ("two", 1)


async def test_an_older_copy_that_is_said_again_undoes_nothing(tmp_path: Path, server: RedisServer) -> None:
    first = intent_of("one")
    async with Daemon(tmp_path / "a.journal", server.url).running() as daemon:
        daemon.tell(first)
        await daemon.hears(Durable)
        daemon.journal.forget("acme", frozenset((PARTITION,)))
        with asking(server.url) as link:
            enter(link, OTHER)
            epoch, contacts = take(link, [PARTITION])[PARTITION]
            ended = learn(contacts[FIELD], Over(first, end_of(first)))
            link.ship("acme", OTHER, 0, [line(1, "end", "one", epoch, encode_kept(ended))])
        server.restart_from(server.keep())
        said: list[bool] = []
        daemon.journal.verify("acme", (), lambda: said.append(True))
        await until(lambda: bool(said))

    assert (contact(server).call, contact(server).state.attempts) == ("", 1)
