"""A daemon's journal that holds every partition of its tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykka import ActorRef

from runtime.journal.base import Condition, LocalJournal
from runtime.journal.redis.journal import RedisJournal
from runtime.journal.redis.link import ContactsLink
from runtime.journal.redis.orders import Taken
from runtime.kernel import ActorSystem
from runtime.ledger.resource import PARTITIONS
from runtime.redis.address import parse_address
from runtime.redis.client import Credentials, connect


def link_to(url: str, timeout: float = 0.3) -> ContactsLink:
    """Speak to a server, as a daemon's journal does."""
    return ContactsLink(connect(parse_address(url), Credentials(), timeout=timeout), "test")


class HoldingAll(RedisJournal):
    """Takes all partitions over as soon as it has started."""

    def __init__(self, local: LocalJournal, url: str, patience: float = 3.0) -> None:
        super().__init__(local, link_to(url), ("acme",), patience=patience)
        self.holds = False

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        ref = super().start(system, tell)
        self.take("acme", range(PARTITIONS), self._taken)
        return ref

    def _taken(self, contacts: Taken) -> None:
        self.holds = True
