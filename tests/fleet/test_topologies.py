"""Daemons share limits by a Cluster and by a Redis that Sentinels watch, also through a failover."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from runtime.ledger.resource import Kind, Resource
from tests.arbiter.__main__ import Terms
from tests.arbiter.process import arbiter_process
from tests.fleet.campaigns import timezone_at_midday, write_contacts, write_fleet
from tests.fleet.round import Dialer
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import WatchedRedis
from tests.servers.waiting import until

DAEMONS = 2
CONTACTS = 600
LEASE = 3.0


def dial_through(folder: Path, url: str, fail_over: Callable[[], None]) -> dict[str, Any]:
    """Dial with two daemons; the failover comes when calls are up. Gives the arbiter's report."""
    timezone = timezone_at_midday(time.time())
    with ExitStack() as stack:
        hands = []
        for hand in range(DAEMONS):
            own = folder / f"d{hand}"
            own.mkdir()
            hands.append(own)
            random = Random(1)
            fleet = write_fleet(random, url, LEASE, CONTACTS, timezone)
            write_contacts(own, random, CONTACTS)
            (own / "run.toml").write_text(fleet.text)
        terms = Terms(fleet.limits, seed=1, talk=(0.5, 4.0))
        arbiter = stack.enter_context(arbiter_process(folder, terms))
        dialers = [Dialer(own.name, own, arbiter.socket) for own in hands]
        for dialer in dialers:
            stack.callback(dialer.kill)
            dialer.start()
        until(lambda: arbiter.report()["placed"] >= CONTACTS // 6, "both dial", seconds=60)

        fail_over()

        deadline = time.monotonic() + 120
        while not all(dialer.is_over() for dialer in dialers):
            assert time.monotonic() < deadline, "they dial again and come to an end"
            time.sleep(0.1)
        assert [dialer.codes for dialer in dialers] == [[0], [0]], (hands[0] / "errors").read_text()
        return arbiter.report()


def judge(report: dict[str, Any]) -> None:
    assert report["wrong"] == []
    assert report["up"] == 0
    assert len(report["tried"]) == CONTACTS
    assert len(report["by_daemon"]) == DAEMONS


@pytest.mark.timeout(300)
def test_limits_hold_in_a_cluster_that_loses_a_master(tmp_path: Path, redis_cluster: RedisCluster) -> None:
    key = Resource(Kind.TENANT, "acme").key("acme,globex")

    judge(dial_through(tmp_path, redis_cluster.url, lambda: redis_cluster.fail_over(key)))


@pytest.mark.timeout(300)
def test_limits_hold_where_sentinels_promote_another_master(
    tmp_path: Path, watched_redis: WatchedRedis
) -> None:
    judge(dial_through(tmp_path, watched_redis.url, watched_redis.fail_over))
