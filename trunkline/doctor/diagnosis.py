"""What a doctor's visit came to: what was said, what is so now, how bad it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import msgspec

from actors.doctor.advice import Finding, Severity
from trunkline.doctor.listener import Listener
from trunkline.doctor.sources import Timed
from trunkline.doctor.standing import UNKNOWN, JournalStanding, Standing
from trunkline.doctor.story import Story, StoryTeller


class Verdict(str, Enum):
    """How bad the worst finding is."""

    WELL = "well"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Said(msgspec.Struct):
    """One finding of a campaign, from its begin to its end.

    `begun` and `over` are seconds since the epoch; `over` is None while it is so.
    """

    campaign: str
    kind: str
    cause: str
    subject: str | None
    severity: str
    begun: float
    over: float | None
    evidence: Mapping[str, Any]
    suggestion: str


class Diagnosis(msgspec.Struct, frozen=True):
    """All findings of a run in their order, and the story of the contact that was asked for.

    `heard_until` is when the last event was, in seconds since the epoch. Of a
    journal, `standings` are how its campaigns stand at its end, and `unknown`
    what it can't tell.
    """

    findings: list[Said]
    heard_until: float
    story: Story | None = None
    standings: list[Standing] = []
    unknown: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Give the worst of the findings."""
        order = [Verdict.WELL, Verdict.INFO, Verdict.WARNING, Verdict.ERROR]
        return max((Verdict(one.severity) for one in self.findings), key=order.index, default=Verdict.WELL)


class Visit:
    """Listen to a run, event by event, and keep what is found."""

    def __init__(self, contact: str | None = None, standing: JournalStanding | None = None) -> None:
        self._standing = standing
        self._listener = Listener()
        self._findings: list[Said] = []
        self._open: dict[tuple[str, object], Said] = {}
        self._teller = None if contact is None else StoryTeller(contact)

    def feed(self, timed: Timed) -> list[Said]:
        """Take in an event; list the findings that begin or end with it."""
        at, event = timed
        if self._teller is not None:
            self._teller.feed(at, event)
        return [self._note(campaign, one) for campaign, one in self._listener.feed(at, event)]

    def listen(self, events: Iterable[Timed]) -> Diagnosis:
        """Take in all events, and say what was found."""
        for timed in events:
            self.feed(timed)
        return self.diagnosis()

    def diagnosis(self) -> Diagnosis:
        """Say what was found so far."""
        story = None if self._teller is None else self._teller.story()
        if self._standing is None:
            return Diagnosis(self._findings, self._listener.at, story)
        waits = self._standing.waits_for()
        if story is not None and waits is not None:
            story = msgspec.structs.replace(story, known=True, waits_for=waits[0], due=waits[1])
        standings = self._standing.standings()
        return Diagnosis(self._findings, self._listener.at, story, standings, UNKNOWN)

    def _note(self, campaign: str, finding: Finding) -> Said:
        key = campaign, finding.key
        if finding.over:
            said = self._open.pop(key)
            said.over = finding.at
            return said
        said = Said(
            campaign,
            finding.kind.value,
            finding.cause,
            finding.subject,
            Severity(finding.severity).value,
            finding.at,
            None,
            finding.evidence,
            finding.suggestion,
        )
        self._findings.append(said)
        self._open[key] = said
        return said
