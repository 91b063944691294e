"""Eight daemons and ten slots: everybody gets its turn, and no slot idles for long."""

from __future__ import annotations

from collections import Counter
from random import Random

from runtime.ledger.holder import Holder
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Terms
from tests.runtime.ledger.embedded import Server

SLOTS, DAEMONS, STEP = 10, 8, 0.05
EAST = Resource(Kind.CONNECTION, "east")


class Dialer:
    """A daemon that always has work for more slots than there are, or for a while."""

    def __init__(self, name: str, random: Random) -> None:
        self.holder = Holder(EAST, name, 1, Terms(10.0, 75.0, 0.0), SLOTS)
        self.random = random
        self.calls: list[float] = []
        self.placed = 0

    def uses(self) -> int:
        return len(self.calls)

    def dial(self, now: float, backlog: int) -> None:
        """End what is over, and begin what may be begun."""
        self.calls = [end for end in self.calls if end > now]
        allowed = self.holder.keeps(self.uses(), backlog) if now < self.holder.deadline else 0
        while backlog and self.uses() < allowed:
            self.calls.append(now + self.random.uniform(1.0, 6.0))
            self.placed += 1
            backlog -= 1

    def renew(self, server: Server, now: float, wants: int) -> None:
        """State itself when that is due; the answer comes at once."""
        if self.holder.due(self.uses(), wants) <= now:
            self.holder.hear(server.state("test", self.holder.state(now, self.uses(), wants)), now)


def dial_for(seconds: float, backlogs: list[int]) -> tuple[Counter[str], float]:
    """Let all dial; each one's calls, and the longest time that a slot lay idle."""
    server, random = Server(), Random(3)
    dialers = [Dialer(f"n{place}", random) for place in range(DAEMONS)]
    now, idle_since, longest, began = 0.0, None, 0.0, 15.0
    while now < began + seconds:
        for dialer, backlog in zip(dialers, backlogs, strict=True):
            dialer.dial(now, backlog)
            dialer.renew(server, now, max(0, backlog - dialer.uses()))
        idle = sum(dialer.uses() for dialer in dialers) < SLOTS
        if not idle or now < began:
            idle_since = None
        elif idle_since is None:
            idle_since = now
        else:
            longest = max(longest, now - idle_since)
        now += STEP
    return Counter({dialer.holder.node: dialer.placed for dialer in dialers}), longest


def test_nobody_starves_where_all_want_everything() -> None:
    calls, _ = dial_for(150, [SLOTS] * DAEMONS)

    assert len(calls) == DAEMONS
    assert min(calls.values()) > 0.6 * max(calls.values())


def test_no_slot_idles_for_more_than_two_seconds_while_somebody_has_work() -> None:
    _, longest = dial_for(150, [SLOTS] * DAEMONS)

    assert longest <= 2.0


def test_what_some_leave_the_others_get() -> None:
    calls, longest = dial_for(120, [SLOTS, SLOTS, 0, 0, 0, 0, 0, 1])

    assert longest <= 2.0
    assert min(calls["n0"], calls["n1"]) > 2 * calls["n7"] > 0


def test_fewer_slots_than_daemons_go_round() -> None:
    server, random = Server(), Random(5)
    dialers = [Dialer(f"n{place}", random) for place in range(DAEMONS)]
    for dialer in dialers:
        dialer.holder.limit = 2
    now = 0.0
    while now < 300:
        for dialer in dialers:
            dialer.dial(now, 5)
            dialer.renew(server, now, max(0, 5 - dialer.uses()))
        now += STEP

    assert min(dialer.placed for dialer in dialers) > 0.3 * max(dialer.placed for dialer in dialers)
