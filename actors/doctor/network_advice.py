"""Say what the network does to calls: it refuses a number's, or a provider fails a connection's."""

from __future__ import annotations

from actors.doctor.advice import AdviceKind, Severity
from actors.doctor.blocked import BlockedDetector
from actors.doctor.findings import Findings, Key
from actors.doctor.provider import Failing, Line, ProviderDetector
from runtime.calls import E164
from runtime.causes import classify_cause

CONNECTION = "connection"


class NetworkAdvice:
    """What is known of numbers that are refused and of connections that fail."""

    __slots__ = ("_findings", "blocked", "failing", "provider")

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.blocked = BlockedDetector()
        self.provider = ProviderDetector()
        self.failing: dict[str, None] = {}

    def hear_cause(self, at: float, number: E164, word: str | None) -> None:
        """Take in why a call ended, and say whether its number is refused."""
        blocked = self.blocked.hear(number, classify_cause(word), at)
        key: Key = (AdviceKind.BLOCKED, "network", number)
        if blocked is None:
            if key in self._findings.open and self.blocked.is_over(number):
                self._findings.end(at, key, {})
            return
        counts = dict(sorted(blocked.blocked.items()))
        self._findings.begin(
            at,
            key,
            Severity.ERROR,
            blocked.since,
            {"number": number, "calls": blocked.calls, "blocked": counts},
            f"take {number} out of the pool and have its reputation mended: "
            f"{sum(counts.values())} of its last {blocked.calls} calls were blocked",
        )

    def fails(self, at: float, failing: Failing) -> None:
        """Say that a connection fails calls."""
        name = failing.connection
        self.failing[name] = None
        key: Key = (AdviceKind.CORRELATED_DECLINE, CONNECTION, name)
        evidence = {
            "connection": name,
            "calls": failing.calls,
            "failed": failing.failed,
            "causes": dict(sorted(failing.causes.items())),
            **self.delays(name),
        }
        self._findings.begin(
            at,
            key,
            Severity.ERROR,
            failing.since,
            evidence,
            f"check the provider of {name}: it failed {failing.failed} of {failing.calls} calls",
        )

    def back_again(self, line: Line) -> Key | None:
        """Tell what is over where a connection that failed calls fails them no more."""
        if line.name not in self.failing or not line.is_back():
            return None
        del self.failing[line.name]
        return AdviceKind.CORRELATED_DECLINE, CONNECTION, line.name

    def evidence(self, connection: str) -> dict[str, float]:
        """Give a connection's late failures and delays, for what else is said of it."""
        failed, calls = self.provider.failures(connection)
        return {"failed": failed, "failed_of": calls, **self.delays(connection)}

    def delays(self, connection: str) -> dict[str, float]:
        """Give how long a connection's calls take to ring, of late and usually; empty where unknown."""
        delays = self.provider.delays(connection)
        if delays is None:
            return {}
        return {"ring_delay": round(delays[0], 3), "usual_ring_delay": round(delays[1], 3)}
