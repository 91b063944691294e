"""The doctor at a pool's side: hears what the pool hears, and says it in the log."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from actors.doctor.advice import QUIET, AdviceKind, Finding, Severity
from actors.doctor.local_hour import LocalHours
from actors.doctor.ward import TOGETHER, EndedCall, Ward
from actors.messages import Release
from runtime.calls import E164
from runtime.observe import events
from runtime.observe.observer import Observer

if TYPE_CHECKING:
    from actors.pool.campaign import HeldNumber

OBSERVED = frozenset(
    {
        events.CampaignStarted,
        events.CampaignFinished,
        events.EngineStopped,
        events.PoolCapacity,
        events.NumberAdded,
        events.NumberFlagged,
        events.NumberUnflagged,
        events.NumberPaused,
        events.NumberResumed,
        events.NumberRemoved,
        events.NumberResting,
        events.NumberRested,
        events.JournalAway,
        events.JournalBack,
        events.StateAway,
        events.StateBack,
    }
)
"""The rarer events that a doctor is told; calls come to it directly."""


class PoolDoctor:
    """One tenant's campaigns under observation; made by whoever starts the pool."""

    def __init__(self, tenant: str, observer: Observer) -> None:
        self._tenant = tenant
        self._observer = observer
        self._wards: dict[str, Ward] = {}
        self._hours = LocalHours()
        self._unheard: list[EndedCall] = []
        self._unsaid: list[tuple[str, Finding]] = []
        self._dropped: list[tuple[str, E164]] = []
        self._wake: Callable[[], None] | None = None

    def attach(self, wake: Callable[[], None]) -> None:
        """Begin to observe; `wake` asks the pool to let it speak, as a sink may not emit."""
        self._wake = wake
        self._observer.subscribe(self)

    def wants(self, kind: type[events.Event]) -> bool:
        """Ask for the rarer events only."""
        return kind in OBSERVED

    def __call__(self, time: float, event: events.Event) -> None:
        """Take in one of the rarer events."""
        if event.tenant not in (None, self._tenant):
            return
        self._listen()
        names = list(self._wards) if event.campaign is None else [event.campaign]
        for name in names:
            self._unsaid += [(name, one) for one in self._ward(name).doctor.observe(time, event)]
        self._ask_to_speak()

    def hear(self, held: HeldNumber, release: Release, now: float) -> None:
        """Take in a call that is over."""
        unheard = self._unheard
        unheard.append((held, release, now))
        if len(unheard) >= TOGETHER:
            self._listen()
            self._ask_to_speak()

    def _listen(self) -> None:
        """Tell each campaign's doctor of the calls that were put by."""
        unheard, self._unheard = self._unheard, []
        for campaign, ended in itertools.groupby(unheard, _campaign_of):
            ward = self._ward(campaign)
            ward.listen(ended)
            self._unsaid += [(campaign, one) for one in ward.doctor.said()]
            self._dropped += [(campaign, one) for one in ward.doctor.dropped]
            ward.doctor.dropped.clear()

    def _ask_to_speak(self) -> None:
        if (self._unsaid or self._dropped) and self._wake is not None:
            self._wake()

    def speak(self) -> list[tuple[str, E164]]:
        """Log what there is to say; list the numbers whose answers dropped, by campaign."""
        unsaid, self._unsaid = self._unsaid, []
        dropped, self._dropped = self._dropped, []
        for campaign, finding in unsaid:
            quiet = finding.kind is AdviceKind.STALLED and finding.cause in QUIET
            if quiet or self._wards[campaign].doctor.finished:
                continue
            self._observer.emit(advice_of(self._tenant, campaign, finding))
        return dropped

    def findings(self, campaign: str) -> list[Finding]:
        """List what is so now of a campaign."""
        self._listen()
        ward = self._wards.get(campaign)
        return [] if ward is None else ward.doctor.open

    def on_trial(self, campaign: str, number: E164) -> None:
        """Watch a number that has rested: a few calls show whether it is answered again."""
        self._listen()
        self._ward(campaign).doctor.on_trial(number)

    def _ward(self, campaign: str) -> Ward:
        ward = self._wards.get(campaign)
        if ward is None:
            ward = self._wards[campaign] = Ward(self._hours)
        return ward


def _campaign_of(call: EndedCall) -> str:
    return call[0].campaign.name


def advice_of(tenant: str | None, campaign: str, finding: Finding) -> events.Advice:
    """Make the log's event of a finding."""
    return events.Advice(
        tenant=tenant,
        campaign=campaign,
        kind=finding.kind.value,
        cause=finding.cause,
        subject=finding.subject,
        severity=finding.severity.value if not finding.over else Severity.INFO.value,
        over=finding.over,
        evidence=finding.evidence,
        suggestion=finding.suggestion,
    )
