"""What was advised, and when it was over."""

from __future__ import annotations

from runtime.observe.events import Advice, EngineStarted, EngineStopped, Event
from trunkline.summary import SummaryCollector, summarize
from trunkline.summary.advice import MOST_ADVICE


def advice(kind: str = "number_degraded", subject: str = "+14155550100", *, over: bool = False) -> Advice:
    return Advice(
        tenant="acme",
        campaign="spring",
        kind=kind,
        cause="answers",
        subject=subject,
        severity="info" if over else "warning",
        over=over,
        evidence={},
        suggestion="rest it",
    )


def collected(*events: Event) -> SummaryCollector:
    collector = SummaryCollector()
    everything = [
        EngineStarted(run="r", versions={}, seed=1),
        *events,
        EngineStopped(run="r", reason="closed"),
    ]
    for time, event in enumerate(everything):
        collector(100.0 + time, event)
    return collector


def test_advice_lasts_until_it_is_over() -> None:
    summary = summarize(collected(advice(), advice(subject="+1202"), advice(over=True)))

    assert [(one.subject, one.begun, one.over) for one in summary.advice] == [
        ("+14155550100", 1.0, 3.0),
        ("+1202", 2.0, None),
    ]
    assert summary.advice[0].suggestion == "rest it"


def test_what_comes_back_is_told_again() -> None:
    summary = summarize(collected(advice(), advice(over=True), advice()))

    assert [(one.begun, one.over) for one in summary.advice] == [(1.0, 2.0), (3.0, None)]


def test_very_much_advice_is_kept_in_bounded_memory() -> None:
    many = [advice(subject=str(index)) for index in range(MOST_ADVICE + 50)]

    assert len(summarize(collected(*many)).advice) == MOST_ADVICE
