"""Servers that tests all over the tree ask for by name, imported only then; no example has a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.servers.redis_cluster import RedisCluster
    from tests.servers.redis_sentinel import WatchedRedis
    from tests.servers.redis_server import RedisServer

# Tests assert counts, never seconds: machines are noisy. Each property has the same examples in every
# run, so that a change is blamed for what it broke; with `--hypothesis-profile fresh` it draws others.
settings.register_profile("fresh", deadline=None)
settings.register_profile("settled", deadline=None, derandomize=True)
settings.load_profile("settled")


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """Run a redis-server for one test."""
    from tests.servers.redis_server import RedisServer

    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def redis_cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """Run a Redis Cluster of three masters and three replicas for one test."""
    from tests.servers.redis_cluster import running_cluster

    with running_cluster(tmp_path / "cluster") as cluster:
        yield cluster


@pytest.fixture
def watched_redis(tmp_path: Path) -> Iterator[WatchedRedis]:
    """Run a Redis with a replica, watched by three Sentinels, for one test."""
    from tests.servers.redis_sentinel import running_sentinel

    with running_sentinel(tmp_path / "sentinel") as watched:
        yield watched
