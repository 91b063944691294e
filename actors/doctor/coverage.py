"""Tell when the pool doesn't fit its audience or its connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

LEAST_CALLS = 200
"""Calls of a campaign before its audience is judged."""

LEAST_SHARE = 0.05
"""The share of the calls from which on a country is worth a number of its own."""

MINUTES = 10
"""Minutes in a row after which what binds is worth saying."""

LEAST_WAITING = 20
"""Contacts of a country that wait, before its slots are called too few."""

LEAKED = 2
"""Slots that may differ between the engine's count and the carrier's."""

LEAK_MINUTES = 3


class ThinCoverage(msgspec.Struct, frozen=True):
    """A country without a number (`no_number`) or with too few slots (`few_slots`)."""

    cause: str
    country: str
    contacts: int
    share: float


class CapBinds(msgspec.Struct, frozen=True):
    """A cap below what the connections carry keeps contacts waiting."""

    cap: str
    limit: int
    raw: int
    waiting: int


class Leaking(msgspec.Struct, frozen=True):
    """The engine counts more calls on a connection than its carrier has up."""

    connection: str
    in_use: int
    carrier: int


class Audience:
    """The calls of each country, and how many of them matched a number of it."""

    __slots__ = ("_calls", "_matched")

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._matched: set[str] = set()

    def hear(self, region: str, *, matched: bool) -> None:
        """Count a call to a country, from one of its numbers or not."""
        calls = self._calls
        calls[region] = calls.get(region, 0) + 1
        if matched:
            self._matched.add(region)

    def uncovered(self, covered: frozenset[str]) -> list[ThinCoverage]:
        """List the countries that matter and have no number in the pool."""
        total = sum(self._calls.values())
        if total < LEAST_CALLS:
            return []
        return [
            ThinCoverage("no_number", region, calls, round(calls / total, 4))
            for region, calls in sorted(self._calls.items())
            if region not in covered and calls >= LEAST_SHARE * total and region not in self._matched
        ]


class CapacityWatch:
    """What the pool's capacity tells, minute by minute."""

    def __init__(self) -> None:
        self._bound = 0
        self._thin: dict[str, int] = {}
        self._leaking: dict[str, int] = {}

    def binding(
        self, binds_now: str, limits: Mapping[str, int | None], raw: int, waiting: int
    ) -> CapBinds | None:
        """Say that a cap has bound for `MINUTES` while contacts waited."""
        limit = limits.get(binds_now)
        if limit is None or not waiting or limit >= raw:
            self._bound = 0
            return None
        self._bound += 1
        return CapBinds(binds_now, limit, raw, waiting) if self._bound >= MINUTES else None

    def thin(
        self, waiting: Mapping[str, int], *, available: int, covered: frozenset[str]
    ) -> list[ThinCoverage]:
        """List the countries whose contacts wait while slots are free elsewhere."""
        total = sum(waiting.values())
        found = []
        for region in sorted({*self._thin, *waiting}):
            count = waiting.get(region, 0)
            short = available > 0 and count >= LEAST_WAITING and region in covered
            minutes = self._thin.get(region, 0) + 1 if short else 0
            if minutes:
                self._thin[region] = minutes
            else:
                self._thin.pop(region, None)
            if minutes >= MINUTES:
                found.append(ThinCoverage("few_slots", region, count, round(count / total, 4)))
        return found

    def leaking(self, connections: Sequence[Mapping[str, Any]]) -> list[Leaking]:
        """List the connections on which the engine counts calls that the carrier hasn't up."""
        found = []
        for row in connections:
            name, carrier = row["connection"], row.get("carrier_in_use")
            if carrier is None or row["in_use"] - carrier <= max(LEAKED, row["limit"] // 20):
                self._leaking[name] = 0
                continue
            minutes = self._leaking[name] = self._leaking.get(name, 0) + 1
            if minutes >= LEAK_MINUTES:
                found.append(Leaking(name, row["in_use"], carrier))
        return found
