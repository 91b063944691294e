"""The addresses of services that a configuration names."""

from __future__ import annotations

from runtime.redis.address import BadAddress, RedisAddress, parse_address
from trunkline.config.values import invalid, text


def redis(value: object) -> RedisAddress:
    """Return the address of a Redis."""
    if isinstance(value, RedisAddress):
        return value
    try:
        return parse_address(text(value))
    except BadAddress as error:
        raise invalid(str(error)) from None
