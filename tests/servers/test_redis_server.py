"""The servers that other tests rest on are what they say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import redis

from tests.servers.certificate import make_certificate
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import WatchedRedis
from tests.servers.redis_server import RedisServer, ServerDied
from tests.servers.stepped_clock import SteppedClock

HOUR = 3600.0


def test_a_restart_loses_what_was_not_saved(redis_server: RedisServer) -> None:
    redis_server.client().set("calls", 1)

    redis_server.restart()

    assert redis_server.client().get("calls") is None


def test_a_server_that_appends_loses_nothing_when_it_is_killed(tmp_path: Path) -> None:
    with RedisServer(tmp_path, ["appendonly yes", "appendfsync always"]) as server:
        server.client().set("calls", 1)

        server.restart()

        assert server.client().get("calls") == "1"


def test_a_server_restarted_from_an_older_copy_has_lost_the_writes_since(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.set("calls", 1)
    older = redis_server.keep()
    client.set("calls", 2)

    redis_server.restart_from(older)

    assert redis_server.client().get("calls") == "1"


def test_a_paused_server_answers_nothing_until_it_goes_on(redis_server: RedisServer) -> None:
    client = redis_server.client(socket_timeout=0.1)
    client.ping()

    redis_server.pause()

    with pytest.raises(redis.TimeoutError):
        client.ping()
    redis_server.go_on()
    assert redis_server.client().ping()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerDied, match="no-such-option"):
        RedisServer(tmp_path, ["no-such-option 1"]).start()


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_the_clock_of_a_running_server_is_stepped(tmp_path: Path, step: float) -> None:
    clock = SteppedClock(tmp_path / "clock")
    with RedisServer(tmp_path / "redis", clock=clock) as server:
        client = server.client()
        told = [client.time()[0] - time.time()]

        clock.set(step)

        told.append(client.time()[0] - time.time())
        assert told == pytest.approx([0, step], abs=5)


def test_a_stepped_clock_leaves_a_key_with_a_time_to_live_to_its_fate(tmp_path: Path) -> None:
    clock = SteppedClock(tmp_path / "clock")
    with RedisServer(tmp_path / "redis", clock=clock) as server:
        client = server.client()
        client.set("lease", 1, ex=60)

        clock.set(HOUR)

        assert client.get("lease") is None


def test_a_server_with_a_certificate_speaks_tls_only(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "certificate")
    with RedisServer(tmp_path / "redis", certificate=certificate) as server:
        assert server.url.startswith("rediss://")
        assert server.client().ping()
        with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
            server.client(ssl=False, socket_timeout=0.5).ping()


def test_a_cluster_redirects_to_the_master_that_serves_a_key(redis_cluster: RedisCluster) -> None:
    other = redis_cluster.other_master("{rate:east}")

    with pytest.raises(redis.ResponseError, match=r"MOVED|^\d+ 127"):
        other.client().set("{rate:east}", 1)
    assert redis_cluster.master_of("{rate:east}").client().set("{rate:east}", 1)


def test_a_slot_of_a_cluster_moves_to_another_master(redis_cluster: RedisCluster) -> None:
    key = "{connection:east}"
    source, target = redis_cluster.master_of(key), redis_cluster.other_master(key)
    source.client().set(key, 1)

    redis_cluster.begin_move(key, target)

    assert redis_cluster.master_of(key) is source
    with pytest.raises(redis.ResponseError, match=r"ASK|^\d+ 127"):
        source.client().get(key)
    redis_cluster.end_move(key, target)
    assert redis_cluster.master_of(key) is target
    assert target.client().get(key) == "1"


def test_a_replica_of_a_cluster_takes_over_from_a_dead_master(redis_cluster: RedisCluster) -> None:
    key = "{connection:east}"
    replica = redis_cluster.replica_of(key)
    with redis_cluster.master_of(key).client() as client:
        client.set(key, 1)
        client.wait(1, 5000)

    redis_cluster.fail_over(key)

    assert redis_cluster.master_of(key) is replica
    assert replica.client().get(key) == "1"


def test_the_sentinels_promote_the_replica_of_a_dead_master(watched_redis: WatchedRedis) -> None:
    replica = watched_redis.replica
    with watched_redis.master.client() as client:
        client.set("calls", 1)
        client.wait(1, 5000)

    watched_redis.fail_over()

    assert watched_redis.master is replica
    assert replica.client().set("calls", 2)
