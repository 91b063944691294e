"""Say what the network does to calls: it refuses a number's, or a provider fails a connection's."""

from __future__ import annotations

from actors.doctor.advice import AdviceKind, Severity
from actors.doctor.blocked import BlockedDetector
from actors.doctor.findings import Findings, Key
from actors.doctor.heard import Heard
from actors.doctor.provider import Failing, ProviderDetector
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

    def hear_cause(self, heard: Heard) -> None:
        """Take in why a call ended, and say whether its number is refused."""
        cause = classify_cause(heard.cause)
        blocked = self.blocked.hear(heard.number, cause, heard.at)
        key: Key = (AdviceKind.BLOCKED, "network", heard.number)
        if blocked is None:
            if key in self._findings.open and self.blocked.is_over(heard.number):
                self._findings.end(heard.at, key, {})
            return
        counts = dict(sorted(blocked.blocked.items()))
        self._findings.begin(
            heard.at,
            key,
            Severity.ERROR,
            blocked.since,
            {"number": heard.number, "calls": blocked.calls, "blocked": counts},
            f"take {heard.number} out of the pool and have its reputation mended: "
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

    def back_again(self, connection: str) -> Key | None:
        """Tell what is over where a connection that failed calls fails them no more."""
        if not self.provider.is_back(connection):
            return None
        del self.failing[connection]
        return AdviceKind.CORRELATED_DECLINE, CONNECTION, connection

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
