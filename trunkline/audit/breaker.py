"""A connection's breaker, followed from ends, probes and what is logged of it."""

from __future__ import annotations

from collections import deque
from math import inf

from trunkline.audit.limits import SHORTLY_SECONDS

WINDOW = 50
LEAST = 20
FIRST_REST_SECONDS = 30.0
LONGEST_REST_SECONDS = 600.0
GOOD_PROBES = 3


class Breaker:
    """What is known of one breaker; `failure_rate` is a part of 1."""

    def __init__(self, failure_rate: float) -> None:
        self.failure_rate = failure_rate
        self.opened = False
        self.ripe_at: float | None = None
        """Since when it should be open; None while it need not."""
        self.probe: object | None = None
        """The call that probes and has said nothing yet."""
        self.probe_from = 0.0
        """When the next probe may be placed."""
        self.good = 0
        self.failed_probe = False
        self.faults: deque[bool] = deque(maxlen=WINDOW)
        self._enough_at = -inf
        """When enough calls may have failed, last."""
        self._rest = FIRST_REST_SECONDS

    @property
    def rate(self) -> float:
        """Give the part of carrier faults in the window."""
        return sum(self.faults) / len(self.faults) if self.faults else 0.0

    def may_open(self, now: float) -> bool:
        """Tell whether it may have reached its rate, now or a moment ago.

        The lines of ends that became durable together come before any of them
        is counted, so that the rate may have been reached amid them.
        """
        return self._are_enough or now - self._enough_at <= SHORTLY_SECONDS

    @property
    def _are_enough(self) -> bool:
        """Tell whether enough calls may have failed.

        Ends and rings of one instant may have been counted in another order
        than that of their lines, so one call may be wanting.
        """
        return (sum(self.faults) + 1) / max(len(self.faults), LEAST) >= self.failure_rate

    def count(self, *, fault: bool, now: float) -> None:
        """Count a call that is no probe: when it rings, or ends without having rung."""
        if self.opened:
            return
        self.faults.append(fault)
        if self._are_enough:
            self._enough_at = now
        places = len(self.faults)
        if self.ripe_at is None and places > LEAST and (sum(self.faults) - 1) / places >= self.failure_rate:
            self.ripe_at = now

    def settle(self, *, good: bool, now: float) -> None:
        """Count what became of the probe."""
        self.probe = None
        if good:
            self.good += 1
            self.probe_from = now
        else:
            self.failed_probe = True

    def open(self, now: float) -> None:
        """Open it, or let it rest twice as long after a bad probe."""
        self._rest = min(2 * self._rest, LONGEST_REST_SECONDS) if self.opened else FIRST_REST_SECONDS
        self.opened = True
        self.ripe_at = None
        self.good = 0
        self.failed_probe = False
        self.probe = None
        self._enough_at = -inf
        self.probe_from = now + self._rest

    def close(self) -> None:
        """Close it; the window begins anew."""
        self.forget()

    def forget(self) -> None:
        """Know nothing of it but that it is closed, as in a new life of the engine."""
        self.opened = False
        self.ripe_at = None
        self.good = 0
        self.failed_probe = False
        self.probe = None
        self._enough_at = -inf
        self.faults.clear()
