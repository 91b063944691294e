"""What one seed means: a configuration, its people, its faults, its operator.

A plan is data. It is drawn from an integer, but kept as a file in the corpus:
an integer means something else after the next change of this code, a plan
doesn't. Times are virtual seconds from the start of the first life.
"""

from __future__ import annotations

from typing import Any

import msgspec


class People(msgspec.Struct, frozen=True, kw_only=True):
    """How those who are called take it; rates of attempts, seconds are means."""

    answer: float = 0.3
    voicemail: float = 0.2
    busy: float = 0.05
    reject: float = 0.05
    fail_fast: float = 0.0
    """Lost by the carrier before it rang."""
    fail_late: float = 0.0
    callback: float = 0.1
    """Share of the answered calls that ask to be called again."""
    ring_seconds: float = 10.0
    talk_seconds: float = 40.0


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """A connection's carrier is away; `raises` tells how it says so."""

    connection: str
    start: float
    seconds: float
    raises: bool = False


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier does wrong until the plan heals; rates of events and calls."""

    lose: float = 0.0
    late: float = 0.0
    duplicate: float = 0.0
    place_raises: float = 0.0
    hang_up_raises: float = 0.0
    slow_setup: float = 0.0
    stray: float = 0.0
    """An event about a call that ended long ago, or that nobody ever placed."""
    forgets: float = 0.0
    """Share of what it would tell a dead engine that the next one never hears."""
    outages: tuple[Outage, ...] = ()
    actor_crashes: tuple[int, ...] = ()
    """Message counts at which whatever actor is to handle the message fails."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator or the application does at a time."""

    at: float
    kind: str
    name: str
    campaign: str | None = None
    value: int = 0


class Crash(msgspec.Struct, frozen=True, kw_only=True):
    """How one life of the engine ends, and how long until the next begins.

    `where` is message (after `count` messages), durable (between the
    `count`th batch's sync and its acknowledgement), written (between its write
    and its sync), placed (right after the
    `count`th call was placed), recovering (`count` messages into the life,
    when it has just begun), asked (SIGTERM after `count` messages).
    """

    where: str
    count: int
    down_seconds: float


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal's disk does wrong until the plan heals; rates of batches."""

    latency_seconds: float = 0.0
    batch_seconds: float = 0.0
    """How long a batch is kept open for others to join."""
    fail: float = 0.0
    """A commit that fails and is not there."""
    fail_but_there: float = 0.0
    """A commit that fails and is there."""
    away: tuple[tuple[float, float], ...] = ()
    """Spans (start, seconds) in which nothing can be written."""
    full: tuple[tuple[float, float], ...] = ()
    tail: float = 0.0
    """Share of the unsynced batches that a crash image keeps, in order."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is decided beforehand about one simulated campaign.

    `luck` keys what is drawn for each call. `tables` is the configuration as
    a file would hold it, contacts files aside; `contacts` are each
    campaign's rows: id, phone, timezone.
    """

    luck: str
    tables: dict[str, Any]
    contacts: dict[str, list[tuple[str, str, str]]]
    people: People
    faults: Faults
    actions: tuple[Action, ...]
    crashes: tuple[Crash, ...]
    disk: Disk
    heals_at: float
    report_seconds: float = 21600.0
