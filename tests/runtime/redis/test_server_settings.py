"""What of a server's settings Trunkline's guarantees rest on is read, and warned of."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from runtime.redis.address import parse_address
from runtime.redis.client import Credentials
from runtime.redis.server_settings import ServerAway, ServerSettings, Weakness, read_settings, weaknesses
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_server import RedisServer

SOUND = ServerSettings(
    server="state:6379",
    version="7.0.15",
    replicas=1,
    min_replicas_to_write=1,
    appendonly=True,
    maxmemory=0,
    maxmemory_policy="noeviction",
)


def read(url: str, **credentials: str) -> ServerSettings:
    return read_settings(parse_address(url), Credentials(**credentials), timeout=5)


def test_a_server_s_settings_are_read(tmp_path: Path) -> None:
    options = ["appendonly yes", "maxmemory 100mb", "maxmemory-policy allkeys-lru", "min-replicas-to-write 1"]
    with RedisServer(tmp_path, options) as server:
        settings = read(server.url)

    assert settings == ServerSettings(
        server=f"127.0.0.1:{server.port}",
        version=settings.version,
        replicas=0,
        min_replicas_to_write=1,
        appendonly=True,
        maxmemory=100 << 20,
        maxmemory_policy="allkeys-lru",
    )
    assert int(settings.version.split(".")[0]) >= 7


def test_a_cluster_s_master_is_asked(redis_cluster: RedisCluster) -> None:
    settings = read(redis_cluster.url)

    assert settings.replicas == 1
    assert settings.min_replicas_to_write == 0


def test_a_server_that_bars_config_is_read_as_far_as_it_tells(tmp_path: Path) -> None:
    with RedisServer(tmp_path, ["user dialer on >secret ~* +@all -config"]) as server:
        settings = read(server.url, user="dialer", password="secret")

    assert settings.appendonly is None
    assert [weakness for weakness, _ in weaknesses(settings)] == [Weakness.UNKNOWN]


def test_a_server_that_is_away_is_told(redis_server: RedisServer) -> None:
    redis_server.kill()

    with pytest.raises(ServerAway, match="refused"):
        read(redis_server.url)


def test_a_sound_server_is_not_warned_of() -> None:
    assert weaknesses(SOUND) == []


@pytest.mark.parametrize(
    ("change", "weakness", "setting"),
    [
        ({"version": "6.2.14"}, Weakness.TOO_OLD, "7.0"),
        ({"min_replicas_to_write": 0}, Weakness.UNREPLICATED_WRITES, "min-replicas-to-write"),
        ({"appendonly": False}, Weakness.NOT_APPENDING, "appendonly"),
        ({"maxmemory": 1, "maxmemory_policy": "volatile-ttl"}, Weakness.EVICTING, "noeviction"),
    ],
)
def test_a_setting_that_weakens_a_guarantee_is_named(
    change: dict[str, object], weakness: Weakness, setting: str
) -> None:
    ((found, sentence),) = weaknesses(msgspec.structs.replace(SOUND, **change))

    assert found is weakness
    assert setting in sentence


@pytest.mark.parametrize(
    "change",
    [{"replicas": 0, "min_replicas_to_write": 0}, {"maxmemory": 0, "maxmemory_policy": "allkeys-lru"}],
)
def test_a_setting_that_cannot_hurt_is_not_warned_of(change: dict[str, object]) -> None:
    assert weaknesses(msgspec.structs.replace(SOUND, **change)) == []
