"""Keep what is so of a campaign, and what is still to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.doctor.advice import AdviceKind, Finding, Severity

Key = tuple[AdviceKind, str, str | None]
"""What a finding and its end have in common: kind, cause and subject."""


class Findings:
    """What is so now, by what it is about; each is said when it begins and when it is over."""

    __slots__ = ("open", "unsaid")

    def __init__(self) -> None:
        self.open: dict[Key, Finding] = {}
        self.unsaid: list[Finding] = []

    def begin(
        self,
        at: float,
        key: Key,
        severity: Severity,
        since: float,
        evidence: Mapping[str, Any],
        suggestion: str,
    ) -> None:
        """Say that something is wrong, unless that is known."""
        if key in self.open:
            return
        kind, cause, subject = key
        finding = Finding(at, kind, cause, subject, severity, since, False, evidence, suggestion)
        self.open[key] = finding
        self.unsaid.append(finding)

    def end(self, at: float, key: Key, evidence: Mapping[str, Any]) -> None:
        """Say that something is over, if it was so."""
        begun = self.open.pop(key, None)
        if begun is None:
            return
        kind, cause, subject = key
        told = {**evidence, "seconds": round(at - begun.since, 3)}
        over = Finding(at, kind, cause, subject, begun.severity, begun.since, True, told, "it is over")
        self.unsaid.append(over)

    def of(self, kind: AdviceKind, cause: str | None = None) -> list[Key]:
        """List what is so of a kind, or of a kind's cause."""
        return [key for key in self.open if key[0] is kind and cause in (None, key[1])]

    def about(self, subject: str) -> list[Key]:
        """List what is so of a subject."""
        return [key for key in self.open if key[2] == subject]

    def say(self) -> list[Finding]:
        """Give what is to be said, once."""
        said, self.unsaid = self.unsaid, []
        return said
