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

MOST_CAUSES = 8
"""Different causes that are counted by themselves."""


class Failing(msgspec.Struct, frozen=True):
    """A connection fails calls: `failed` of its last `calls`."""

    connection: str
    since: float
    calls: int
    failed: int
    causes: dict[str, int]


class Line:
    """One connection's calls: how many fail, and how soon they ring."""

    __slots__ = (
        "calls",
        "causes",
        "delay",
        "down",
        "failed",
        "good",
        "name",
        "quiet",
        "since",
        "sum",
        "usual_calls",
        "usual_delay",
        "usual_failed",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.good = 0
        """Calls that didn't fail while nothing was suspected, and that aren't in `usual_calls` yet."""
        self.usual_failed = 0.0
        self.usual_calls = 0.0
        self.usual_delay: float | None = None
        self.delay = 0.0
        self.down: float | None = None
        """While the connection is known to fail: how much speaks for its being back."""
        self.clear()

    def clear(self) -> None:
        """Suspect nothing."""
        self.sum = 0.0
        self.since = 0.0
        self.calls = 0
        self.failed = 0
        self.causes: dict[str, int] = {}
        self.quiet = self.down is None
        """Whether a call that doesn't fail needs only be counted, in `good`."""

    def rang(self, seconds: float) -> None:
        """Take in how long after its grant a call rang."""
        usual = self.usual_delay
        if usual is None:
            self.usual_delay = self.delay = seconds
            return
        self.delay += DELAY_WEIGHT * (seconds - self.delay)
        self.usual_delay = usual + USUAL_WEIGHT * (seconds - usual)

    def hear(self, at: float, cause: str | None, *, fault: bool) -> Failing | None:
        """Take in whether a call failed; say so when too many do."""
        if self.down is not None:
            self.down = max(0.0, self.down + (FAULT_AGAIN if fault else GOOD_AGAIN))
            return None
        if not fault and not self.calls:
            self.good += 1
            return None
        self._add_good()
        usual = max(USUAL, min((self.usual_failed + 1.0) / (self.usual_calls + 40.0), 0.5 * ALARMING))
        if not self.calls:
            self.since = at
            self.quiet = False
        self.calls += 1
        if fault:
            self._failed(cause or "unknown")
            self.sum += log(ALARMING / usual)
        else:
            self.sum += log((1.0 - ALARMING) / (1.0 - usual))
        if self.sum <= 0.0:
            self._add(self.calls, self.failed)
            self.clear()
            return None
        if self.sum <= THRESHOLD:
            return None
        found = Failing(self.name, self.since, self.calls, self.failed, self.causes)
        self.down = 0.0
        self.clear()
        return found

    def is_back(self) -> bool:
        """Tell whether a connection that failed calls fails them no more; then it is watched again."""
        if self.down is None or self.down <= BACK:
            return False
        self.down = None
        self.clear()
        return True

    def _failed(self, word: str) -> None:
        self.failed += 1
        if word in self.causes or len(self.causes) < MOST_CAUSES:
            self.causes[word] = self.causes.get(word, 0) + 1

    def _add_good(self) -> None:
        fade = FADE**self.good
        self.usual_calls = self.usual_calls * fade + (1.0 - fade) / USUAL_WEIGHT
        self.usual_failed *= fade
        self.good = 0

    def _add(self, calls: int, failed: int) -> None:
        fade = FADE**calls
        self.usual_calls = self.usual_calls * fade + calls
        self.usual_failed = self.usual_failed * fade + failed


class ProviderDetector:
    """Watch each connection's failures; constant memory a connection."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def line(self, connection: str) -> Line:
        """Find a connection's calls."""
        line = self._lines.get(connection)
        if line is None:
            line = self._lines[connection] = Line(connection)
        return line

    def delays(self, connection: str) -> tuple[float, float] | None:
        """Give the post-dial delay of late and the usual one, in seconds."""
        line = self._lines.get(connection)
        if line is None or line.usual_delay is None:
            return None
        return line.delay, line.usual_delay

    def failures(self, connection: str) -> tuple[int, int]:
        """Give how many of how many late calls failed."""
        line = self._lines.get(connection)
        return (0, 0) if line is None else (line.failed, line.calls)
