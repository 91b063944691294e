"""Rest a connection whose calls fail, and find out when it is well again.

Closed, it counts carrier faults among its last places; too many open it.
Open, it lets one probe through at a time, first after half a minute. Three
good ones in a row close it; a bad one doubles the rest, up to ten minutes.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TypeAlias

import msgspec

WINDOW_PLACES = 50
"""How many of the last places are looked at."""
LEAST_PLACES = 20
"""How many there must be before a rate says anything."""
FIRST_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 600.0
GOOD_PROBES = 3
"""How many good probes in a row close it."""


class BreakerState(str, Enum):
    """Whether calls go through: all, none, or one that finds out."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_CLOSED, _OPEN, _PROBING = BreakerState


class Opened(msgspec.Struct, frozen=True, gc=False):
    """It has opened: `faults` of the last `places` calls; a probe in `wait_seconds`."""

    faults: int
    places: int
    wait_seconds: float

    @property
    def why(self) -> str:
        """Say it in a line, for the log."""
        return f"{self.faults} of the last {self.places} calls failed; probe in {self.wait_seconds:g} s"


class Reopened(msgspec.Struct, frozen=True, gc=False):
    """A probe failed after `good_probes` good ones; the next in `wait_seconds`."""

    good_probes: int
    wait_seconds: float

    @property
    def why(self) -> str:
        """Say it in a line, for the log."""
        return f"probe failed after {self.good_probes} good; next probe in {self.wait_seconds:g} s"


class Followed(msgspec.Struct, frozen=True, gc=False):
    """Another daemon's has opened; a probe from here in `wait_seconds`."""

    node: str
    wait_seconds: float

    @property
    def why(self) -> str:
        """Say it in a line, for the log."""
        return f"opened by {self.node}; probe in {self.wait_seconds:g} s"


class Closed(msgspec.Struct, frozen=True, gc=False):
    """It has closed after so many good probes in a row."""

    good_probes: int

    @property
    def why(self) -> str:
        """Say it in a line, for the log."""
        return f"{self.good_probes} probes were good"


Transition: TypeAlias = Opened | Reopened | Closed


class Breaker:
    """One connection's breaker; `failure_rate` is a part of 1.

    `now` is in seconds of a clock that is never set back. A fault counts
    once a call, as soon as it is known: a call that has rung is none, even
    while it goes on; else long calls would be missing from the window.
    """

    __slots__ = (
        "_faults",
        "_good_probes",
        "_next_probe_at",
        "_outcomes",
        "_wait_seconds",
        "failure_rate",
        "state",
    )

    def __init__(self, failure_rate: float) -> None:
        self.failure_rate = failure_rate
        self.state = _CLOSED
        self._outcomes: deque[bool] = deque()
        self._faults = 0
        self._wait_seconds = FIRST_WAIT_SECONDS
        self._next_probe_at = 0.0
        self._good_probes = 0

    @property
    def is_closed(self) -> bool:
        return self.state is _CLOSED

    @property
    def next_probe_at(self) -> float | None:
        """When the next probe is due; None while closed or probing."""
        return self._next_probe_at if self.state is _OPEN else None

    def record(self, fault: bool, now: float) -> Opened | None:
        """Count what became of a call; no probe. Changes nothing unless closed."""
        if self.state is not _CLOSED:
            return None
        outcomes = self._outcomes
        if len(outcomes) == WINDOW_PLACES:
            self._faults -= outcomes.popleft()
        outcomes.append(fault)
        self._faults += fault
        places = len(outcomes)
        if places < LEAST_PLACES or self._faults / places < self.failure_rate:
            return None
        opened = Opened(self._faults, places, self._wait_seconds)
        self._open(now)
        return opened

    def follow(self, node: str, now: float) -> Followed:
        """Open because another daemon's has: the carrier is the same."""
        self._open(now)
        return Followed(node, self._wait_seconds)

    def probe_due(self, now: float) -> bool:
        """Tell whether a probe may be taken."""
        return self.state is _OPEN and now >= self._next_probe_at

    def take_probe(self) -> None:
        """Let one probe through; there is never a second beside it."""
        if self.state is not _OPEN:
            raise ValueError(f"no probe while {self.state.value}")
        self.state = _PROBING

    def return_probe(self) -> None:
        """Take back a probe that was not placed; it stays due."""
        if self.state is not _PROBING:
            raise ValueError(f"no probe is out while {self.state.value}")
        self.state = _OPEN

    def probe_result(self, good: bool, now: float) -> Closed | Reopened | None:
        """Count a probe: good is one that rang or ended without a carrier fault.

        None where the next probe follows at once.
        """
        if self.state is not _PROBING:
            raise ValueError(f"no probe is out while {self.state.value}")
        if not good:
            reopened = Reopened(self._good_probes, min(2 * self._wait_seconds, LONGEST_WAIT_SECONDS))
            self._wait_seconds = reopened.wait_seconds
            self._open(now)
            return reopened
        self._good_probes += 1
        if self._good_probes < GOOD_PROBES:
            self.state = _OPEN
            self._next_probe_at = now
            return None
        self.state = _CLOSED
        self._outcomes.clear()
        self._faults = 0
        self._wait_seconds = FIRST_WAIT_SECONDS
        return Closed(self._good_probes)

    def _open(self, now: float) -> None:
        self.state = _OPEN
        self._next_probe_at = now + self._wait_seconds
        self._good_probes = 0
