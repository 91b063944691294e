"""Follow the local journal to Redis as a replica does: in order, each line once.

A line is known by its position. What a time-out leaves open is sent again,
and the script answers as it did. While Redis is away lines wait here, and in
the local journal if the process ends meanwhile; intents that wait too long
fail.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import pykka
from redis.exceptions import RedisClusterException, RedisError

from runtime.errors import NoActorSystem
from runtime.journal.base import Condition, Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import Ended, Intent, NotPlaced
from runtime.journal.redis.facts import Entries
from runtime.journal.redis.kept import encode_kept, named_by
from runtime.journal.redis.link import ContactsLink, Line, Lost
from runtime.journal.redis.link import Waiting as Silent
from runtime.journal.redis.merging import learn
from runtime.journal.redis.orders import (
    Do,
    Forget,
    Leave,
    LookUp,
    Name,
    Order,
    Ship,
    Take,
    Taken,
    Verify,
    Written,
)
from runtime.journal.redis.restating import Restating
from runtime.journal.redis.states import Change, States, Unit
from runtime.journal.sqlite.gate import Answer
from runtime.redis.client import reason

MOST_KEPT = 10_000
"""How many lines may wait for Redis before dialing stops, however short it is away."""

MOST_AT_ONCE = 500
"""How many lines are written by one command."""

REMEMBERED_SECONDS = 60.0
"""So long what was left is remembered: whoever takes it has taken it by then, and Redis has kept that."""

ASK_SECONDS = 0.4
"""So long after partitions could not be taken over it is tried again."""

SLACK = 1.05
"""Clocks may differ by so much in rate."""

GONE = (RedisError, RedisClusterException, OSError)


_Order = TypeVar("_Order", bound=Order)


class _Waiting(msgspec.Struct, gc=False):
    """A line that waits, and who is told when it is written."""

    position: int
    change: Change
    record: Record


class Shipping:
    """What waits for Redis, and how it gets there.

    `answer` and `tell` hand answers and conditions to the loop; both may
    raise NoActorSystem once that has ended. `refused` is told of a partition
    on which Redis takes no intent: another daemon has it. `unwritten`
    gives the local journal's entries after a position; those up to
    `earlier_until` are of earlier lives. `patience` is how many seconds, of
    `now`, Redis may be silent before dialing stops, `tail` how long a call
    may be up from when its intent was written.
    """

    def __init__(
        self,
        link: ContactsLink,
        states: States,
        unwritten: Entries,
        earlier_until: int,
        tenants: Iterable[str],
        patience: float,
        tail: float,
        now: Callable[[], float],
        answer: Callable[[list[Answer]], None],
        tell: Callable[[Condition], None],
        refused: Callable[[Unit], None],
    ) -> None:
        self._link = link
        self._states = states
        self._unwritten = unwritten
        self._earlier_until = earlier_until
        self._patience = patience
        self._tail = tail
        self._now = now
        self._answer = answer
        self._tell = tell
        self._refused = refused
        self._restating = Restating(link, states, unwritten, self._tell_of_refusal)
        self._writer = ""
        self._known: dict[str, int] = {}
        """The last position that each tenant's node has acknowledged."""
        self._unopened = set(tenants)
        self._lines: dict[str, deque[_Waiting]] = {tenant: deque() for tenant in tenants}
        self._orders: deque[Order] = deque()
        self._deferred: list[Take] = []
        """What waits for daemons that may yet say what Redis has lost."""
        self._ask_at = 0.0
        self._lives: dict[str, tuple[str, float]] = {}
        """The life of each tenant's server, and since when it is known."""
        self._sent: dict[str, list[_Waiting]] = {}
        """What was sent and not acknowledged yet."""
        self._left: deque[tuple[float, Unit]] = deque()
        """The partitions that were left, and until when they are remembered."""
        self._silent_since: float | None = None
        self._told_away = False

    @property
    def silent(self) -> bool:
        """Tell whether Redis has not answered; then `go_on` is to be tried again later."""
        return self._silent_since is not None

    @property
    def waits(self) -> bool:
        """Tell whether `go_on` is to be tried again later, for whatever reason."""
        return self.silent or bool(self._deferred)

    @property
    def kept(self) -> int:
        """Count the lines that wait for Redis."""
        return sum(map(len, self._lines.values())) + sum(map(len, self._sent.values()))

    def take_in(self, message: Any) -> None:
        """Take in what is said; `go_on` does it."""
        match message:
            case Ship(written):
                for one in written:
                    self._line_up(one)
                if self._told_away or self.kept > MOST_KEPT:
                    self._go_away("Redis is away")
            case Name(writer):
                self._writer = writer
                self.go_on()  # what was ordered before waits for the name
            case Forget(tenant, partitions):
                self._forget(tenant, partitions)
            case Take() | Leave() | LookUp() | Verify() | Do():
                self._orders.append(message)
                if not self.silent:  # what comes behind it counts on it
                    self.go_on()

    def _line_up(self, written: Written) -> None:
        entry = written.record.entry
        change = self._states.change_by(entry)
        if change is not None:
            self._lines[change.unit[0]].append(_Waiting(written.seq, change, written.record))
        elif type(entry) is Intent:
            self._fail(entry, written.record, None)

    # Writing

    def go_on(self) -> None:
        """Write all that waits, then carry out the orders; stop where Redis doesn't answer."""
        if not self._writer:
            return
        try:
            for tenant in sorted(self._unopened):
                self._open(tenant)
            for tenant in self._lines:
                self._write(tenant)
            if self._deferred and self._now() >= self._ask_at:
                self._orders.extend(self._deferred)
                self._deferred.clear()
            while self._orders:
                self._carry_out(self._orders[0])
                self._orders.popleft()
        except GONE as error:
            self._be_silent(error)
        else:
            self._come_back()

    def _open(self, tenant: str) -> None:
        """Write the ends that an earlier life could not, and all of it where Redis may have lost some.

        Its intents that are not there were never acted on, unless they may
        have been lost since.
        """
        standing = self._link.standing(tenant, self._writer)
        until = self._earlier_until
        late = [
            (at, entry)
            for at, entry in self._unwritten(standing.position)
            if isinstance(entry, Ended | NotPlaced) and at <= until
        ]
        if standing.complete:
            self._known[tenant] = standing.position
            self._remember(entry for _, entry in late)
            for at, entry in reversed(late):
                change = self._states.change_by(entry)
                if change is not None:
                    self._lines[change.unit[0]].appendleft(_Waiting(at, change, Record(entry, None)))
        else:
            self._known[tenant] = until
            self._verify(tenant)
        self._unopened.discard(tenant)

    def _write(self, tenant: str) -> None:
        waiting = self._lines[tenant]
        while self._sent.get(tenant) or waiting:
            if not self._sent.get(tenant):
                self._sent[tenant] = [waiting.popleft() for _ in range(min(len(waiting), MOST_AT_ONCE))]
            sent = self._sent[tenant]
            lines = [line for line in map(self._line, sent) if line is not None]
            shipped = (
                self._link.ship(tenant, self._writer, self._known.get(tenant, 0), lines) if lines else None
            )
            if isinstance(shipped, Lost):
                self._verify(tenant)
                continue
            refused = frozenset[int]() if shipped is None else shipped.refused
            for waiting_no_more in sent:
                if waiting_no_more.position in refused:
                    self._add(waiting_no_more.change)
            del self._sent[tenant]
            if lines:
                self._known[tenant] = lines[-1].position
            self._tell_written(sent, refused)

    def _line(self, waiting: _Waiting) -> Line | None:
        change = waiting.change
        tenant, partition = change.unit
        kept = change.kept
        if kept is None:
            (before,) = self._link.look_up(tenant, [(partition, change.field)])
            if before is None or before.call != change.call:
                self._add(change)
                return None
            kept = learn(before, change.fact)
            return self._line_of(waiting, 0, encode_kept(kept))
        return self._line_of(waiting, self._states.epochs.get(change.unit, 0), encode_kept(kept))

    @staticmethod
    def _line_of(waiting: _Waiting, epoch: int, value: bytes) -> Line:
        change = waiting.change
        return Line(waiting.position, change.unit[1], change.what, epoch, change.field, change.call, value)

    def _tell_written(self, sent: list[_Waiting], refused: frozenset[int]) -> None:
        answers: list[Answer] = []
        for waiting in sent:
            record, entry = waiting.record, waiting.change.entry
            if type(entry) is not Intent:
                continue
            if waiting.position in refused:
                self._fail(entry, record, waiting.change.unit)
            elif record.ref is not None:
                answers.append(Answer(record.ref, Durable(entry.call, waiting.position)))
        self._hand_back(answers)

    def _add(self, change: Change) -> None:
        """Put an end together with what others have made of its contact since; an intent is refused."""
        if type(change.entry) is not Intent:
            self._restating.add(change.unit[0], {change.unit: {change.field: [change.fact]}})

    def _remember(self, ended: Iterable[Ended | NotPlaced]) -> None:
        """Know the calls again that these entries have ended."""
        ends = list(ended)
        calls = {entry.call for entry in ends}
        if calls:
            intents = (entry for _, entry in self._unwritten(0) if isinstance(entry, Intent))
            self._states.remember(intent for intent in intents if intent.call in calls)
            self._states.remember(
                entry.of for entry in ends if isinstance(entry, Ended) and entry.of is not None
            )

    def _verify(self, tenant: str, daemons: Iterable[str] = ()) -> None:
        """See whether Redis has lost what it had acknowledged; then say it again."""
        life = self._restating.verify(tenant, self._writer, self._known.get(tenant, 0), daemons)
        if self._lives.get(tenant, ("", 0.0))[0] != life:
            self._lives[tenant] = life, self._now()

    def _carry_out(self, order: Order) -> None:
        if isinstance(order, Do):
            done = order.run(self._link)
            self._call_back(lambda: order.answer(done))
        elif isinstance(order, Take):
            found = self._take(order)
            if found is None:
                self._deferred.append(order)
            else:
                self._call_back(lambda: order.answer(found))
        elif isinstance(order, LookUp):
            seen = self._link.look_up(order.tenant, order.places)
            for (partition, field), one in zip(order.places, seen, strict=True):
                self._states.learn((order.tenant, partition), field, one)
            self._call_back(lambda: order.answer(seen))
        elif isinstance(order, Verify):
            self._verify(order.tenant, order.daemons)
            self._call_back(order.answer)
        else:
            self._verify(order.unit[0])
            self._leave(order.unit)
            self._call_back(lambda: order.answer(order.unit))

    def _take(self, order: Take) -> Taken | None:
        """Take partitions over; None where somebody may yet say what Redis has lost of them."""
        tenant, found = order.tenant, Taken()
        while True:
            known = self._known.get(tenant, 0)
            taken = self._link.take(tenant, order.partitions, self._writer, known, self._waited_in(tenant))
            if isinstance(taken, Silent):
                self._ask_at = self._now() + ASK_SECONDS
                return None
            if not isinstance(taken, Lost):
                break
            self._verify(tenant)
        for partition, (epoch, kept) in taken.items():
            self._states.hold((tenant, partition), epoch, kept)
            found[partition] = {named_by(field): one for field, one in kept.items()}
        return found

    def _waited_in(self, tenant: str) -> str:
        """Name the life of the server in which no call can be up any more from before it."""
        life, since = self._lives.get(tenant, ("", self._now()))
        return life if self._now() - since >= self._tail * SLACK else ""

    def _forget(self, tenant: str, partitions: frozenset[int]) -> None:
        """Lose partitions, also those that have yet to be taken over."""
        for partition in partitions:
            self._states.lose((tenant, partition))
        self._orders = deque(_without(self._orders, tenant, partitions))
        self._deferred = list(_without(self._deferred, tenant, partitions))

    def _leave(self, unit: Unit) -> None:
        """Hold a partition no more; remember it until somebody has it for certain, lest Redis lose it."""
        now = self._now()
        self._states.lose(unit)
        self._left.append((now + REMEMBERED_SECONDS, unit))
        while self._left[0][0] <= now:
            _, old = self._left.popleft()
            self._states.forget(old)

    # Answers

    def _fail(self, intent: Intent, record: Record, unit: Unit | None) -> None:
        """Say that an intent isn't in Redis, and never will be."""
        self._states.refuse(intent)
        if unit is not None:
            self._tell_of_refusal(unit)
        if record.ref is not None:
            self._hand_back([Answer(record.ref, Failed(intent.call))])

    def _tell_of_refusal(self, unit: Unit) -> None:
        with suppress(NoActorSystem, pykka.ActorDeadError):
            self._refused(unit)

    def _hand_back(self, answers: list[Answer]) -> None:
        if answers:
            with suppress(NoActorSystem, pykka.ActorDeadError):
                self._answer(answers)

    @staticmethod
    def _call_back(answer: Callable[[], None]) -> None:
        with suppress(NoActorSystem, pykka.ActorDeadError):
            answer()

    # Away and back

    def _be_silent(self, error: Exception) -> None:
        self._link.look_again()
        now = self._now()
        if self._silent_since is None:
            self._silent_since = now
        if now - self._silent_since >= self._patience or self.kept > MOST_KEPT:
            self._go_away(f"Redis is away: {reason(error)}")

    def _go_away(self, why: str) -> None:
        """Stop dialing; intents that were never sent fail, all else is kept."""
        if not self._told_away:
            self._told_away = True
            with suppress(NoActorSystem):
                self._tell(JournalAway(why))
        for tenant, waiting in self._lines.items():
            failed = [one for one in waiting if type(one.change.entry) is Intent]
            if failed:
                self._lines[tenant] = deque(one for one in waiting if type(one.change.entry) is not Intent)
                for one in failed:
                    assert isinstance(one.change.entry, Intent)
                    self._fail(one.change.entry, one.record, None)

    def _come_back(self) -> None:
        self._silent_since = None
        if self._told_away:
            self._told_away = False
            with suppress(NoActorSystem):
                self._tell(JournalBack("Redis answers, and has all that was kept for it"))


def _without(orders: Iterable[_Order], tenant: str, partitions: frozenset[int]) -> Iterator[_Order]:
    """Give orders without the taking over of some partitions."""
    for order in orders:
        if not isinstance(order, Take) or order.tenant != tenant:
            yield order
            continue
        left = tuple(one for one in order.partitions if one not in partitions)
        if left:
            yield msgspec.structs.replace(order, partitions=left)
