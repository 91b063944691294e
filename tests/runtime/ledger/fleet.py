"""Daemons on one ledger, with a clock that the test moves."""

from __future__ import annotations

from runtime.ledger.holder import Holder
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Reply, Statement, Terms
from tests.runtime.ledger.embedded import Server

LEASE, TAIL, LAG = 10.0, 75.0, 0.0
EAST = Resource(Kind.CONNECTION, "east")
NAMESPACE = "test"


class Fleet:
    """Holders of one resource and their server; `now` is everybody's clock."""

    def __init__(self, limit: int, resource: Resource = EAST, tail: float = TAIL, lag: float = LAG) -> None:
        self.server = Server()
        self.resource = resource
        self.limit = limit
        self.terms = Terms(LEASE, tail, lag)
        self.now = 1000.0

    def daemon(self, name: str, incarnation: int = 1, limit: int | None = None) -> Holder:
        """Make a daemon's holder."""
        return Holder(self.resource, name, incarnation, self.terms, self.limit if limit is None else limit)

    def state(self, holder: Holder, uses: int = 0, wants: int = 0) -> Reply:
        """Let it state itself and hear the answer."""
        reply = self.answer(holder.state(self.now, uses, wants))
        holder.hear(reply, self.now)
        return reply

    def answer(self, statement: Statement) -> Reply:
        """Let the ledger hear a statement, and nobody its answer."""
        return self.server.state(NAMESPACE, statement)

    def learned(self, *holders: Holder, uses: int = 0) -> None:
        """Let them state themselves until the ledger has learned what there was."""
        for _ in range(100):
            for holder in holders:
                self.state(holder, uses=uses)
            if not any(holder.learning for holder in holders):
                return
            self.now += LEASE / 3
        raise AssertionError("the ledger never stops learning")

    @property
    def held(self) -> dict[str, int]:
        """What the ledger counts for each node."""
        fields = self.server.records(self.resource, NAMESPACE)
        return {field[1:]: int(line.split()[1]) for field, line in sorted(fields.items()) if field[0] == "="}
