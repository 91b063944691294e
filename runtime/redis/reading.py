"""Read what the ledger has, for people: nothing is stated by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import redis
from redis.exceptions import RedisClusterException

from runtime.ledger.resource import Resource
from runtime.ledger.standing import Standing, standing_of
from runtime.redis.address import RedisAddress
from runtime.redis.client import Credentials, connect, reason
from runtime.redis.server_settings import ServerAway


def read_standings(
    address: RedisAddress,
    credentials: Credentials,
    *,
    namespace: str,
    resources: Iterable[Resource],
    timeout: float,
) -> list[Standing]:
    """Read those of the resources that the ledger knows; raises ServerAway."""
    servers = connect(address, credentials, timeout=timeout)
    found: list[Standing] = []
    try:
        for resource in resources:
            key = resource.key(namespace)
            told: Any = servers.client(key).hgetall(key)
            standing = standing_of(resource, {_text(name): _text(value) for name, value in told.items()})
            if standing is not None:
                found.append(standing)
    except (redis.RedisError, RedisClusterException, OSError) as error:
        raise ServerAway(reason(error)) from error
    finally:
        servers.close()
    return found


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
