"""A campaign under observation beside its pool: its ended calls, put by and gone through many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from actors.doctor.doctor import CampaignDoctor
from actors.doctor.expectation import Turn
from actors.doctor.local_hour import LocalHours
from actors.doctor.places import Tally
from actors.messages import Kind, Release
from actors.pool.cells import Tier
from actors.pool.weights import counts
from actors.timezones import BUCKET_SECONDS
from runtime.calls import Outcome

if TYPE_CHECKING:
    from actors.messages import Profile
    from actors.pool.campaign import HeldNumber

TOGETHER = 64
"""Calls that are listened to together: code that stays in the processor's cache takes half the time."""

# Looking a member up in its enum costs 0.15 us, at every call's end.
FRESH, STICKY = Kind.FRESH, Tier.STICKY
ANSWERED, FAILED = Outcome.ANSWERED, Outcome.FAILED
FIRST, LATER, OWN = 0, 1, 2

EndedCall: TypeAlias = "tuple[HeldNumber, Release, float]"
"""A call's grant, its end, and when that was."""


class Ward:
    """A campaign's doctor, and where its calls are counted."""

    __slots__ = ("_hour_ends", "_hours", "_tallies", "doctor")

    def __init__(self, hours: LocalHours) -> None:
        self._hours = hours
        self._hour_ends = 0.0
        self.doctor = CampaignDoctor()
        self._tallies: dict[int, tuple[Tally, Tally, Tally]] = {}
        """Where calls are counted this hour, by the key of their contacts' profile: their first and
        later ones, and those from their own number."""

    def listen(self, calls: Iterable[EndedCall]) -> None:
        """Go through calls that are over, in their order.

        The doctor is asked for each only where there is more to a call than
        that it was answered, or wasn't; else it is only counted.
        """
        doctor, tallies = self.doctor, self._tallies
        callers, count, refused, recoveries = doctor.callers, doctor.count, doctor.refused, doctor.recoveries
        for held, release, now in calls:
            outcome = release.outcome
            if outcome is None:
                continue
            if now >= self._hour_ends:
                self._turn_hour(now)
            choice = held.choice
            number = choice.number
            caller = callers.get(number.number) or doctor.caller(number.number, number.connection.name)
            key = held.class_key[0]
            tally = (tallies.get(key) or self._find_tallies(held.campaign.profiles[key], now))[
                OWN if choice.tier is STICKY else FIRST if held.kind is FRESH else LATER
            ]
            cause, ring_delay, line = release.cause, release.ring_delay, caller.line
            answered = True if outcome is ANSWERED else counts(outcome)
            if answered is None or cause is not None or refused or recoveries or not line.quiet:
                doctor.listen(caller, tally, now, answered, outcome is FAILED, cause, ring_delay)
                continue
            line.good += 1
            if ring_delay is not None:
                line.rang(ring_delay)
            decline = count(caller, tally, now, answered)
            if decline is not None:
                doctor.declined(now, decline)

    def _find_tallies(self, profile: Profile, at: float) -> tuple[Tally, Tally, Tally]:
        hour = self._hours.at(profile.zones, at)
        first, later, own = (self.doctor.tally(at, profile.region, hour, turn) for turn in Turn)
        tallies = self._tallies[profile.key] = first, later, own
        return tallies

    def _turn_hour(self, now: float) -> None:
        """Look up anew where calls are counted: the hour of the day may be another somewhere."""
        self._hour_ends = (now // BUCKET_SECONDS + 1.0) * BUCKET_SECONDS
        self._tallies.clear()
