"""Feed a run's events to the doctors of its campaigns."""

from __future__ import annotations

import msgspec

from actors.doctor.advice import Finding
from actors.doctor.doctor import CampaignDoctor
from actors.doctor.heard import Heard
from actors.doctor.local_hour import LocalHours
from actors.pool.weights import counts
from runtime.calls import E164, Outcome
from runtime.observe.events import (
    CallEnded,
    CallRinging,
    CampaignFinished,
    CampaignStarted,
    DispatchGranted,
    Event,
)


class _Call(msgspec.Struct, gc=False):
    region: str | None
    zones: tuple[str, ...]
    fresh: bool
    sticky: bool
    granted_at: float
    ring_delay: float | None = None


class Listener:
    """Hears the events of one run in order; memory for a live call, not for a contact."""

    def __init__(self) -> None:
        self.doctors: dict[str, CampaignDoctor] = {}
        self.tenants: dict[str, str | None] = {}
        self.at = 0.0
        """When the last event was, in seconds since the epoch."""
        self._calls: dict[str, _Call] = {}
        self._hours = LocalHours()

    def feed(self, at: float, event: Event) -> list[tuple[str, Finding]]:
        """Take in an event; list the campaigns' findings that begin or end with it."""
        self.at = at
        match event:
            case DispatchGranted():
                self._calls[event.call] = _Call(
                    event.region, tuple(event.zones), event.attempt == 1, event.tier == "sticky", at
                )
                return []
            case CallRinging():
                call = self._calls.get(event.call)
                if call is not None and call.ring_delay is None:
                    call.ring_delay = at - call.granted_at
                return []
            case CallEnded():
                return self._ended(at, event)
            case _:
                return self._observe(at, event)

    def _ended(self, at: float, event: CallEnded) -> list[tuple[str, Finding]]:
        call = self._calls.pop(event.call, None)
        if call is None or event.campaign is None:
            return []
        outcome = Outcome(event.outcome)
        heard = Heard(
            at,
            E164(event.number),
            event.connection,
            call.region,
            self._hours.at(call.zones, call.granted_at),
            call.fresh,
            call.sticky,
            counts(outcome),
            outcome is Outcome.FAILED,
            event.cause,
            call.ring_delay,
        )
        return [(event.campaign, one) for one in self._doctor(event.campaign).hear(heard)]

    def _observe(self, at: float, event: Event) -> list[tuple[str, Finding]]:
        if event.campaign is not None:
            if isinstance(event, CampaignStarted | CampaignFinished):
                self.tenants[event.campaign] = event.tenant
            names = [event.campaign]
        else:
            names = [name for name, tenant in self.tenants.items() if event.tenant in (None, tenant)]
        return [(name, one) for name in names for one in self._doctor(name).observe(at, event)]

    def _doctor(self, campaign: str) -> CampaignDoctor:
        doctor = self.doctors.get(campaign)
        if doctor is None:
            doctor = self.doctors[campaign] = CampaignDoctor()
        return doctor
