"""A journal that other daemons can go on by: a local one, and Redis beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import Any

from pykka import ActorRef

from runtime.contacts import FedRow
from runtime.journal.base import Condition, LocalJournal, OutcomeRow
from runtime.journal.entries import AnyEntry, Intent
from runtime.journal.recovered import Recovered
from runtime.journal.redis.gate import Answers, Call, Conditions, SharedGate
from runtime.journal.redis.kept import Field, Kept
from runtime.journal.redis.link import ContactsLink
from runtime.journal.redis.orders import Do, Forget, Leave, LookUp, Name, Take, Taken, Verify
from runtime.journal.redis.shipping import Shipping
from runtime.journal.redis.states import States, Unit
from runtime.journal.redis.writer import RedisWriter
from runtime.journal.sqlite.gate import Answer
from runtime.kernel import ActorSystem

PATIENCE_SECONDS = 3.0
TAIL_SECONDS = 60.0


class RedisJournal:
    """Keep everything in a local journal, and in Redis what other daemons must know.

    Rows, outcomes and what a restart needs come from the local journal. Redis
    has of each contact in the partitions that this daemon holds how far it has
    come, and its call in doubt. `tenants` are those whose contacts are shared,
    `patience` is the seconds that Redis may be silent before dialing stops,
    `tail` how long a call may be up from when its intent was written.
    Closing it closes the local one.
    """

    keeps = True

    def __init__(
        self,
        local: LocalJournal,
        link: ContactsLink,
        tenants: Iterable[str],
        *,
        patience: float = PATIENCE_SECONDS,
        tail: float = TAIL_SECONDS,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.local = local
        self._link = link
        self._tenants = tuple(tenants)
        self._patience = patience
        self._tail = tail
        self._now = now
        self._writer: ActorRef[Any] | None = None
        self._system: ActorSystem | None = None
        self.refused: Callable[[Unit], None] = lambda unit: None
        """Told on the loop that Redis took no intent of a partition: another daemon has taken it."""

    def recover(self) -> Recovered | None:
        """Return what the local journal holds."""
        return self.local.recover()

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        """Start both writers, and their address on the loop."""
        self._system = system
        conditions = Conditions(tell)
        gate: list[ActorRef[Any]] = []
        recovered = self.local.recover()
        earlier: tuple[Intent, ...] = () if recovered is None else recovered.in_doubt

        def answer(answers: list[Answer]) -> None:
            gate[0].tell(Answers(answers))

        of_redis = conditions.of("redis")

        def condition(said: Condition) -> None:
            gate[0].tell(Call(lambda: of_redis(said)))

        def refused(unit: Unit) -> None:
            gate[0].tell(Call(lambda: self.refused(unit)))

        local = self.local.start(system, conditions.of("local"))
        shipping = Shipping(
            self._link,
            States(earlier),
            self.local.entries,
            0 if recovered is None else recovered.position,
            self._tenants,
            self._patience,
            self._tail,
            self._now,
            answer,
            condition,
            refused,
        )
        self._writer = self._start_writer(system, shipping)
        if recovered is not None:
            self._writer.tell(Name(recovered.run))
        gate.append(system.start(SharedGate, local, self._writer))
        return gate[0]

    def _start_writer(self, system: ActorSystem, shipping: Shipping) -> ActorRef[Any]:
        return RedisWriter.start(shipping)

    def take(self, tenant: str, partitions: Iterable[int], answer: Callable[[Taken], None]) -> None:
        """Take partitions over; `answer` is told on the loop what is known of their contacts."""
        self._tell(Take(tenant, tuple(partitions), self._on_loop(answer)))

    def look_up(
        self, tenant: str, places: tuple[tuple[int, Field], ...], answer: Callable[[list[Kept | None]], None]
    ) -> None:
        """Read what is kept of contacts in partitions that are held; `answer` is told on the loop."""
        self._tell(LookUp(tenant, places, self._on_loop(answer)))

    def leave(self, tenant: str, partition: int, answer: Callable[[Unit], None]) -> None:
        """Give a partition up; `answer` is told on the loop when Redis has all of it."""
        self._tell(Leave((tenant, partition), self._on_loop(answer)))

    def forget(self, tenant: str, partitions: frozenset[int]) -> None:
        """Lose partitions at once: another daemon may have them, and knows better."""
        self._tell(Forget(tenant, partitions))

    def verify(self, tenant: str, daemons: Iterable[str], answer: Callable[[], None]) -> None:
        """See whether Redis has lost what it had acknowledged; `answer` is told when it is said again."""
        self._tell(Verify(tenant, tuple(daemons), self._on_loop(answer)))

    def do(self, run: Callable[[ContactsLink], Any], answer: Callable[[Any], None]) -> None:
        """Do something with Redis, on the writer's thread; `answer` is told on the loop what it gave."""
        self._tell(Do(run, self._on_loop(answer)))

    def _tell(self, message: Any) -> None:
        assert self._writer is not None, "the journal has started"
        self._writer.tell(message)

    def _on_loop(self, answer: Callable[..., None]) -> Callable[..., None]:
        system = self._system
        assert system is not None, "the journal has started"
        return lambda *said: system.call_soon_threadsafe(answer, *said)

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows that the campaign had taken when the journal was opened."""
        return self.local.rows(campaign)

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        """Yield the local entries after a position with theirs."""
        return self.local.entries(after)

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        """Return the next calls that have ended in this daemon."""
        return self.local.outcomes(after, limit)

    def close(self) -> None:
        """Write to Redis what can be written, then let the local journal go."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        self._link.close()
        self.local.close()
