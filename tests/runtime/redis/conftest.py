"""A desk at which statements are handed in, and answers waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from runtime.ledger.ledger import Answer
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Reply, Statement, Terms
from runtime.redis.address import parse_address
from runtime.redis.client import Credentials
from runtime.redis.renewals import RedisLedger

PATIENCE = 20.0
LEASE = 5.0
"""So that a time-out is half a second."""


def statement(name: str = "east", sequence: int = 1, wants: int = 2, node: str = "one") -> Statement:
    return Statement(
        resource=Resource(Kind.CONNECTION, name),
        node=node,
        incarnation=1,
        sequence=sequence,
        holds=0,
        uses=0,
        wants=wants,
        limit=10,
        limit_generation=1,
        terms=Terms(lease=LEASE, tail=30.0, lag=0.0),
    )


class Desk:
    """Hands statements to a RedisLedger; the test's thread is its loop."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._calls: Queue[tuple[Callable[..., object], tuple[Any, ...]]] = Queue()
        self.ledger = RedisLedger(
            parse_address(url),
            credentials,
            namespace="test",
            lease=LEASE,
            call_soon=lambda function, *arguments: self._calls.put((function, arguments)),
        )

    def ask(self, *statements: Statement) -> list[Answer]:
        """State these, and wait until each has its answer; in the statements' order."""
        answers: list[Answer] = []
        self.ledger.state(statements, answers.extend)
        while len(answers) < len(statements):
            function, arguments = self._calls.get(timeout=PATIENCE)
            function(*arguments)
        order = [one.resource for one in statements]
        return sorted(answers, key=lambda answer: order.index(answer.resource))

    def is_answered(self, one: Statement) -> bool:
        """Tell whether a statement gets a reply."""
        return isinstance(self.ask(one)[0], Reply)


@pytest.fixture
def desk_at() -> Iterator[Callable[..., Desk]]:
    """Open desks for addresses."""
    desks: list[Desk] = []

    def open_desk(url: str, credentials: Credentials | None = None) -> Desk:
        desks.append(Desk(url, credentials or Credentials()))
        return desks[-1]

    yield open_desk
    for desk in desks:
        desk.ledger.close()
