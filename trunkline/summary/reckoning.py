"""From what was counted to the figures of summary.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runtime.observe.fields import TIERS
from runtime.observe.timestamps import Timestamps
from trunkline.summary.collector import SummaryCollector
from trunkline.summary.durations import Durations
from trunkline.summary.figures import (
    AdviceFigures,
    AllWaits,
    CampaignFigures,
    ConnectionFigures,
    Contacts,
    FleetFigures,
    NumberFigures,
    Summary,
    TenantFigures,
    TierFigures,
    TryFigures,
    Waits,
)
from trunkline.summary.tallies import CampaignTally, NumberStates, Tally, share

SHARES = (0.50, 0.95, 0.99)


def summarize(
    counted: SummaryCollector,
    *,
    run: str = "",
    seed: int = 0,
    reason: str = "",
    repeat: str = "",
    warnings: Sequence[str] = (),
    now: float | None = None,
) -> Summary:
    """Work out every figure up to `now`, else up to the last event.

    Thresholds are left empty: they are judged by these figures.
    """
    until = counted.end if now is None else now
    start = until if counted.start is None else counted.start
    campaigns = [_campaign(one) for one in counted.campaigns.values()]
    total = _sum(list(counted.connections.values()))
    return Summary(
        run=run,
        seed=seed,
        reason=reason,
        versions=dict(counted.versions),
        start=Timestamps()(start).decode(),
        seconds=round(until - start, 6),
        attempts=total.attempts,
        answered=total.answered,
        counted=total.counted,
        answer_rate=total.answer_rate,
        peak=counted.calls.peak,
        mean=counted.calls.mean(until),
        refused=counted.refused,
        voided=counted.voided,
        contacts=_contacts(list(counted.campaigns.values())),
        outcomes=dict(counted.outcomes),
        waits=AllWaits(
            all=_waits(counted.first_waits.merged(counted.retry_waits)),
            first=_waits(counted.first_waits),
            retry=_waits(counted.retry_waits),
        ),
        campaigns=campaigns,
        fleet=[
            _fleet(one.campaign, one.fleet) for one in counted.campaigns.values() if one.fleet is not None
        ],
        numbers=[
            row for campaign in counted.campaigns.values() for row in _numbers(campaign, counted.states)
        ],
        connections=[
            ConnectionFigures(
                connection=name,
                limit=one.gauge.limit or 0,
                attempts=one.attempts,
                answered=one.answered,
                counted=one.counted,
                answer_rate=one.answer_rate,
                peak=one.gauge.peak,
                mean=one.gauge.mean(until),
                use=one.gauge.use(until),
                full=one.gauge.full(until),
            )
            for name, one in counted.connections.items()
        ],
        tenants=[
            TenantFigures(
                tenant=name,
                limit=gauge.limit or 0,
                attempts=sum(
                    number.attempts
                    for campaign in counted.campaigns.values()
                    if campaign.tenant == name
                    for number in campaign.pool
                ),
                peak=gauge.peak,
                mean=gauge.mean(until),
                use=gauge.use(until),
                full=gauge.full(until),
            )
            for name, gauge in counted.tenants.items()
        ],
        tiers=[
            TierFigures(
                tier=name,
                attempts=tier.attempts,
                answered=tier.answered,
                counted=tier.counted,
                answer_rate=tier.answer_rate,
            )
            for name, tier in sorted(counted.tiers.items(), key=lambda one: TIERS.index(one[0]))
        ],
        tries=[
            TryFigures(
                attempt=attempt,
                attempts=one.attempts,
                answered=one.answered,
                counted=one.counted,
                answer_rate=one.answer_rate,
            )
            for attempt, one in sorted(counted.tries.items())
        ],
        thresholds=[],
        advice=[
            AdviceFigures(
                campaign=one.advice.campaign,
                kind=one.advice.kind,
                cause=one.advice.cause,
                subject=one.advice.subject,
                severity=one.advice.severity,
                begun=round(one.begun - start, 6),
                over=None if one.over is None else round(one.over - start, 6),
                suggestion=one.advice.suggestion,
            )
            for one in counted.advice.given
        ],
        warnings=list(warnings),
        repeat=repeat,
    )


def _contacts(campaigns: Sequence[CampaignTally]) -> Contacts:
    results = {name: sum(one.results[name] for one in campaigns) for name in _RESULTS}
    rejected = sum(one.rejected for one in campaigns)
    people = sum(results.values())
    return Contacts(
        rows=people + rejected,
        rejected=rejected,
        reach_rate=share(results["reached"], people),
        **results,
    )


_RESULTS = ("reached", "exhausted", "canceled", "stalled")


def _campaign(campaign: CampaignTally) -> CampaignFigures:
    contacts = _contacts([campaign])
    total = _sum(campaign.pool)
    began, ended = campaign.began, campaign.ended
    return CampaignFigures(
        campaign=campaign.campaign,
        tenant=campaign.tenant,
        finished=campaign.finished,
        seconds=None if began is None or ended is None else round(ended - began, 6),
        rows=contacts.rows,
        reached=contacts.reached,
        exhausted=contacts.exhausted,
        canceled=contacts.canceled,
        stalled=contacts.stalled,
        rejected=contacts.rejected,
        reach_rate=contacts.reach_rate,
        attempts=total.attempts,
        answered=total.answered,
        counted=total.counted,
        answer_rate=total.answer_rate,
        peak=campaign.gauge.peak,
    )


def _fleet(campaign: str, counts: Mapping[str, int]) -> FleetFigures:
    people = counts["rows"] - counts["rejected"]
    return FleetFigures(campaign=campaign, reach_rate=share(counts["reached"], people), **counts)


def _numbers(campaign: CampaignTally, states: NumberStates) -> Iterator[NumberFigures]:
    attempts = sum(one.attempts for one in campaign.pool)
    for number in campaign.pool:
        yield NumberFigures(
            campaign=campaign.campaign,
            number=number.number,
            connection=number.connection,
            status=states.status(number.number),
            attempts=number.attempts,
            answered=number.answered,
            counted=number.counted,
            answer_rate=number.answer_rate,
            share=share(number.attempts, attempts),
            weight=None if number.weight is None else round(number.weight, 6),
        )


def _sum(tallies: Sequence[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total.attempts += one.attempts
        total.answered += one.answered
        total.counted += one.counted
    return total


def _waits(waits: Durations) -> Waits:
    p50, p95, p99 = (round(one, 3) for one in waits.quantiles(*SHARES)) if waits.count else (None, None, None)
    mean, deviation = waits.mean, waits.deviation
    return Waits(
        count=waits.count,
        mean=None if mean is None else round(mean, 3),
        sd=None if deviation is None else round(deviation, 3),
        p50=p50,
        p95=p95,
        p99=p99,
        max=round(waits.most, 3) if waits.count else None,
    )
