"""A carrier for many daemons, which counts what is up under every limit."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from random import Random

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.kernel import ActorSystem

WINDOW_SECONDS = 1.0


class Arbiter:
    """Counts calls from all daemons by kind and name of a limit, and notes what is above one.

    `limits` are by kind and name, as a resource has them; `rate` is that of
    the one connection that has a call rate.
    """

    def __init__(
        self,
        system: ActorSystem,
        limits: Mapping[tuple[str, str], int],
        random: Random,
        talk_seconds: tuple[float, float] = (2.0, 20.0),
    ) -> None:
        self.system = system
        self.limits = dict(limits)
        self.up: Counter[tuple[str, str]] = Counter()
        self.most: Counter[tuple[str, str]] = Counter()
        self.placed: Counter[str] = Counter()
        self.requests: list[CallRequest] = []
        self.violations: list[str] = []
        self.late: list[CallRequest] = []
        self._random = random
        self._talk_seconds = talk_seconds
        self._seconds: dict[str, deque[float]] = {}
        self._free_since: dict[tuple[str, str], float] = {}
        self.idled: list[tuple[float, float]] = []
        """When, and for how long, a slot of a limit was free before a call took it."""

    def line(self, daemon: str) -> ArbiterLine:
        """Give a daemon a line to it."""
        return ArbiterLine(self, daemon)

    def place(self, daemon: str, request: CallRequest, report: Report) -> None:
        """Take a call up, which ends by itself."""
        now = self.system.clock.time()
        if now > request.not_after:
            self.late.append(request)
        self.requests.append(request)
        self.placed[daemon] += 1
        for limit in _limits_of(request):
            self.up[limit] += 1
            self.most[limit] = max(self.most[limit], self.up[limit])
            if limit in self.limits:
                free_since = self._free_since.get(limit, now)
                if self.up[limit] == self.limits[limit]:
                    self.idled.append((now, now - free_since))
            if self.up[limit] > self.limits.get(limit, 10**9):
                self.violations.append(f"{self.up[limit]} calls on {limit} at {now}")
        self._count_rate(request.connection, now)
        self.system.call_later(self._random.uniform(*self._talk_seconds), lambda: self._end(request, report))

    def _count_rate(self, connection: str, now: float) -> None:
        starts = self._seconds.setdefault(connection, deque())
        while starts and starts[0] + WINDOW_SECONDS <= now:
            starts.popleft()
        starts.append(now)
        if len(starts) > self.limits.get(("rate", connection), 10**9):
            self.violations.append(f"{len(starts)} calls in a second on {connection} at {now}")

    def _end(self, request: CallRequest, report: Report) -> None:
        for limit in _limits_of(request):
            if self.up[limit] == self.limits.get(limit):
                self._free_since[limit] = self.system.clock.time()
            self.up[limit] -= 1
        report(CallEvent(request.call, CallProgress.ANSWERED))
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.ANSWERED, None, 0.0, 0.0))


class ArbiterLine:
    """One daemon's way to the arbiter."""

    def __init__(self, arbiter: Arbiter, daemon: str) -> None:
        self._arbiter = arbiter
        self._daemon = daemon

    def place(self, request: CallRequest, report: Report) -> None:
        self._arbiter.place(self._daemon, request, report)

    def hang_up(self, call: CallId) -> None:
        """Do nothing: every call ends by itself."""


def _limits_of(request: CallRequest) -> Iterator[tuple[str, str]]:
    yield "connection", request.connection
    yield "tenant", request.tenant
    yield "campaign", request.campaign
    yield "number", request.number
