"""A statement comes back with its reply, or as away; what is sent again has its effect once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as ConnectionLost

from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Away, Reply
from runtime.redis.client import Credentials
from tests.runtime.redis.conftest import Desk, statement
from tests.servers.certificate import make_certificate
from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import WatchedRedis
from tests.servers.redis_server import RedisServer
from tests.servers.waiting import until

OpenDesk = Callable[..., Desk]


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[Proxy]:
    with Proxy(redis_server.address) as proxy:
        yield proxy


@pytest.fixture
def desk(desk_at: OpenDesk, proxy: Proxy) -> Desk:
    """A desk whose ledger lies behind the proxy, and has answered once."""
    desk = desk_at(f"redis://127.0.0.1:{proxy.port}")
    assert desk.is_answered(statement())
    return desk


def kept_version(server: RedisServer, name: str = "east", node: str = "one") -> int:
    """Read the newest version of a node that the server has."""
    key = Resource(Kind.CONNECTION, name).key("test")
    with server.client() as client:
        record = client.hget(key, f"={node}")
    assert isinstance(record, str)
    return int(record.split()[0])


# One server


def test_statements_that_wait_go_in_one_pipeline(desk: Desk, proxy: Proxy) -> None:
    names = [f"c{number}" for number in range(40)]
    before = desk.ledger.traffic.pipelines, desk.ledger.traffic.commands

    answers = desk.ask(*(statement(name) for name in names))

    assert [answer.resource.name for answer in answers if isinstance(answer, Reply)] == names
    after = desk.ledger.traffic.pipelines, desk.ledger.traffic.commands
    assert (after[0] - before[0], after[1] - before[1]) == (1, 40)


def test_the_same_statement_again_gets_the_same_reply(desk: Desk) -> None:
    once = desk.ask(statement(sequence=2))

    assert desk.ask(statement(sequence=2)) == once


def test_after_a_restart_the_script_is_sent_whole(desk: Desk, redis_server: RedisServer) -> None:
    redis_server.restart()

    assert desk.is_answered(statement(sequence=2))
    assert desk.is_answered(statement(sequence=3))


def test_only_the_statement_that_met_no_script_is_sent_whole(desk: Desk, redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        client.script_flush()
    before = desk.ledger.traffic.commands

    answers = desk.ask(statement("east", 2), statement("west", 2))

    assert [type(answer) for answer in answers] == [Reply, Reply]
    assert desk.ledger.traffic.commands - before == 4


def test_a_reply_that_is_lost_once_is_asked_for_again(
    desk: Desk, proxy: Proxy, redis_server: RedisServer
) -> None:
    proxy.cut_next_replies(1)

    (answer,) = desk.ask(statement(sequence=2))

    assert isinstance(answer, Reply)
    assert answer.version == statement(sequence=2).version == kept_version(redis_server)


def test_a_connection_that_was_reset_is_opened_again(desk: Desk, proxy: Proxy) -> None:
    proxy.cut()

    assert desk.is_answered(statement(sequence=2))


@pytest.mark.parametrize("fault", [Fault.NO_REPLIES, Fault.CUT_BEFORE_REPLY])
def test_a_statement_whose_replies_are_lost_is_away_and_has_its_effect_once(
    desk: Desk, proxy: Proxy, redis_server: RedisServer, fault: Fault
) -> None:
    proxy.fault = fault
    (answer,) = desk.ask(statement(sequence=2))
    assert isinstance(answer, Away)
    assert kept_version(redis_server) == statement(sequence=2).version
    proxy.fault = Fault.NONE

    until(lambda: desk.is_answered(statement(sequence=2)), "it is answered again")

    assert kept_version(redis_server) == statement(sequence=2).version


@pytest.mark.parametrize("fault", [Fault.BLACKHOLE, Fault.RESET, Fault.NO_REQUESTS])
def test_where_redis_is_away_the_statement_is_too_and_later_works_again(
    desk: Desk, proxy: Proxy, fault: Fault
) -> None:
    proxy.fault = fault

    (answer,) = desk.ask(statement(sequence=2))

    assert isinstance(answer, Away)
    assert answer.reason
    assert answer.version == statement(sequence=2).version
    proxy.fault = Fault.NONE
    until(lambda: desk.is_answered(statement(sequence=3)), "it is answered again")


def test_a_server_that_failed_is_not_tried_again_at_once(desk: Desk, proxy: Proxy) -> None:
    proxy.fault = Fault.RESET
    desk.ask(statement(sequence=2))
    tried = proxy.connections

    answers = [desk.ask(statement(sequence=3))[0] for _ in range(50)]

    assert {type(answer) for answer in answers} == {Away}
    assert proxy.connections - tried < 50


def test_a_server_that_is_paused_gets_no_more_than_two_time_outs(
    desk: Desk, redis_server: RedisServer
) -> None:
    redis_server.pause()

    (answer,) = desk.ask(statement(sequence=2))

    assert isinstance(answer, Away)
    redis_server.go_on()
    until(lambda: desk.is_answered(statement(sequence=3)), "it is answered again")


def test_a_master_that_became_a_replica_is_away(
    desk: Desk, redis_server: RedisServer, tmp_path: Path
) -> None:
    with RedisServer(tmp_path / "other") as other:
        with redis_server.client() as client:
            client.execute_command("REPLICAOF", *other.address)

        (answer,) = desk.ask(statement(sequence=2))

    assert isinstance(answer, Away)
    assert "read only replica" in answer.reason


def test_what_the_script_refuses_is_away_with_its_reason(desk: Desk) -> None:
    (answer,) = desk.ask(statement(sequence=0, wants=-1))

    assert isinstance(answer, Away)
    assert "trunkline" in answer.reason


# Secrets and certificates


def test_user_and_password_are_told_to_redis(desk_at: OpenDesk, tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis", ["user dialer on >secret ~* +@all"]) as server:
        assert desk_at(server.url, Credentials("dialer", "secret")).is_answered(statement())


def test_a_wrong_password_is_told_as_the_reason(desk_at: OpenDesk, tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis", ["requirepass secret"]) as server:
        (wrong,) = desk_at(server.url, Credentials(password="guess")).ask(statement())
        (missing,) = desk_at(server.url).ask(statement())

    assert isinstance(wrong, Away)
    assert isinstance(missing, Away)
    assert "password" in wrong.reason
    assert "Authentication required" in missing.reason


def test_credentials_are_never_shown() -> None:
    assert "secret" not in repr(Credentials("dialer", "secret"))


def test_tls_is_spoken_to_a_server_whose_certificate_is_trusted(desk_at: OpenDesk, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "certificate")
    with RedisServer(tmp_path / "redis", certificate=certificate) as server:
        assert desk_at(f"{server.url}?ca={certificate.authority}").is_answered(statement())


def test_a_certificate_that_nobody_vouches_for_is_refused(desk_at: OpenDesk, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "certificate")
    with RedisServer(tmp_path / "redis", certificate=certificate) as server:
        (answer,) = desk_at(server.url).ask(statement())

    assert isinstance(answer, Away)
    assert "certificate verify failed" in answer.reason


# A Cluster

NAMES = [f"c{number}" for number in range(12)]


def test_statements_reach_the_masters_that_serve_their_keys(
    desk_at: OpenDesk, redis_cluster: RedisCluster
) -> None:
    desk = desk_at(redis_cluster.url)

    answers = desk.ask(*map(statement, NAMES))

    assert {type(answer) for answer in answers} == {Reply}
    serving = {redis_cluster.master_of(answer.resource.key("test")).port for answer in answers}
    assert len(serving) == 3
    assert desk.ledger.traffic.pipelines <= 2 * len(serving)


def test_statements_follow_a_key_that_moves(desk_at: OpenDesk, redis_cluster: RedisCluster) -> None:
    desk = desk_at(redis_cluster.url)
    key = statement().resource.key("test")
    assert desk.is_answered(statement())
    target = redis_cluster.other_master(key)

    redis_cluster.begin_move(key, target)
    assert desk.is_answered(statement(sequence=2))
    redis_cluster.end_move(key, target)
    assert desk.is_answered(statement(sequence=3))

    assert kept_version(target) == statement(sequence=3).version


def test_when_a_master_dies_its_replica_is_found(desk_at: OpenDesk, redis_cluster: RedisCluster) -> None:
    desk = desk_at(redis_cluster.url)
    desk.ask(*map(statement, NAMES))
    key = statement(NAMES[0]).resource.key("test")
    redis_cluster.fail_over(key)

    until(lambda: desk.is_answered(statement(NAMES[0], 2)), "the replica answers")


def test_while_a_master_is_dead_the_others_are_served(desk_at: OpenDesk, redis_cluster: RedisCluster) -> None:
    desk = desk_at(redis_cluster.url)
    desk.ask(*map(statement, NAMES))
    dead = redis_cluster.master_of(statement(NAMES[0]).resource.key("test"))
    its_own = {
        name for name in NAMES if redis_cluster.master_of(statement(name).resource.key("test")) is dead
    }

    dead.kill()
    answers = desk.ask(*(statement(name, 2) for name in NAMES))

    assert {answer.resource.name for answer in answers if isinstance(answer, Away)} == its_own


# Sentinel


def test_after_a_failover_the_new_master_is_asked(desk_at: OpenDesk, watched_redis: WatchedRedis) -> None:
    desk = desk_at(watched_redis.url)
    assert desk.is_answered(statement())

    watched_redis.fail_over()

    assert desk.is_answered(statement(sequence=2))
    assert kept_version(watched_redis.master) == statement(sequence=2).version


def test_a_master_that_was_demoted_is_left(desk_at: OpenDesk, watched_redis: WatchedRedis) -> None:
    desk = desk_at(watched_redis.url)
    assert desk.is_answered(statement())
    replica = watched_redis.replica

    with watched_redis.sentinels[0].client() as sentinel:
        sentinel.execute_command("SENTINEL FAILOVER", "dialing")

    until(
        lambda: (
            desk.is_answered(statement(sequence=2)) and has_version(replica, statement(sequence=2).version)
        ),
        "the new master answers",
    )


def has_version(server: RedisServer, version: int) -> bool:
    try:
        with server.client() as client:
            is_master = client.execute_command("ROLE")[0] == "master"
        return bool(is_master) and kept_version(server) == version
    except ConnectionLost:
        return False  # the Sentinels cut the connections of whom they promote


# The thread


def test_the_thread_ends_when_the_ledger_is_closed(desk_at: OpenDesk, redis_server: RedisServer) -> None:
    before = set(threading.enumerate())
    desk = desk_at(redis_server.url)
    desk.ask(statement())

    desk.ledger.close()

    assert set(threading.enumerate()) == before


def test_the_thread_ends_while_redis_is_away(desk_at: OpenDesk, proxy: Proxy) -> None:
    before = _renewal_threads()
    desk = desk_at(f"redis://127.0.0.1:{proxy.port}")
    assert desk.is_answered(statement())
    assert _renewal_threads() != before
    proxy.fault = Fault.BLACKHOLE
    desk.ledger.state([statement(sequence=2)], lambda answers: None)

    desk.ledger.close()

    assert _renewal_threads() == before


def _renewal_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "RenewalThread" in thread.name}
