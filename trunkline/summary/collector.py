"""Add a run up from its events, while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.calls import Outcome
from runtime.observe.events import (
    Advice,
    CallEnded,
    CampaignFinished,
    CampaignStarted,
    ConnectionLimitChanged,
    ContactFinished,
    ContactRejected,
    DispatchGranted,
    DispatchRefused,
    DispatchVoided,
    EngineStarted,
    EngineStopped,
    Event,
    NumberAdded,
    NumberFlagged,
    NumberPaused,
    NumberRemoved,
    NumberRested,
    NumberResting,
    NumberResumed,
    NumberUnflagged,
    NumberWeights,
    TenantCapChanged,
)
from trunkline.summary.advice import AdviceBook
from trunkline.summary.durations import Durations
from trunkline.summary.gauge import Gauge
from trunkline.summary.tallies import CampaignTally, ConnectionTally, NumberStates, NumberTally, Tally

ANSWERED = Outcome.ANSWERED.value
COUNTED = frozenset({ANSWERED, "no_answer", "busy", "voicemail", "rejected"})
"""The outcomes that count for an answer rate."""

_STATES: Mapping[type[Event], tuple[str, bool]] = {
    NumberFlagged: ("spam", True),
    NumberUnflagged: ("spam", False),
    NumberPaused: ("paused", True),
    NumberResumed: ("paused", False),
    NumberResting: ("resting", True),
    NumberRested: ("resting", False),
    NumberRemoved: ("removed", True),
    NumberAdded: ("removed", False),
}


class SummaryCollector:
    """A sink that adds up a run's events as they come.

    It keeps one entry for each number of a campaign, each connection, each
    tier and each call in progress, and nothing for a contact or an attempt.
    """

    def __init__(self) -> None:
        self.start: float | None = None
        self.end = 0.0
        self.contacts_done = 0
        self.refused = 0
        self.voided = 0
        self.versions: Mapping[str, str] = {}
        self.outcomes: dict[str, int] = dict.fromkeys(sorted(outcome.value for outcome in Outcome), 0)
        self.campaigns: dict[str, CampaignTally] = {}
        self.connections: dict[str, ConnectionTally] = {}
        self.tenants: dict[str, Gauge] = {}
        self.tiers: dict[str, Tally] = {}
        self.tries: dict[int, Tally] = {}
        self.states = NumberStates()
        self.advice = AdviceBook()
        self.calls = Gauge(0.0)
        self.first_waits = Durations()
        self.retry_waits = Durations()
        self._live: dict[str, tuple[NumberTally, Tally, Tally]] = {}
        self._handlers: dict[type[Event], Callable[[float, Any], None]] = {
            DispatchGranted: self._granted,
            CallEnded: self._call_ended,
            ContactFinished: self._contact_finished,
            ContactRejected: self._contact_rejected,
            DispatchRefused: self._refused,
            DispatchVoided: self._voided,
            EngineStarted: self._engine_started,
            EngineStopped: self._engine_stopped,
            CampaignStarted: self._campaign_started,
            CampaignFinished: self._campaign_finished,
            NumberWeights: self._number_weights,
            ConnectionLimitChanged: self._limit_changed,
            TenantCapChanged: self._cap_changed,
            Advice: self._advised,
            **dict.fromkeys(_STATES, self._number_changed),
        }

    def __call__(self, time: float, event: Event) -> None:
        """Take in one event."""
        self.end = time
        self._handlers[type(event)](time, event)

    def wants(self, kind: type[Event]) -> bool:
        """Ask for the events that a figure is made of."""
        return kind in self._handlers

    @property
    def in_use(self) -> int:
        """How many calls are in progress."""
        return self.calls.level

    # Calls

    def _granted(self, time: float, event: DispatchGranted) -> None:
        number = self._number(time, event)
        tier = self.tiers.get(event.tier)
        if tier is None:
            tier = self.tiers[event.tier] = Tally()
        attempt = self.tries.get(event.attempt)
        if attempt is None:
            attempt = self.tries[event.attempt] = Tally()
        number.attempts += 1
        number.route.attempts += 1
        tier.attempts += 1
        attempt.attempts += 1
        number.weight = event.weight
        for gauge in number.gauges:
            gauge.change(time, 1)
        self._live[event.call] = (number, tier, attempt)
        (self.first_waits if event.attempt == 1 else self.retry_waits).add(event.waited_seconds)

    def _call_ended(self, time: float, event: CallEnded) -> None:
        granted = self._live.pop(event.call, None)
        if granted is None:
            return  # of a contact taken over: the daemon that was granted the call counts it
        number, tier, attempt = granted
        for gauge in number.gauges:
            gauge.change(time, -1)
        outcome = event.outcome
        self.outcomes[outcome] += 1
        if outcome in COUNTED:
            number.counted += 1
            number.route.counted += 1
            tier.counted += 1
            attempt.counted += 1
            if outcome == ANSWERED:
                number.answered += 1
                number.route.answered += 1
                tier.answered += 1
                attempt.answered += 1

    def _refused(self, time: float, event: DispatchRefused) -> None:
        self.refused += 1

    def _voided(self, time: float, event: DispatchVoided) -> None:
        self.voided += 1

    # Contacts

    def _contact_finished(self, time: float, event: ContactFinished) -> None:
        self.contacts_done += 1
        self._campaign(time, event).results[event.result] += 1

    def _contact_rejected(self, time: float, event: ContactRejected) -> None:
        self.contacts_done += 1
        self._campaign(time, event).rejected += 1

    # What stands around them

    def _engine_started(self, time: float, event: EngineStarted) -> None:
        if self.start is None:
            self.start = time
            self.calls = Gauge(time)
        self.versions = event.versions

    def _engine_stopped(self, time: float, event: EngineStopped) -> None:
        """Take the time: the run ends here."""

    def _campaign_started(self, time: float, event: CampaignStarted) -> None:
        campaign = self._campaign(time, event)
        campaign.began = time if campaign.began is None else campaign.began
        self._tenant(time, campaign.tenant).set_limit(time, event.tenant_cap)
        for connection in event.connections:
            self._connection(time, connection["name"]).gauge.set_limit(time, connection["max_concurrent"])
        for row in event.numbers:
            self._pooled(time, campaign, row["number"], row["connection"])
            if row["status"] != "active":
                self.states.set(row["number"], row["status"], holds=True)

    def _campaign_finished(self, time: float, event: CampaignFinished) -> None:
        campaign = self._campaign(time, event)
        campaign.finished = True
        campaign.ended = time
        campaign.fleet = event.fleet

    def _number_weights(self, time: float, event: NumberWeights) -> None:
        numbers = self._campaign(time, event).numbers
        for row in event.numbers:
            if (number := numbers.get(row["number"])) is not None:
                number.weight = row["weight"]

    def _number_changed(self, time: float, event: Any) -> None:
        state, holds = _STATES[type(event)]
        if state != "removed" or event.campaign is None or not holds:
            self.states.set(event.number, state, holds=holds)

    def _advised(self, time: float, event: Advice) -> None:
        self.advice.take_in(time, event)

    def _limit_changed(self, time: float, event: ConnectionLimitChanged) -> None:
        self._connection(time, event.connection).gauge.set_limit(time, event.limit)

    def _cap_changed(self, time: float, event: TenantCapChanged) -> None:
        self._tenant(time, event.tenant or "").set_limit(time, event.limit)

    # Finding or making what is counted

    def _number(self, time: float, event: DispatchGranted) -> NumberTally:
        campaign = self.campaigns.get(event.campaign or "")
        if campaign is None:
            campaign = self._campaign(time, event)
        number = campaign.numbers.get(event.number)
        if number is None or number.connection != event.connection:
            number = self._pooled(time, campaign, event.number, event.connection)
        return number

    def _pooled(self, time: float, campaign: CampaignTally, number: str, connection: str) -> NumberTally:
        tally = campaign.numbers.get(number)
        if tally is not None and tally.connection != connection:
            campaign.former.append(tally)
            tally = None
        if tally is None:
            route = self._connection(time, connection)
            gauges = (route.gauge, campaign.gauge, self._tenant(time, campaign.tenant), self.calls)
            tally = campaign.numbers[number] = NumberTally(campaign, number, connection, route, gauges)
        return tally

    def _campaign(self, time: float, event: Event) -> CampaignTally:
        name = event.campaign or ""
        campaign = self.campaigns.get(name)
        if campaign is None:
            gauge = Gauge(self._start(time))
            campaign = self.campaigns[name] = CampaignTally(name, event.tenant or "", gauge)
        return campaign

    def _connection(self, time: float, name: str) -> ConnectionTally:
        connection = self.connections.get(name)
        if connection is None:
            connection = self.connections[name] = ConnectionTally(Gauge(self._start(time)))
        return connection

    def _tenant(self, time: float, name: str) -> Gauge:
        tenant = self.tenants.get(name)
        if tenant is None:
            tenant = self.tenants[name] = Gauge(self._start(time))
        return tenant

    def _start(self, time: float) -> float:
        """Return when the run began; without an engine.started, with its first event."""
        if self.start is None:
            self.start = time
            self.calls = Gauge(time)
        return self.start
