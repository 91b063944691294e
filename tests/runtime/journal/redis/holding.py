"""A daemon's journal that holds every partition of its tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from pykka import ActorRef
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.journal.base import Condition
from runtime.journal.redis.journal import LocalJournal, RedisJournal
from runtime.journal.redis.link import ContactsLink
from runtime.journal.redis.shipping import Taken
from runtime.kernel import ActorSystem
from runtime.ledger.resource import PARTITIONS
from tests.servers.redis_server import RedisServer


def link_to(url: str, timeout: float = 2.0) -> ContactsLink:
    """Speak to a server, as a daemon's journal does."""
    client = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=timeout)
    return ContactsLink(lambda key: client, "test", client.close)


class HoldingAll(RedisJournal):
    """Takes all partitions over as soon as it has started."""

    def __init__(self, local: LocalJournal, server: RedisServer, patience: float = 3.0) -> None:
        super().__init__(local, link_to(server.url), ("acme",), patience=patience)
        self.holds = False

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        ref = super().start(system, tell)
        self.take("acme", range(PARTITIONS), self._taken)
        return ref

    def _taken(self, contacts: Taken) -> None:
        self.holds = True
