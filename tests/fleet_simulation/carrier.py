"""The carrier: takes calls, outlives all daemons, and judges every limit."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from random import Random

from runtime.ledger.resource import Kind
from tests.fleet_simulation.happened import Happened
from tests.fleet_simulation.loop import Loop
from tests.fleet_simulation.plan import COUNTED, DAY, LEASE, MAX_CALL, MAX_RING, NOT_AFTER, Plan
from tests.fleet_simulation.violations import Violation


@dataclass(frozen=True)
class Call:
    """One attempt, as the carrier is asked for it."""

    id: str
    node: str
    contact: int
    unit: int
    not_after: float


@dataclass
class LimitsInForce:
    """A limit as the ledger has it, with what it was of late."""

    changes: list[tuple[float, int]]
    learning_since: float = 0.0
    learning_until: float = 0.0

    def allowed(self, now: float) -> int:
        """Give the highest limit that a daemon may still go by."""
        since = now - LEASE - NOT_AFTER
        if since <= self.learning_until:
            since = min(since, self.learning_since - LEASE - NOT_AFTER)
        current = [limit for at, limit in self.changes if at <= since][-1:]
        return max([*current, *(limit for at, limit in self.changes if at > since)])


@dataclass
class Carrier:
    """Calls up, and those that are over."""

    loop: Loop
    random: Random
    plan: Plan
    happened: Happened
    limits: dict[Kind, LimitsInForce]
    up: dict[str, Call] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    on_unit: dict[int, list[Call]] = field(default_factory=dict)
    talking_to: set[int] = field(default_factory=set)
    starts: deque[float] = field(default_factory=deque)
    of_day: Counter[int] = field(default_factory=Counter)
    spared_days: set[int] = field(default_factory=set)
    by_node: Counter[str] = field(default_factory=Counter)
    last_day: dict[str, int] = field(default_factory=dict)

    def place(self, call: Call) -> bool:
        """Take a call, or refuse one that comes too late; judge what is up then."""
        now = self.loop.now
        if call.id in self.up or call.id in self.over:
            raise Violation("one attempt was placed twice")
        if now > call.not_after:
            self.over.add(call.id)
            self.happened("a call came after its not_after")
            return False
        self.up[call.id] = call
        self.by_node[call.node] += 1
        self.last_day[call.node] = int(now // DAY) + 1
        self._judge(call, now)
        ring = self.random.uniform(0, MAX_RING)
        talk = (
            MAX_CALL if self.random.random() < self.plan.long_calls else self.random.uniform(0, MAX_CALL / 2)
        )
        self.loop.after(ring + talk, self.end, call.id)
        return True

    def end(self, call_id: str) -> None:
        """Let a call end; what its daemon makes of it is not the carrier's business."""
        call = self.up.pop(call_id, None)
        if call is None:
            return
        self.over.add(call_id)
        self.by_node[call.node] -= 1
        self.talking_to.discard(call.contact)
        self.on_unit[call.unit].remove(call)

    def _judge(self, call: Call, now: float) -> None:
        for kind, limit in self.limits.items():
            if kind in COUNTED and len(self.up) > limit.allowed(now):
                raise Violation(
                    f"1: {len(self.up)} calls up, the {kind.value}'s limit is {limit.allowed(now)}"
                )
        if Kind.RATE in self.limits:
            while self.starts and self.starts[0] <= now - 1:
                self.starts.popleft()
            self.starts.append(now)
            if len(self.starts) > self.limits[Kind.RATE].allowed(now):
                raise Violation(f"3: {len(self.starts)} calls placed within a second")
        if Kind.DAY in self.limits:
            day = int(now // DAY) + 1
            self.of_day[day] += 1
            if self.of_day[day] > self.limits[Kind.DAY].allowed(now) and day not in self.spared_days:
                raise Violation(f"3: {self.of_day[day]} calls placed on day {day}")
        if call.contact in self.talking_to:
            raise Violation(f"4: contact {call.contact} is called twice at once")
        self.talking_to.add(call.contact)
        others = self.on_unit.setdefault(call.unit, [])
        if Kind.PARTITIONS in self.limits and any(other.node != call.node for other in others):
            raise Violation(f"4: two daemons call on partition {call.unit}")
        others.append(call)
