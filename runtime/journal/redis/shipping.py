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
from itertools import takewhile
from typing import Any

import msgspec
import pykka
from redis.exceptions import RedisClusterException, RedisError

from runtime.errors import NoActorSystem
from runtime.journal.base import Condition, Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import AnyEntry, Ended, Intent, NotPlaced
from runtime.journal.redis.kept import encode_kept, named_by
from runtime.journal.redis.link import ContactsLink, Line, Lost
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
from runtime.journal.redis.states import Change, States, Unit, follow
from runtime.journal.sqlite.gate import Answer
from runtime.redis.client import reason

MOST_KEPT = 10_000
"""How many lines may wait for Redis before dialing stops, however short it is away."""

MOST_AT_ONCE = 500
"""How many lines are written by one command."""

REMEMBERED_SECONDS = 60.0
"""So long what was left is remembered: whoever takes it has taken it by then, and Redis has kept that."""

GONE = (RedisError, RedisClusterException, OSError)


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
    gives the local journal's entries after a position. `patience` is how
    many seconds, of `now`, Redis may be silent before dialing stops.
    """

    def __init__(
        self,
        link: ContactsLink,
        states: States,
        unwritten: Callable[[int], Iterator[tuple[int, AnyEntry]]],
        tenants: Iterable[str],
        patience: float,
        now: Callable[[], float],
        answer: Callable[[list[Answer]], None],
        tell: Callable[[Condition], None],
        refused: Callable[[Unit], None],
    ) -> None:
        self._link = link
        self._states = states
        self._unwritten = unwritten
        self._patience = patience
        self._now = now
        self._answer = answer
        self._tell = tell
        self._refused = refused
        self._writer = ""
        self._known: dict[str, int] = {}
        """The last position that each tenant's node has acknowledged."""
        self._unopened = set(tenants)
        self._lines: dict[str, deque[_Waiting]] = {tenant: deque() for tenant in tenants}
        self._orders: deque[Order] = deque()
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
            case Forget(tenant, partitions):
                for partition in partitions:
                    self._states.lose((tenant, partition))
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
        try:
            for tenant in sorted(self._unopened):
                self._open(tenant)
            for tenant in self._lines:
                self._write(tenant)
            while self._orders:
                self._carry_out(self._orders[0])
                self._orders.popleft()
        except GONE as error:
            self._be_silent(error)
        else:
            self._come_back()

    def _open(self, tenant: str) -> None:
        """Write the ends that an earlier life could not.

        Its intents that are not there were never acted on.
        """
        if not self._writer:
            return
        known = self._link.position(tenant, self._writer)
        late = [(at, entry) for at, entry in self._unwritten(known) if isinstance(entry, Ended | NotPlaced)]
        self._remember(entry for _, entry in late)
        self._known[tenant] = known
        self._unopened.discard(tenant)
        for at, entry in reversed(late):
            change = self._states.change_by(entry)
            if change is not None:
                self._lines[change.unit[0]].appendleft(_Waiting(at, change, Record(entry, None)))

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
                self._restate(tenant, shipped.position)
                continue
            del self._sent[tenant]
            if lines:
                self._known[tenant] = lines[-1].position
            self._tell_written(sent, frozenset() if shipped is None else shipped.refused)

    def _line(self, waiting: _Waiting) -> Line | None:
        change = waiting.change
        tenant, partition = change.unit
        kept = change.kept
        if kept is None:
            (before,) = self._link.look_up(tenant, [(partition, change.field)])
            if before is None or before.call != change.call:
                return None
            assert isinstance(change.entry, Ended | NotPlaced)
            kept = follow(before, change.entry)
        epoch = self._states.epochs.get(change.unit, 0)
        value = encode_kept(kept)
        return Line(waiting.position, partition, change.what, epoch, change.field, change.call, value)

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

    def _restate(self, tenant: str, position: int) -> None:
        """Say everything again: Redis has lost what it had acknowledged after a position.

        Also of partitions that were lost or left, as long as nobody has taken
        them, and how calls ended whose contacts others hold: they have them in doubt.
        """
        for unit, epoch, contacts in self._states.remembered(tenant):
            again = self._link.restate(tenant, self._writer, position, unit[1], epoch, contacts.items())
            if again:
                continue
            was_held = unit in self._states.epochs
            self._states.leave(unit)
            if was_held:
                with suppress(NoActorSystem, pykka.ActorDeadError):
                    self._refused(unit)
        again_ended = [
            line for line in map(self._line, self._ends_after(position, tenant)) if line is not None
        ]
        for first in range(0, len(again_ended), MOST_AT_ONCE):
            lines = again_ended[first : first + MOST_AT_ONCE]
            self._link.ship(tenant, self._writer, position, lines)
            position = lines[-1].position
        self._known[tenant] = position

    def _ends_after(self, position: int, tenant: str) -> list[_Waiting]:
        """Find how calls ended after a position, as far as Redis has acknowledged it.

        What comes behind is written as ever, and must not be taken for written
        because of a later line that is.
        """
        known = self._known.get(tenant, 0)
        late = [
            (at, entry)
            for at, entry in takewhile(lambda one: one[0] <= known, self._unwritten(position))
            if isinstance(entry, Ended | NotPlaced)
        ]
        self._remember(entry for _, entry in late)
        changes = [(at, entry, self._states.change_by(entry)) for at, entry in late]
        return [
            _Waiting(at, change, Record(entry, None))
            for at, entry, change in changes
            if change is not None and change.unit[0] == tenant
        ]

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

    def _verify(self, tenant: str) -> None:
        known = self._known.get(tenant, 0)
        if known:
            position = self._link.position(tenant, self._writer)
            if position < known:
                self._restate(tenant, position)

    def _carry_out(self, order: Order) -> None:
        if isinstance(order, Do):
            done = order.run(self._link)
            self._call_back(lambda: order.answer(done))
        elif isinstance(order, Take):
            found = self._take(order)
            self._call_back(lambda: order.answer(found))
        elif isinstance(order, LookUp):
            seen = self._link.look_up(order.tenant, order.places)
            for (partition, field), one in zip(order.places, seen, strict=True):
                self._states.learn((order.tenant, partition), field, one)
            self._call_back(lambda: order.answer(seen))
        elif isinstance(order, Verify):
            self._verify(order.tenant)
        else:
            self._verify(order.unit[0])
            self._leave(order.unit)
            self._call_back(lambda: order.answer(order.unit))

    def _take(self, order: Take) -> Taken:
        tenant, found = order.tenant, Taken()
        while True:
            known = self._known.get(tenant, 0)
            taken = self._link.take(tenant, order.partitions, self._writer, known)
            if not isinstance(taken, Lost):
                break
            self._restate(tenant, taken.position)
        for partition, (epoch, kept) in taken.items():
            self._states.hold((tenant, partition), epoch, kept)
            found[partition] = {named_by(field): one for field, one in kept.items()}
        return found

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
            with suppress(NoActorSystem, pykka.ActorDeadError):
                self._refused(unit)
        if record.ref is not None:
            self._hand_back([Answer(record.ref, Failed(intent.call))])

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
