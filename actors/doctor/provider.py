"""Watch what only a provider does: fail calls, and take long to make them ring.

Failed calls say nothing of a number, so no answer rate shows a provider that
loses a third of them. The test is Page's, of a share of 25 % against 3 % or
what the connection was used to.
"""

from __future__ import annotations

from math import log

import msgspec

ALARMING = 0.25
USUAL = 0.03
THRESHOLD = 12.0
GOOD_AGAIN = log((1.0 - USUAL) / (1.0 - ALARMING))
FAULT_AGAIN = log(USUAL / ALARMING)
BACK = 6.0
"""The evidence for a connection's being back that ends its failing: some 25 good calls."""

FADE = 2.0 ** (-1.0 / 500.0)
DELAY_WEIGHT = 1.0 - 2.0 ** (-1.0 / 20.0)
"""What a call counts in the post-dial delay of late: it halves in 20 calls."""

USUAL_WEIGHT = 1.0 - FADE
"""And in the usual one."""


class Failing(msgspec.Struct, frozen=True):
    """A connection fails calls: `failed` of its last `calls`."""

    connection: str
    since: float
    calls: int
    failed: int
    causes: dict[str, int]


class _Connection:
    __slots__ = (
        "calls",
        "causes",
        "delay",
        "down",
        "failed",
        "since",
        "sum",
        "usual_calls",
        "usual_delay",
        "usual_failed",
    )

    def __init__(self) -> None:
        self.usual_failed = 0.0
        self.usual_calls = 0.0
        self.usual_delay: float | None = None
        self.delay = 0.0
        self.down: float | None = None
        """While the connection is known to fail: how much speaks for its being back."""
        self.clear()

    def rang(self, seconds: float) -> None:
        usual = self.usual_delay
        if usual is None:
            self.usual_delay = self.delay = seconds
            return
        self.delay += DELAY_WEIGHT * (seconds - self.delay)
        self.usual_delay = usual + USUAL_WEIGHT * (seconds - usual)

    def clear(self) -> None:
        self.sum = 0.0
        self.since = 0.0
        self.calls = 0
        self.failed = 0
        self.causes: dict[str, int] = {}


class ProviderDetector:
    """Watch each connection's failures; constant memory a connection."""

    def __init__(self) -> None:
        self._watched: dict[str, _Connection] = {}

    def hear(
        self,
        connection: str,
        *,
        fault: bool,
        cause: str | None,
        at: float,
        ring_delay: float | None = None,
    ) -> Failing | None:
        """Take in whether a call failed, and how long after its grant it rang.

        Says so when too many fail. `ring_delay` is the post-dial delay in
        seconds, None for a call that never rang.
        """
        watch = self._watched.get(connection)
        if watch is None:
            watch = self._watched[connection] = _Connection()
        if ring_delay is not None:
            watch.rang(ring_delay)
        if watch.down is not None:
            watch.down = max(0.0, watch.down + (FAULT_AGAIN if fault else GOOD_AGAIN))
            return None
        if not fault and not watch.calls:
            watch.usual_calls = watch.usual_calls * FADE + 1.0
            watch.usual_failed *= FADE
            return None
        usual = max(USUAL, min((watch.usual_failed + 1.0) / (watch.usual_calls + 40.0), 0.5 * ALARMING))
        if not watch.calls:
            watch.since = at
        watch.calls += 1
        if fault:
            watch.failed += 1
            word = cause or "unknown"
            if word in watch.causes or len(watch.causes) < 8:
                watch.causes[word] = watch.causes.get(word, 0) + 1
            watch.sum += log(ALARMING / usual)
        else:
            watch.sum += log((1.0 - ALARMING) / (1.0 - usual))
        if watch.sum <= 0.0:
            fade = FADE**watch.calls
            watch.usual_calls = watch.usual_calls * fade + watch.calls
            watch.usual_failed = watch.usual_failed * fade + watch.failed
            watch.clear()
            return None
        if watch.sum <= THRESHOLD:
            return None
        found = Failing(connection, watch.since, watch.calls, watch.failed, watch.causes)
        watch.clear()
        watch.down = 0.0
        return found

    def is_back(self, connection: str) -> bool:
        """Tell whether a connection that failed calls fails them no more; then it is watched again."""
        watch = self._watched[connection]
        if watch.down is None or watch.down <= BACK:
            return False
        watch.down = None
        return True

    def delays(self, connection: str) -> tuple[float, float] | None:
        """Give the post-dial delay of late and the usual one, in seconds."""
        watch = self._watched.get(connection)
        if watch is None or watch.usual_delay is None:
            return None
        return watch.delay, watch.usual_delay

    def failures(self, connection: str) -> tuple[int, int]:
        """Give how many of how many late calls failed."""
        watch = self._watched.get(connection)
        return (0, 0) if watch is None else (watch.failed, watch.calls)
