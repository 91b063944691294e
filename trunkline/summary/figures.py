"""What summary.json holds: every figure of a run, by name.

Seconds throughout. Rates and shares go from 0 to 1; one is null where there
is nothing to divide by. An answer rate is answered calls by counted ones:
`failed`, `canceled` and `unknown` count for nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

SCHEMA_VERSION = 1
"""Raised when a figure is renamed, removed or comes to mean something else."""

Count = Annotated[int, Meta(ge=0)]
Rate = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(ge=0.0)]

Attempts = Annotated[Count, Meta(description="Calls placed.")]
Answered = Annotated[Count, Meta(description="Calls that ended as answered.")]
Counted = Annotated[Count, Meta(description="Calls whose outcome counts for the answer rate.")]
AnswerRate = Annotated[Rate | None, Meta(description="Answered by counted calls.")]
Peak = Annotated[Count, Meta(description="The most calls in progress at once.")]
Mean = Annotated[float, Meta(ge=0.0, description="The mean of calls in progress over the whole run.")]
Use = Annotated[Rate | None, Meta(description="Mean use against the limit, as it stood at each time.")]
Rows = Annotated[
    Count, Meta(description="Rows accounted for: reached + exhausted + canceled + stalled + rejected.")
]
Reached = Annotated[Count, Meta(description="Contacts with an answered call.")]
Exhausted = Annotated[Count, Meta(description="Contacts whose attempts are used up.")]
Canceled = Annotated[Count, Meta(description="Contacts that a cancellation ended.")]
Stalled = Annotated[Count, Meta(description="Contacts left when nothing could go on.")]
Rejected = Annotated[Count, Meta(description="Rows that can't be dialed.")]
ReachRate = Annotated[
    Rate | None, Meta(description="Reached by all contacts, that is rows without the rejected.")
]
Full = Annotated[Rate | None, Meta(description="Share of the time at or above the limit.")]


class Table(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One row of a table of the summary."""


class Contacts(Table, frozen=True, gc=False, kw_only=True):
    """What became of the contacts; of a run that was cut short, of those who are done."""

    rows: Rows
    reached: Reached
    exhausted: Exhausted
    canceled: Canceled
    stalled: Stalled
    rejected: Rejected
    reach_rate: ReachRate


class CampaignFigures(Table, frozen=True, gc=False, kw_only=True):
    """One campaign."""

    campaign: str
    tenant: str
    finished: Annotated[bool, Meta(description="Whether every row is accounted for.")]
    seconds: Annotated[
        Seconds | None, Meta(description="From its start to its end; null where one is missing.")
    ]
    rows: Rows
    reached: Reached
    exhausted: Exhausted
    canceled: Canceled
    stalled: Stalled
    rejected: Rejected
    reach_rate: ReachRate
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate
    peak: Peak


class FleetFigures(Table, frozen=True, gc=False, kw_only=True):
    """A finished campaign over all daemons that share its contacts; all else is this daemon's own."""

    campaign: str
    rows: Rows
    reached: Reached
    exhausted: Exhausted
    canceled: Canceled
    stalled: Stalled
    rejected: Rejected
    reach_rate: ReachRate
    attempts: Attempts


class NumberFigures(Table, frozen=True, gc=False, kw_only=True):
    """One number in one campaign."""

    campaign: str
    number: Annotated[str, Meta(description="The caller-id number, E.164.")]
    connection: str
    status: Annotated[
        str, Meta(description="How it stood at the end: active, paused, spam, resting or removed.")
    ]
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate
    share: Annotated[Rate | None, Meta(description="Its share of the campaign's calls.")]
    weight: Annotated[Rate | None, Meta(description="Its smoothed answer rate as it stood last.")]


class ConnectionFigures(Table, frozen=True, gc=False, kw_only=True):
    """One provider connection."""

    connection: str
    limit: Annotated[Count, Meta(description="Its limit on concurrent calls, as it stood last.")]
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate
    peak: Peak
    mean: Mean
    use: Use
    full: Full


class TenantFigures(Table, frozen=True, gc=False, kw_only=True):
    """One tenant."""

    tenant: str
    limit: Annotated[Count, Meta(description="Its cap on concurrent calls, as it stood last.")]
    attempts: Attempts
    peak: Peak
    mean: Mean
    use: Use
    full: Full


class TierFigures(Table, frozen=True, gc=False, kw_only=True):
    """The calls whose number was drawn in one tier."""

    tier: Annotated[str, Meta(description="sticky, area, country, timezone or pool.")]
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate


class TryFigures(Table, frozen=True, gc=False, kw_only=True):
    """The calls that were their contact's first, second, third, and so on."""

    attempt: Annotated[int, Meta(ge=1, description="Which attempt of its contact: 1, 2, …")]
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate


class Waits(Table, frozen=True, gc=False, kw_only=True):
    """How long attempts waited, from being due to the grant; closed hours included.

    Percentiles are within 0.1 % of the waiting time, and exact at both ends.
    """

    count: Count
    mean: Seconds | None
    sd: Annotated[Seconds | None, Meta(description="Standard deviation of the sample.")]
    p50: Seconds | None
    p95: Seconds | None
    p99: Seconds | None
    max: Seconds | None


class AllWaits(Table, frozen=True, gc=False, kw_only=True):
    """Waiting times: of all attempts, of first ones, of retries."""

    all: Waits
    first: Waits
    retry: Waits


class ThresholdFigures(Table, frozen=True, gc=False, kw_only=True):
    """A threshold and how the run stands to it."""

    threshold: Annotated[str, Meta(description="As it was written, e.g. `answer_rate > 0.25`.")]
    figure: Annotated[str, Meta(description="The figure's dotted path.")]
    value: Annotated[float | None, Meta(description="What it came to; null where it has no value.")]
    passed: Annotated[bool, Meta(description="Whether it holds; a figure without a value holds nothing.")]
    aborted_at: Annotated[
        Seconds | None, Meta(description="When it stopped the run, from the start; null: it didn't.")
    ]


class AdviceFigures(Table, frozen=True, gc=False, kw_only=True):
    """Something that the doctor found, and whether it was over by the end."""

    campaign: str | None
    kind: Annotated[str, Meta(description="Which advice, as in the log.")]
    cause: str
    subject: Annotated[str | None, Meta(description="The number, connection or country concerned.")]
    severity: str
    begun: Annotated[Seconds, Meta(description="When, from the start of the run.")]
    over: Annotated[Seconds | None, Meta(description="When it was over; null: never.")]
    suggestion: str


class Summary(Table, frozen=True, gc=False, kw_only=True):
    """A whole run in figures."""

    schema_version: Annotated[int, Meta(description="Which schema this follows.")] = SCHEMA_VERSION
    run: Annotated[str, Meta(description="The run's name; in virtual time from seed and configuration.")]
    seed: int
    reason: Annotated[str, Meta(description="How it ended: finished, stalled, closed or failed.")]
    versions: Annotated[dict[str, str], Meta(description="Versions that the run depends on.")]
    start: Annotated[str, Meta(description="When it started by its own clock, ISO 8601, UTC.")]
    seconds: Annotated[Seconds, Meta(description="From the first event to the last.")]
    attempts: Attempts
    answered: Answered
    counted: Counted
    answer_rate: AnswerRate
    peak: Peak
    mean: Mean
    refused: Annotated[Count, Meta(description="Draws that a connection or tenant refused.")]
    voided: Annotated[Count, Meta(description="Granted calls that were stopped at the last gate.")]
    contacts: Contacts
    outcomes: Annotated[dict[str, Count], Meta(description="Ended calls by outcome.")]
    waits: AllWaits
    campaigns: list[CampaignFigures]
    fleet: list[FleetFigures] = []
    numbers: list[NumberFigures]
    connections: list[ConnectionFigures]
    tenants: list[TenantFigures]
    tiers: list[TierFigures]
    tries: list[TryFigures]
    thresholds: list[ThresholdFigures]
    advice: list[AdviceFigures]
    warnings: Annotated[list[str], Meta(description="What did not go as it was written down.")]
    repeat: Annotated[str, Meta(description="The command that runs this again.")]
