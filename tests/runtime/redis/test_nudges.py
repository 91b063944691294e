"""A nudge reaches whoever listens; where one is lost nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from runtime.errors import NoActorSystem
from runtime.redis.address import parse_address
from runtime.redis.client import Credentials, Servers, connect
from runtime.redis.nudges import Nudges, channel_of, nudge
from tests.servers.redis_server import RedisServer
from tests.servers.waiting import until

NAMESPACE = "test"


class Listener:
    """Counts how often it was nudged."""

    def __init__(self, url: str) -> None:
        self.heard = 0
        self.nudges = Nudges(servers_at(url), NAMESPACE, self._call)
        self.nudges.hear(self._count)

    def _call(self, function: Callable[[], None]) -> None:
        function()

    def _count(self) -> None:
        self.heard += 1

    def hears(self, count: int) -> None:
        until(lambda: self.heard >= count, f"{count} nudges")


def servers_at(url: str) -> Servers:
    return connect(parse_address(url), Credentials(), timeout=1.0)


@pytest.fixture
def listener(redis_server: RedisServer) -> Iterator[Listener]:
    """Listens, and has looked once: what was said before may be news."""
    listener = Listener(redis_server.url)
    listener.hears(1)
    yield listener
    listener.nudges.close()


def test_everybody_who_listens_hears_a_nudge(listener: Listener, redis_server: RedisServer) -> None:
    other = Listener(redis_server.url)
    other.hears(1)

    nudge(servers_at(redis_server.url), NAMESPACE)

    listener.hears(2)
    other.hears(2)
    other.nudges.close()


def test_those_of_another_namespace_hear_nothing(listener: Listener, redis_server: RedisServer) -> None:
    nudge(servers_at(redis_server.url), "other")
    nudge(servers_at(redis_server.url), NAMESPACE)

    listener.hears(2)
    assert listener.heard == 2


def test_whoever_lost_its_server_looks_again_when_it_is_back_and_hears_on(
    listener: Listener, redis_server: RedisServer
) -> None:
    redis_server.restart()

    listener.hears(2)  # what was said meanwhile was lost
    nudge(servers_at(redis_server.url), NAMESPACE)
    listener.hears(3)


def test_a_nudge_to_a_server_that_is_away_is_lost_without_a_word(redis_server: RedisServer) -> None:
    redis_server.kill()

    nudge(servers_at(redis_server.url), NAMESPACE)


def test_listening_ends_when_it_is_closed_and_when_there_is_no_loop_any_more(
    redis_server: RedisServer,
) -> None:
    def threads() -> int:
        return sum(one.name == "nudges" for one in threading.enumerate())

    def gone(function: Callable[[], None]) -> None:
        raise NoActorSystem("it has ended")

    before = threads()
    closed, orphaned = Listener(redis_server.url), Nudges(servers_at(redis_server.url), NAMESPACE, gone)
    closed.hears(1)
    orphaned.hear(lambda: None)
    closed.nudges.close()

    until(lambda: threads() == before, "no thread listens")
    channel, server = channel_of(NAMESPACE), redis_server.client()
    until(lambda: server.pubsub_numsub(channel) == [(channel, 0)], "nobody is subscribed")
