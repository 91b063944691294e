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

Tallies: TypeAlias = dict[int, tuple[Tally, Tally, Tally]]
"""By the key of their contacts' profile: first calls, later ones, and those from their own number."""

EndedCall: TypeAlias = "tuple[HeldNumber, Release, float]"
"""A call's grant, its end, and when that was."""


class Ward:
    """A campaign's doctor, and where its calls are counted."""

    __slots__ = ("_begins", "_earlier", "_hours", "_tallies", "doctor")

    def __init__(self, hours: LocalHours) -> None:
        self._hours = hours
        self._begins = -float(BUCKET_SECONDS)
        """When the quarter hour began in which offsets, and so hours, are as they are."""
        self.doctor = CampaignDoctor()
        self._tallies: Tallies = {}
        """Where calls are counted that begin in this quarter hour."""
        self._earlier: Tallies = {}
        """The same of those that began in the one before."""

    def listen(self, calls: Iterable[EndedCall]) -> None:
        """Go through calls that are over, in their order.

        The doctor is asked for each only where there is more to a call than
        that it was answered, or wasn't; else it is only counted.
        """
        doctor, tallies, begins = self.doctor, self._tallies, self._begins
        ends = begins + BUCKET_SECONDS
        callers, count, refused, recoveries = doctor.callers, doctor.count, doctor.refused, doctor.recoveries
        for held, release, now in calls:
            outcome = release.outcome
            if outcome is None:
                continue
            choice = held.choice
            number = choice.number
            caller = callers.get(number.number) or doctor.caller(number.number, number.connection.name)
            key = held.class_key[0]
            since = held.since
            found = tallies.get(key) if begins <= since < ends else None
            if found is None:
                found = self._find_tallies(held.campaign.profiles[key], since, now)
                tallies, begins = self._tallies, self._begins
                ends = begins + BUCKET_SECONDS
            tally = found[OWN if choice.tier is STICKY else FIRST if held.kind is FRESH else LATER]
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

    def _find_tallies(self, profile: Profile, since: float, at: float) -> tuple[Tally, Tally, Tally]:
        """Find where a call to such a contact is counted that began at `since` and is over at `at`.

        By the hour of its beginning: who answers talks on into the next one.
        """
        begins = since // BUCKET_SECONDS * BUCKET_SECONDS
        if begins > self._begins:
            self._earlier = self._tallies if begins - self._begins == BUCKET_SECONDS else {}
            self._tallies = {}
            self._begins = begins
        lately = self._begins - begins
        tallies = self._tallies if not lately else self._earlier if lately == BUCKET_SECONDS else {}
        found = tallies.get(profile.key)
        if found is None:
            hour = self._hours.at(profile.zones, since)
            first, later, own = (self.doctor.tally(at, profile.region, hour, turn) for turn in Turn)
            found = tallies[profile.key] = first, later, own
        return found
