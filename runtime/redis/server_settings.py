"""What a server is set to, as far as Trunkline's guarantees rest on it."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec
import redis
from redis.exceptions import RedisClusterException

from runtime.redis.address import RedisAddress
from runtime.redis.client import Credentials, connect, host_and_port, reason

OLDEST = (7, 0)


class ServerSettings(msgspec.Struct, frozen=True):
    """What one master says of itself; None where it doesn't let us ask (CONFIG is often barred)."""

    server: str
    version: str
    replicas: int
    min_replicas_to_write: int | None
    appendonly: bool | None
    maxmemory: int | None
    maxmemory_policy: str | None


class Weakness(str, Enum):
    """What of the guarantees a server's settings put at risk."""

    TOO_OLD = "too_old"
    UNREPLICATED_WRITES = "unreplicated_writes"
    NOT_APPENDING = "not_appending"
    EVICTING = "evicting"
    UNKNOWN = "unknown"


class ServerAway(ConnectionError):
    """Redis couldn't be asked; the text says why."""


def read_settings(
    address: RedisAddress, credentials: Credentials, *, timeout: float, key: str = ""
) -> ServerSettings:
    """Ask the master that serves `key`; raises ServerAway."""
    servers = connect(address, credentials, timeout=timeout)
    try:
        return _ask(servers.client(key))
    except (redis.RedisError, RedisClusterException, OSError) as error:
        raise ServerAway(reason(error)) from error
    finally:
        servers.close()


def weaknesses(settings: ServerSettings) -> list[tuple[Weakness, str]]:
    """List what to warn of, each with a sentence that names the setting to change."""
    found: list[tuple[Weakness, str]] = []
    if _numbers(settings.version)[:2] < OLDEST:
        found.append(
            (Weakness.TOO_OLD, f"Redis {settings.version} is older than 7.0, the oldest that is supported")
        )
    if settings.replicas and settings.min_replicas_to_write == 0:
        found.append(
            (
                Weakness.UNREPLICATED_WRITES,
                "min-replicas-to-write is 0: a failover loses what no replica had;"
                " set it to 1, and min-replicas-max-lag to a few seconds",
            )
        )
    if settings.appendonly is False:
        found.append(
            (
                Weakness.NOT_APPENDING,
                "appendonly is no: a restart of Redis loses everything,"
                " and nobody gets more calls until the learning period is over",
            )
        )
    if settings.maxmemory and settings.maxmemory_policy != "noeviction":
        found.append(
            (
                Weakness.EVICTING,
                f"maxmemory-policy is {settings.maxmemory_policy}: Redis may drop limits and contacts"
                " when it is full; set it to noeviction",
            )
        )
    if None in (settings.min_replicas_to_write, settings.appendonly, settings.maxmemory_policy):
        found.append(
            (
                Weakness.UNKNOWN,
                "the server doesn't let us read its configuration;"
                " see that appendonly is yes, maxmemory-policy noeviction, and min-replicas-to-write 1"
                " where there are replicas",
            )
        )
    return found


def _ask(client: redis.Redis) -> ServerSettings:
    info: dict[str, Any] = client.info()
    settings = {
        name: _setting(client, name)
        for name in ("min-replicas-to-write", "appendonly", "maxmemory", "maxmemory-policy")
    }
    replicas, appendonly, maxmemory = (
        settings[name] for name in ("min-replicas-to-write", "appendonly", "maxmemory")
    )
    host, port = host_and_port(client)
    return ServerSettings(
        server=f"{host}:{port}",
        version=str(info["redis_version"]),
        replicas=int(info.get("connected_slaves", 0)),
        min_replicas_to_write=None if replicas is None else int(replicas),
        appendonly=None if appendonly is None else appendonly == "yes",
        maxmemory=None if maxmemory is None else int(maxmemory),
        maxmemory_policy=settings["maxmemory-policy"],
    )


def _setting(client: redis.Redis, name: str) -> str | None:
    try:
        told: Any = client.execute_command("CONFIG", "GET", name)
    except redis.ResponseError:
        return None
    return told[1].decode() if len(told) == 2 else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
