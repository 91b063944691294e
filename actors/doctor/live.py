"""The doctor at a pool's side: hears what the pool hears, and says it in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from actors.doctor.advice import QUIET, AdviceKind, Finding, Severity
from actors.doctor.doctor import CampaignDoctor
from actors.doctor.heard import Heard
from actors.doctor.local_hour import LocalHours
from actors.messages import Kind, Release
from actors.pool.cells import Tier
from actors.pool.weights import counts
from runtime.calls import E164, Outcome
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

TOGETHER = 32
"""Calls that are listened to together: code that stays in the processor's cache takes half the time."""

# Looking a member up in its enum costs 0.15 us, at every call's end.
FRESH, STICKY, FAILED = Kind.FRESH, Tier.STICKY, Outcome.FAILED


class PoolDoctor:
    """One tenant's campaigns under observation; made by whoever starts the pool."""

    def __init__(self, tenant: str, observer: Observer) -> None:
        self._tenant = tenant
        self._observer = observer
        self._campaigns: dict[str, CampaignDoctor] = {}
        self._hours = LocalHours()
        self._unheard: list[tuple[str, CampaignDoctor, Heard]] = []
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
        names = list(self._campaigns) if event.campaign is None else [event.campaign]
        for name in names:
            self._unsaid += [(name, one) for one in self._doctor(name).observe(time, event)]
        if (self._unsaid or self._dropped) and self._wake is not None:
            self._wake()

    def hear(self, held: HeldNumber, release: Release, now: float) -> None:
        """Take in a call that is over."""
        outcome = release.outcome
        if outcome is None:
            return
        campaign = held.campaign
        doctor = self._campaigns.get(campaign.name) or self._doctor(campaign.name)
        profile = campaign.profiles[held.class_key[0]]
        number = held.choice.number
        self._unheard.append(
            (
                campaign.name,
                doctor,
                Heard(
                    now,
                    number.number,
                    number.connection.name,
                    profile.region,
                    self._hours.at(profile.zones, now),
                    held.kind is FRESH,
                    held.choice.tier is STICKY,
                    counts(outcome),
                    outcome is FAILED,
                    release.cause,
                    release.ring_delay,
                ),
            )
        )
        if len(self._unheard) >= TOGETHER:
            self._listen()
            if (self._unsaid or self._dropped) and self._wake is not None:
                self._wake()

    def _listen(self) -> None:
        unheard, self._unheard = self._unheard, []
        for campaign, doctor, heard in unheard:
            said = doctor.hear(heard)
            if said:
                self._unsaid += [(campaign, one) for one in said]
            if doctor.dropped:
                self._dropped += [(campaign, one) for one in doctor.dropped]
                doctor.dropped.clear()

    def speak(self) -> list[tuple[str, E164]]:
        """Log what there is to say; list the numbers whose answers dropped, by campaign."""
        unsaid, self._unsaid = self._unsaid, []
        dropped, self._dropped = self._dropped, []
        for campaign, finding in unsaid:
            quiet = finding.kind is AdviceKind.STALLED and finding.cause in QUIET
            if quiet or self._campaigns[campaign].finished:
                continue
            self._observer.emit(advice_of(self._tenant, campaign, finding))
        return dropped

    def findings(self, campaign: str) -> list[Finding]:
        """List what is so now of a campaign."""
        self._listen()
        doctor = self._campaigns.get(campaign)
        return [] if doctor is None else doctor.open

    def on_trial(self, campaign: str, number: E164) -> None:
        """Watch a number that has rested: a few calls show whether it is answered again."""
        self._doctor(campaign).on_trial(number)

    def _doctor(self, campaign: str) -> CampaignDoctor:
        doctor = self._campaigns.get(campaign)
        if doctor is None:
            doctor = self._campaigns[campaign] = CampaignDoctor()
        return doctor


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
