"""Decide when a change is in force at all daemons: pure.

It is when each that is live has confirmed it. One that doesn't state itself
for a whole lease, by the clock of whoever waits, places no call any more: it
has lapsed, and hears of the change before it dials again.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SLACK = 1.05
"""Clocks may differ by so much in rate."""

_VERSION, _LEASE, _REMAINING, _TOLD = 0, 5, 12, 15
"""Where these stand in a daemon's record in the ledger; see runtime/ledger/script.lua."""


class Record(msgspec.Struct, frozen=True):
    """What the ledger knows of a daemon: how often it has stated itself, and what it has carried out."""

    version: int
    lease_seconds: float
    lapsed: bool
    told: int


def read_record(line: bytes) -> Record:
    """Read a daemon's record."""
    words = line.split()
    lapsed = int(words[_REMAINING]) >= 0
    return Record(int(words[_VERSION]), int(words[_LEASE]) / 1000, lapsed, int(words[_TOLD]))


class Awaiting:
    """Who has yet to confirm a change; the version is that of the change."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.confirmed: set[str] = set()
        self.lapsed: set[str] = set()
        self._seen: dict[str, tuple[int, float]] = {}

    def see(self, records: Mapping[str, Record], now: float) -> list[str]:
        """Look at the ledger's records; returns the daemons that are still waited for."""
        self.confirmed = {name for name, one in records.items() if one.told >= self.version}
        self.lapsed = {name for name, one in records.items() if self._has_lapsed(name, one, now)}
        return sorted(records.keys() - self.confirmed - self.lapsed)

    def _has_lapsed(self, name: str, record: Record, now: float) -> bool:
        version, since = self._seen.get(name, (-1, now))
        if version != record.version:
            since = now
            self._seen[name] = (record.version, now)
        return record.lapsed or now - since > record.lease_seconds * SLACK
