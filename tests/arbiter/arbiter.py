"""Judges calls as their carrier sees them, whoever places them.

It shares no code with the engine. A call that would pass a limit is refused
and kept as wrong; one that comes after its `not_after` is refused, too, and
kept apart. What is up is counted for each connection, tenant, campaign and
number, for each contact and each phone number of a tenant, and the starts of
each second for each connection.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

UNLIMITED = 1_000_000_000
PLACED_WITHIN = 10.0
"""Seconds from a call's intent to its `not_after`, as DESIGN has it."""

ON_THE_WAY = 0.25
"""A call that came longer after its intent isn't held against a rate, but counted as slow."""


@dataclass(frozen=True)
class Limits:
    """At most so many; what isn't named is unlimited.

    `at_once` is by "connection east", "tenant acme", "campaign acme/spring"
    and "number +1…"; `a_second` by connection, `in_all` by number,
    `attempts` of each contact.
    """

    at_once: dict[str, int] = field(default_factory=dict)
    a_second: dict[str, int] = field(default_factory=dict)
    in_all: dict[str, int] = field(default_factory=dict)
    attempts: int = UNLIMITED


@dataclass(frozen=True)
class Request:
    """A call as it is asked for; times are seconds since the epoch."""

    call: str
    daemon: str
    tenant: str
    campaign: str
    contact: str
    to: str
    number: str
    connection: str
    not_after: float
    max_ring_seconds: float
    max_call_seconds: float

    @property
    def counted_as(self) -> list[str]:
        """Name the counts that the call is in while it is up."""
        return [
            f"connection {self.connection}",
            f"tenant {self.tenant}",
            f"campaign {self.tenant}/{self.campaign}",
            f"number {self.number}",
            f"contact {self.tenant}/{self.campaign}/{self.contact}",
            f"phone {self.tenant}/{self.to}",
        ]


@dataclass
class Report:
    """What was seen so far; `longest_idle` is in seconds, by what has a limit."""

    placed: int = 0
    ended: int = 0
    up: int = 0
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slow: int = 0
    peaks: dict[str, int] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    by_daemon: dict[str, int] = field(default_factory=dict)
    longest_idle: dict[str, float] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)


class Arbiter:
    """The calls that are up, and what was wrong about those that were placed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.up: dict[str, Request] = {}
        self._seen: set[str] = set()
        self._in_use: Counter[str] = Counter()
        self._peaks: Counter[str] = Counter()
        self._tried: Counter[str] = Counter()
        self._dialed: Counter[str] = Counter()
        self._by_daemon: Counter[str] = Counter()
        self._starts: dict[str, deque[float]] = {}
        self._idle_since: dict[str, float] = {}
        self._longest_idle: dict[str, float] = {}
        self._report = Report()

    def place(self, request: Request, now: float) -> str | None:
        """Take a call; says why it is refused, None if it is up now."""
        if request.call in self._seen:
            return self._wrong(f"call {request.call} was placed twice")
        self._seen.add(request.call)
        if now > request.not_after:
            self._report.late.append(request.call)
            return "not_after"
        why = self._above(request, now)
        contact = request.counted_as[4]
        self._tried[contact] += 1
        self._report.placed += 1
        self._report.calls.append(request.call)
        self._by_daemon[request.daemon] += 1
        self._dialed[request.number] += 1
        if why is not None:
            return self._wrong(f"{request.daemon}: {why}")
        self.up[request.call] = request
        for name in request.counted_as:
            self._in_use[name] += 1
            self._peaks[name] = max(self._peaks[name], self._in_use[name])
            if self._in_use[name] == self.limits.at_once.get(name):
                self._note_idle(name, now)
        return None

    def end(self, call: str, now: float) -> Request | None:
        """Note that a call is over; None where it wasn't up."""
        request = self.up.pop(call, None)
        if request is None:
            return None
        self._report.ended += 1
        for name in request.counted_as:
            if self._in_use[name] == self.limits.at_once.get(name):
                self._idle_since[name] = now
            self._in_use[name] -= 1
            if not self._in_use[name]:
                del self._in_use[name]
        return request

    def report(self) -> dict[str, Any]:
        """Give what was seen so far."""
        report = self._report
        report.up = len(self.up)
        report.peaks = {name: count for name, count in self._peaks.items() if name in self.limits.at_once}
        report.tried = dict(self._tried)
        report.by_daemon = dict(self._by_daemon)
        report.longest_idle = dict(self._longest_idle)
        return asdict(report)

    def _wrong(self, what: str) -> str:
        self._report.wrong.append(what)
        return "wrong"

    def _note_idle(self, name: str, now: float) -> None:
        idle = now - self._idle_since.pop(name, now)
        self._longest_idle[name] = max(self._longest_idle.get(name, 0.0), idle)

    def _above(self, request: Request, now: float) -> str | None:
        """Name the first limit that the call passes."""
        for name in request.counted_as:
            alone = name.startswith(("contact ", "phone "))
            limit = 1 if alone else self.limits.at_once.get(name, UNLIMITED)
            if self._in_use[name] + 1 > limit:
                return f"{self._in_use[name] + 1} calls at once of {name}, allowed are {limit}"
        if self._tried[request.counted_as[4]] + 1 > self.limits.attempts:
            return f"attempt {self._tried[request.counted_as[4]] + 1} of {request.counted_as[4]}"
        in_all = self.limits.in_all.get(request.number, UNLIMITED)
        if self._dialed[request.number] + 1 > in_all:
            return f"{self._dialed[request.number] + 1} calls from {request.number}, allowed are {in_all}"
        return self._too_fast(request, now)

    def _too_fast(self, request: Request, now: float) -> str | None:
        """Judge a connection's call rate.

        What is a second apart where it is placed, and takes at most
        `ON_THE_WAY` to here, is the rest of a second apart here.
        """
        limit = self.limits.a_second.get(request.connection)
        if limit is None:
            return None
        if now - (request.not_after - PLACED_WITHIN) > ON_THE_WAY:
            self._report.slow += 1
            return None
        starts = self._starts.setdefault(request.connection, deque())
        while starts and now - starts[0] >= 1 - ON_THE_WAY:
            starts.popleft()
        starts.append(now)
        if len(starts) > limit:
            return f"{len(starts)} calls in a second on {request.connection}, allowed are {limit}"
        return None
