"""A real Redis, and one who looks at what daemons have written there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.journal.redis.link import ContactsLink
from tests.runtime.journal.redis.daemons import OTHER, asking, enter
from tests.servers.redis_server import RedisServer


@pytest.fixture
def server(redis_server: RedisServer) -> RedisServer:
    return redis_server


@pytest.fixture
def link(redis_server: RedisServer) -> Iterator[ContactsLink]:
    with asking(redis_server.url) as link:
        enter(link, OTHER, "run", "other")
        yield link
