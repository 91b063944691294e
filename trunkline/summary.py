"""What a run came to, in figures; collected from its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from runtime.observe.events import (
    CallEnded,
    CampaignFinished,
    CampaignStarted,
    DispatchGranted,
    DispatchRefused,
    DispatchVoided,
    EngineStarted,
    EngineStopped,
    Event,
    NumberWeights,
)

COLLECTED: frozenset[type[Event]] = frozenset(
    {
        EngineStarted,
        EngineStopped,
        CampaignStarted,
        CampaignFinished,
        DispatchGranted,
        DispatchRefused,
        DispatchVoided,
        CallEnded,
        NumberWeights,
    }
)
"""What a summary is made of; the first and the last say how long the run took."""

ANSWERED, NOT_ANSWERED = "answered", {"no_answer", "busy", "voicemail", "rejected"}


class NumberFigures(msgspec.Struct):
    """One number of one campaign: calls, answered of counted, share, last weight."""

    campaign: str
    number: str
    connection: str
    attempts: int = 0
    answered: int = 0
    counted: int = 0
    share: float = 0.0
    answer_rate: float | None = None
    weight: float | None = None


class TierFigures(msgspec.Struct):
    """One tier: calls and answers."""

    tier: str
    attempts: int = 0
    answered: int = 0
    counted: int = 0
    answer_rate: float | None = None


class ConnectionFigures(msgspec.Struct):
    """One connection: limit, most and mean calls in progress."""

    connection: str
    limit: int = 0
    attempts: int = 0
    peak: int = 0
    mean: float = 0.0


class Waits(msgspec.Struct):
    """Seconds from being due to the grant: percentiles of `count` waits."""

    count: int
    p50: float
    p95: float
    p99: float


class Summary(msgspec.Struct):
    """A whole run in figures. Seconds throughout; rates are of counted calls."""

    run: str
    seed: int
    reason: str
    seconds: float
    attempts: int
    answered: int
    answer_rate: float | None
    refused: int
    voided: int
    outcomes: dict[str, int]
    campaigns: list[dict[str, Any]]
    numbers: list[NumberFigures]
    tiers: list[TierFigures]
    connections: list[ConnectionFigures]
    first_attempt_wait: Waits | None
    retry_wait: Waits | None
    repeat: str


class SummaryCollector:
    """A sink that adds up a run's events as they come.

    Waits are kept one float an attempt; everything else is constant for each
    number, tier and connection, and one entry for a contact that is to be
    tried again.
    """

    def __init__(self) -> None:
        self.in_use = 0
        self.contacts_done = 0
        self._numbers: dict[tuple[str, str], NumberFigures] = {}
        self._tiers: dict[str, TierFigures] = {}
        self._connections: dict[str, ConnectionFigures] = {}
        self._up: dict[str, int] = {}
        self._area: dict[str, tuple[float, float]] = {}
        self._tier_of: dict[str, str] = {}
        self._due: dict[tuple[str, str], float] = {}
        self._retry_after: dict[str, Mapping[str, float]] = {}
        self._began: dict[str, float] = {}
        self._first_waits: list[float] = []
        self._retry_waits: list[float] = []
        self._outcomes: dict[str, int] = {}
        self._campaigns: list[CampaignFinished] = []
        self._refused = 0
        self._voided = 0
        self._start: float | None = None
        self._end = 0.0

    def wants(self, kind: type[Event]) -> bool:
        """Ask for no more than is added up: what nobody wants is never built."""
        return kind in COLLECTED

    def __call__(self, time: float, event: Event) -> None:
        """Take in one event."""
        self._start = time if self._start is None else self._start
        self._end = time
        kind = type(event)
        if kind is DispatchGranted:
            self._granted(time, event)  # type: ignore[arg-type]  # its type was just looked at
        elif kind is CallEnded:
            self._ended(time, event)  # type: ignore[arg-type]  # its type was just looked at
        elif isinstance(event, DispatchRefused):
            self._refused += 1
        elif isinstance(event, DispatchVoided):
            self._voided += 1
        elif isinstance(event, CampaignStarted):
            self._started(time, event)
        elif isinstance(event, NumberWeights):
            self._weights(event)
        elif isinstance(event, CampaignFinished):
            self._campaigns.append(event)

    def _started(self, time: float, event: CampaignStarted) -> None:
        campaign = event.campaign or ""
        self._began[campaign] = time
        self._retry_after[campaign] = event.settings["retry_after"]
        for connection in event.connections:
            figures = self._connection(connection["name"])
            figures.limit = connection["max_concurrent"]
        for number in event.numbers:
            self._number(campaign, number["number"], number["connection"])

    def _granted(self, time: float, event: DispatchGranted) -> None:
        campaign = event.campaign or ""
        number = self._number(campaign, event.number, event.connection)
        number.attempts += 1
        number.weight = event.weight
        tier = self._tiers.get(event.tier)
        if tier is None:
            tier = self._tiers[event.tier] = TierFigures(event.tier)
        tier.attempts += 1
        self._tier_of[event.call] = event.tier
        connection = self._connection(event.connection)
        connection.attempts += 1
        connection.limit = event.connection_limit
        self._change(time, event.connection, 1)
        connection.peak = max(connection.peak, self._up[event.connection])
        self.in_use += 1
        due = self._due.pop((campaign, event.contact), None)
        if due is not None:
            self._retry_waits.append(max(0.0, time - due))
        elif event.attempt == 1:
            self._first_waits.append(max(0.0, time - self._began.get(campaign, time)))

    def _ended(self, time: float, event: CallEnded) -> None:
        campaign = event.campaign or ""
        self._change(time, event.connection, -1)
        self.in_use -= 1
        self._outcomes[event.outcome] = self._outcomes.get(event.outcome, 0) + 1
        counted = event.outcome == ANSWERED or event.outcome in NOT_ANSWERED
        number = self._number(campaign, event.number, event.connection)
        tier = self._tiers[self._tier_of.pop(event.call)]
        number.counted += counted
        tier.counted += counted
        if event.outcome == ANSWERED:
            number.answered += 1
            tier.answered += 1
        wait = self._retry_after.get(campaign, {}).get(event.disposition or event.outcome)
        if wait is not None:
            self._due[campaign, event.contact] = time + wait

    def _weights(self, event: NumberWeights) -> None:
        for row in event.numbers:
            figures = self._numbers.get((event.campaign or "", row["number"]))
            if figures is not None:
                figures.weight = row["weight"]

    def _change(self, time: float, connection: str, by: int) -> None:
        up = self._up.get(connection, 0)
        since, area = self._area.get(connection, (time, 0.0))
        self._area[connection] = (time, area + up * (time - since))
        self._up[connection] = up + by

    def _number(self, campaign: str, number: str, connection: str) -> NumberFigures:
        figures = self._numbers.get((campaign, number))
        if figures is None:
            figures = self._numbers[campaign, number] = NumberFigures(campaign, number, connection)
        return figures

    def _connection(self, name: str) -> ConnectionFigures:
        figures = self._connections.get(name)
        if figures is None:
            figures = self._connections[name] = ConnectionFigures(name)
        return figures

    def summary(self, *, run: str, seed: int, reason: str, repeat: str) -> Summary:
        """Work the figures out; `repeat` is the command that runs this again."""
        seconds = self._end - (self._end if self._start is None else self._start)
        attempts = sum(one.attempts for one in self._numbers.values())
        for number in self._numbers.values():
            number.share = round(number.attempts / attempts, 6) if attempts else 0.0
            number.answer_rate = _rate(number.answered, number.counted)
        for tier in self._tiers.values():
            tier.answer_rate = _rate(tier.answered, tier.counted)
        for name, connection in self._connections.items():
            since, area = self._area.get(name, (self._end, 0.0))
            area += self._up.get(name, 0) * (self._end - since)
            connection.mean = round(area / seconds, 3) if seconds else 0.0
        answered = self._outcomes.get(ANSWERED, 0)
        return Summary(
            run=run,
            seed=seed,
            reason=reason,
            seconds=round(seconds, 6),
            attempts=attempts,
            answered=answered,
            answer_rate=_rate(answered, sum(one.counted for one in self._numbers.values())),
            refused=self._refused,
            voided=self._voided,
            outcomes=dict(sorted(self._outcomes.items())),
            campaigns=[msgspec.to_builtins(one) for one in self._campaigns],
            numbers=list(self._numbers.values()),
            tiers=[self._tiers[name] for name in sorted(self._tiers, key=_TIER_ORDER.index)],
            connections=list(self._connections.values()),
            first_attempt_wait=_waits(self._first_waits),
            retry_wait=_waits(self._retry_waits),
            repeat=repeat,
        )


_TIER_ORDER = ["sticky", "area", "country", "timezone", "pool"]


def _rate(answered: int, counted: int) -> float | None:
    return round(answered / counted, 6) if counted else None


def _waits(waits: list[float]) -> Waits | None:
    if not waits:
        return None
    ordered = sorted(waits)

    def at(quantile: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(quantile * len(ordered)))], 3)

    return Waits(len(ordered), at(0.50), at(0.95), at(0.99))
