"""Each fault of the proxy does to a connection what its name says, and no more."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.proxy import Fault, Proxy
from tests.servers.redis_server import RedisServer


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[Proxy]:
    with Proxy(redis_server.address) as proxy:
        yield proxy


def through(proxy: Proxy, seconds: float = 0.2) -> Redis:
    return Redis(
        port=proxy.port,
        decode_responses=True,
        single_connection_client=True,
        socket_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


def test_without_a_fault_everything_passes(proxy: Proxy) -> None:
    assert through(proxy).set("calls", "x" * 1_000_000)
    assert through(proxy).get("calls") == "x" * 1_000_000


@pytest.mark.parametrize(
    ("fault", "error", "takes_effect"),
    [
        (Fault.BLACKHOLE, redis.TimeoutError, False),
        (Fault.NO_REQUESTS, redis.TimeoutError, False),
        (Fault.NO_REPLIES, redis.TimeoutError, True),
        (Fault.CUT_BEFORE_REPLY, redis.ConnectionError, True),
        (Fault.RESET, redis.ConnectionError, False),
    ],
)
def test_a_fault_hits_a_request_or_its_reply(
    proxy: Proxy, redis_server: RedisServer, fault: Fault, error: type[Exception], takes_effect: bool
) -> None:
    client = through(proxy)
    client.ping()
    proxy.fault = fault

    with pytest.raises(error):
        client.incr("calls")

    assert redis_server.client().get("calls") == ("1" if takes_effect else None)


@pytest.mark.parametrize("fault", [Fault.BLACKHOLE, Fault.RESET, Fault.NO_REPLIES])
def test_when_a_fault_is_gone_new_connections_work(proxy: Proxy, fault: Fault) -> None:
    proxy.fault = fault
    with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
        through(proxy).ping()

    proxy.fault = Fault.NONE

    assert through(proxy).ping()


def test_what_a_blackhole_held_back_arrives_when_it_is_gone(proxy: Proxy, redis_server: RedisServer) -> None:
    client = through(proxy)
    client.ping()
    connection = client.connection
    assert connection is not None
    proxy.fault = Fault.BLACKHOLE
    connection.send_command("INCR", "calls")

    proxy.fault = Fault.NONE

    assert connection.read_response() == 1
    assert redis_server.client().get("calls") == "1"


def test_a_slow_proxy_delays_each_way(proxy: Proxy) -> None:
    client = through(proxy, seconds=5)
    client.ping()
    proxy.slow_seconds = 0.1
    proxy.fault = Fault.SLOW

    began = time.monotonic()
    client.ping()

    assert time.monotonic() - began >= 0.2


def test_a_cut_resets_the_connections_there_are_and_no_new_one(proxy: Proxy) -> None:
    client = through(proxy)
    client.ping()

    proxy.cut()

    with pytest.raises(redis.ConnectionError):
        client.ping()
    assert through(proxy).ping()


def test_so_many_replies_are_cut_as_were_asked_for(proxy: Proxy, redis_server: RedisServer) -> None:
    client = through(proxy)
    client.ping()
    proxy.cut_next_replies(1)

    with pytest.raises(redis.ConnectionError):
        client.incr("calls")

    assert through(proxy).incr("calls") == 2
