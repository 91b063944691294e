"""Decide when a change is in force at all daemons: pure.

It is when each that is live has confirmed it. One that doesn't state itself
for a whole lease, by the clock of whoever waits, places no call any more: it
has lapsed, and hears of the change before it dials again.

A ledger that is new, or has lost its data, may not know all that are live:
these state themselves within a lease.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SLACK = 1.05
"""Clocks may differ by so much in rate."""

_GENERATION, _LEARNING, _LIFE = 0, 1, 8
"""Where these stand in the ledger's head; see runtime/ledger/script.lua."""

_VERSION, _LEASE, _REMAINING, _TOLD = 0, 5, 12, 15
"""Where these stand in a daemon's record."""


class Record(msgspec.Struct, frozen=True):
    """What the ledger knows of a daemon: how often it has stated itself, and what it has carried out."""

    version: int
    lease_seconds: float
    lapsed: bool
    told: int


class Known(msgspec.Struct, frozen=True):
    """What the ledger knows of all daemons.

    `since` names the loss after which it knows this. `complete` says that it
    knows all that are live.
    """

    since: str
    complete: bool
    records: dict[str, Record]


def read_record(line: bytes) -> Record:
    """Read a daemon's record."""
    words = line.split()
    lapsed = int(words[_REMAINING]) >= 0
    return Record(int(words[_VERSION]), int(words[_LEASE]) / 1000, lapsed, int(words[_TOLD]))


def read_ledger(fields: Mapping[bytes, bytes], life: str) -> Known:
    """Read all daemons' records from the ledger of a server in this life."""
    head = fields.get(b"#", b"").decode().split()
    complete = bool(head) and head[_LIFE] == life and head[_LEARNING] == "0"
    since = f"{life} {head[_GENERATION] if head else ''}"
    records = {field[1:].decode(): read_record(line) for field, line in fields.items() if field[:1] == b"="}
    return Known(since, complete, records)


class Awaiting:
    """Who has yet to confirm a change.

    The version is that of the change, the lease that of the daemons, in
    seconds.
    """

    def __init__(self, version: int, lease: float) -> None:
        self.version = version
        self.confirmed: set[str] = set()
        self.lapsed: set[str] = set()
        self.incomplete = False
        """Whether somebody who is live may not have stated itself yet."""
        self._lease = lease
        self._since: tuple[str, float] | None = None
        self._seen: dict[str, tuple[int, float]] = {}

    def see(self, known: Known, now: float) -> list[str]:
        """Look at what the ledger knows; returns the daemons that are still waited for."""
        if self._since is None or self._since[0] != known.since:
            self._since = known.since, now
        records = known.records
        lease = max([self._lease, *(one.lease_seconds for one in records.values())])
        self.incomplete = not known.complete and now - self._since[1] <= lease * SLACK
        self.confirmed = {name for name, one in records.items() if one.told >= self.version}
        self.lapsed = {name for name, one in records.items() if self._has_lapsed(name, one, now)}
        return sorted(records.keys() - self.confirmed - self.lapsed)

    def _has_lapsed(self, name: str, record: Record, now: float) -> bool:
        version, since = self._seen.get(name, (-1, now))
        if version != record.version:
            since = now
            self._seen[name] = (record.version, now)
        return record.lapsed or now - since > record.lease_seconds * SLACK
