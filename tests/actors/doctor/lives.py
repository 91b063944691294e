"""Lives of a campaign under its doctor, drawn step by step, on a clock of their own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
from hypothesis import strategies as st

from actors.doctor.advice import Finding
from actors.doctor.doctor import CampaignDoctor
from actors.doctor.heard import Heard
from runtime.calls import E164
from runtime.observe import events
from tests.actors.doctor.test_doctor import capacity, started

CARRIED_BY = {
    E164("+14155550000"): "east",
    E164("+14155550001"): "east",
    E164("+442071838750"): "west",
    E164("+442071838751"): "west",
}
REGIONS = {number: "US" if number.startswith("+1") else "GB" for number in CARRIED_BY}
NUMBERS = list(CARRIED_BY)
COUNTRIES = ("US", "GB", "FR")
REASONS = ("turn", "tenant_full", "number_full", "no_eligible_number", "day_cap", "retry_due", "paused")


class What(Enum):
    """What may befall a number, or the whole engine."""

    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    REMOVED = "removed"
    ADDED = "added"
    RESTING = "resting"
    RESTED = "rested"
    JOURNAL_AWAY = "journal away"
    JOURNAL_BACK = "journal back"


class Minutes(msgspec.Struct, frozen=True):
    """So many minutes of the same capacity."""

    minutes: int
    reason: str
    waiting: int
    placed: int
    in_use: int
    leaked: int | None
    binds: str
    cap: int | None
    breaker: str


class Calls(msgspec.Struct, frozen=True):
    """Calls one after another, ten seconds apart, and the shares that are answered, refused and failed."""

    calls: int
    answer_rate: float
    refused: float
    failed: float
    of: tuple[E164, ...]


class Change(msgspec.Struct, frozen=True):
    """Something that befalls a number, or the whole engine."""

    what: What
    number: E164


Step = Minutes | Calls | Change

CAPACITY = st.builds(
    Minutes,
    st.integers(1, 25),
    st.sampled_from(REASONS),
    st.sampled_from((0, 1, 30, 900)),
    st.sampled_from((0, 1, 9)),
    st.sampled_from((0, 8, 20)),
    st.sampled_from((None, 0, 6)),
    st.sampled_from(("connections", "tenant_cap", "campaign_cap")),
    st.sampled_from((None, 10, 100)),
    st.sampled_from(("closed", "open")),
)
CALLS = st.builds(
    Calls,
    st.sampled_from((5, 40, 250, 600)),
    st.sampled_from((0.02, 0.1, 0.3)),
    st.sampled_from((0.0, 0.0, 0.05, 0.3)),
    st.sampled_from((0.0, 0.0, 0.1, 0.5)),
    st.sampled_from((tuple(NUMBERS), tuple(NUMBERS[:2]), tuple(NUMBERS[3:]))),
)
CHANGES = st.builds(
    Change,
    st.sampled_from(What),
    st.sampled_from(NUMBERS),
)
STEPS = st.one_of(CAPACITY, CALLS, CHANGES)


class Life:
    """A campaign under its doctor, on a clock of its own."""

    def __init__(self, seed: int) -> None:
        self.at = 0.0
        self.doctor = CampaignDoctor()
        self._draws = random.Random(seed)
        self._placed = 0
        assert self.doctor.observe(self.at, started(dict(CARRIED_BY))) == []

    def go_on(self, step: Step) -> Iterator[list[Finding]]:
        """Live through a step; give what is said at each report, call or change."""
        match step:
            case Minutes():
                yield from self._minutes(step)
            case Calls():
                yield from self._calls(step)
            case Change():
                yield self._change(step)

    def _minutes(self, step: Minutes) -> Iterator[list[Finding]]:
        for _ in range(step.minutes):
            self.at += 60.0
            self._placed += step.placed
            carried = None if step.leaked is None else max(0, step.in_use - step.leaked)
            row = {
                "connection": "east",
                "limit": 20,
                "in_use": step.in_use,
                "eligible_numbers": 2,
                "breaker": step.breaker,
                "carrier_in_use": carried,
            }
            report = capacity(
                step.in_use,
                placed=self._placed,
                waiting={step.reason: step.waiting, "retry_due": 3},
                waiting_countries={"US": step.waiting},
                connections=[row],
                binds_now=step.binds,
                tenant_cap=step.cap or 500,
                campaign_cap=step.cap,
            )
            yield self.doctor.observe(self.at, report)

    def _calls(self, step: Calls) -> Iterator[list[Finding]]:
        draws = self._draws
        for _ in range(step.calls):
            self.at += 10.0
            number = draws.choice(step.of)
            refused, failed = draws.random() < step.refused, draws.random() < step.failed
            yield self.doctor.hear(
                Heard(
                    self.at,
                    number,
                    CARRIED_BY[number],
                    draws.choice(COUNTRIES),
                    int(self.at // 3600.0) % 24,
                    True,
                    False,
                    None if failed else draws.random() < step.answer_rate and not refused,
                    failed,
                    "608" if refused else "503" if failed else None,
                    None,
                )
            )

    def _change(self, step: Change) -> list[Finding]:
        self.at += 1.0
        number = step.number
        told: dict[str, Any] = {"tenant": "acme", "number": number}
        event: events.Event
        match step.what:
            case What.FLAGGED:
                event = events.NumberFlagged(by="person", **told)
            case What.UNFLAGGED:
                event = events.NumberUnflagged(by="person", **told)
            case What.REMOVED:
                event = events.NumberRemoved(by="person", **told)
            case What.ADDED:
                event = events.NumberAdded(
                    by="person",
                    connection=CARRIED_BY[number],
                    region=REGIONS[number],
                    settings={},
                    connection_settings={},
                    **told,
                )
            case What.RESTING:
                event = events.NumberResting(by="doctor", **told)
            case What.RESTED:
                event = events.NumberRested(by="doctor", **told)
                self.doctor.on_trial(number)
            case What.JOURNAL_AWAY:
                event = events.JournalAway(reason="disk full")
            case What.JOURNAL_BACK:
                event = events.JournalBack(reason="disk full")
        return self.doctor.observe(self.at, event)
