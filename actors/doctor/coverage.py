"""Tell when the pool doesn't fit its audience or its connections."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

import msgspec

from actors.doctor.lasting import Lasting

LEAST_CALLS = 200
"""Calls of a campaign before its audience is judged."""

LEAST_SHARE = 0.05
"""The share of the calls from which on a country is worth a number of its own."""

BINDING_SECONDS = 540.0
"""How long a cap binds, or a country waits, before it is worth saying; and is gone before it is over."""

LEAST_WAITING = 20
"""Contacts of a country that wait, before its slots are called too few."""

FAR_TOO_FEW_SECONDS, FAR_TOO_FEW_SHARE = 1800.0, 0.25
"""How long they will wait at their pace, at least, and as a share of the campaign so far."""

LEAKED = 2
"""Slots that may differ between the engine's count and the carrier's."""

LEAKING_SECONDS, MENDED_SECONDS = 120.0, 300.0
FULL_SECONDS, ROOM_SECONDS = 60.0, 600.0
"""How long a connection is full before it counts as the limit, and has room before it doesn't."""


class ThinCoverage(msgspec.Struct, frozen=True):
    """A country without a number (`no_number`) or with far too few slots (`few_slots`).

    `seconds_left` is how long those who wait will take at the pace of late;
    None where that isn't known.
    """

    cause: str
    country: str
    contacts: int
    share: float
    seconds_left: float | None = None


class CapBinds(msgspec.Struct, frozen=True):
    """A cap below what the connections carry keeps contacts waiting."""

    cap: str
    limit: int
    raw: int
    waiting: int


class Leaking(msgspec.Struct, frozen=True):
    """The engine counts more calls on a connection than its carrier has up; None where it doesn't say now."""

    connection: str
    in_use: int
    carrier: int | None


class Audience:
    """The calls to each country, and whether a number of its own has made any."""

    __slots__ = ("_matched", "calls")

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self._matched: set[str] = set()

    def hear(self, region: str, *, matched: bool, calls: int = 1) -> None:
        """Count calls to a country, some from a number of its own or none."""
        self.calls[region] = self.calls.get(region, 0) + calls
        if matched:
            self._matched.add(region)

    def uncovered(self, covered: frozenset[str], said: Container[str] = ()) -> list[ThinCoverage]:
        """List the countries that matter and have no number in the pool.

        One that was `said` stays until it has one, whatever its share becomes.
        """
        total = sum(self.calls.values())
        if total < LEAST_CALLS:
            return []
        return [
            ThinCoverage("no_number", region, calls, round(calls / total, 4))
            for region, calls in sorted(self.calls.items())
            if region not in covered
            and (region in said or (calls >= LEAST_SHARE * total and region not in self._matched))
        ]


class _Short:
    """A country whose contacts wait: since when, and how many calls it had had by then."""

    __slots__ = ("calls", "lasting", "said", "since")

    def __init__(self, at: float, calls: int) -> None:
        self.lasting = Lasting(BINDING_SECONDS, BINDING_SECONDS)
        self.since = at
        self.calls = calls
        self.said = False


class CapacityWatch:
    """What the pool's capacity tells, report by report. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._bound: dict[str, Lasting] = {}
        self._short: dict[str, _Short] = {}
        self._leaking: dict[str, Lasting] = {}
        self._full: dict[str, Lasting] = {}

    def binding(
        self, at: float, binds_now: str, limits: Mapping[str, int | None], raw: int, waiting: int
    ) -> list[CapBinds]:
        """List the caps that have bound for ten minutes while contacts waited.

        While nobody waits nothing is known of it: what bound goes on.
        """
        found = []
        for cap, limit in limits.items():
            lasting = self._bound.setdefault(cap, Lasting(BINDING_SECONDS, BINDING_SECONDS))
            if waiting:
                lasting.look(at, cap == binds_now and limit is not None and limit < raw)
            if lasting.lasts and limit is not None:
                found.append(CapBinds(cap, limit, raw, waiting))
        return found

    def thin(
        self,
        at: float,
        waiting: Mapping[str, int],
        calls: Mapping[str, int],
        *,
        available: int,
        covered: frozenset[str],
    ) -> list[ThinCoverage]:
        """List the countries whose contacts wait, and will for long, while slots are free elsewhere.

        `calls` are each country's so far.
        """
        if self._began is None:
            self._began = at
        total = sum(waiting.values())
        found = []
        for region in sorted({*self._short, *waiting}):
            count = waiting.get(region, 0)
            holds = available > 0 and count >= LEAST_WAITING and region in covered
            short = self._short.get(region)
            if short is None:
                if not holds:
                    continue
                short = self._short[region] = _Short(at, calls.get(region, 0))
            lasts = short.lasting.look(at, holds)
            if not lasts and not holds:
                del self._short[region]
                continue
            if not lasts:
                continue
            pace = (calls.get(region, 0) - short.calls) / (at - short.since)
            left = count / pace if pace else None
            long = FAR_TOO_FEW_SHARE * (at - self._began)
            if short.said or left is None or left >= max(FAR_TOO_FEW_SECONDS, long):
                short.said = True
                share = round(count / total, 4) if total else 0.0
                left = None if left is None else round(left, 1)
                found.append(ThinCoverage("few_slots", region, count, share, left))
        return found

    def leaking(self, at: float, connections: Sequence[Mapping[str, Any]]) -> list[Leaking]:
        """List the connections on which the engine counts calls that the carrier hasn't up."""
        found = []
        for row in connections:
            name, carrier = row["connection"], row.get("carrier_in_use")
            lasting = self._leaking.setdefault(name, Lasting(LEAKING_SECONDS, MENDED_SECONDS))
            if carrier is not None:
                lasting.look(at, row["in_use"] - carrier > max(LEAKED, row["limit"] // 20))
            # While the carrier doesn't say, nothing is known of it: what leaked goes on.
            if lasting.lasts:
                found.append(Leaking(name, row["in_use"], carrier))
        return found

    def full(self, at: float, connections: Sequence[Mapping[str, Any]]) -> None:
        """Take in which connections have no slot free."""
        for row in connections:
            lasting = self._full.setdefault(row["connection"], Lasting(FULL_SECONDS, ROOM_SECONDS))
            lasting.look(at, row["in_use"] >= row["limit"])

    def is_full(self, connection: str) -> bool:
        """Tell whether a connection is the limit: full, but for moments."""
        lasting = self._full.get(connection)
        return lasting is not None and lasting.lasts
