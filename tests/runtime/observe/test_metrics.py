from __future__ import annotations

from runtime.observe.events import CallEnded, CampaignPaused
from runtime.observe.metrics import Figures, Metrics


def ended(outcome: str) -> CallEnded:
    return CallEnded(
        call="c",
        contact="17",
        number="+14155550100",
        connection="east",
        outcome=outcome,
        disposition=None,
        ring_seconds=None,
        talk_seconds=None,
        cause=None,
    )


def test_events_are_counted_by_name_and_calls_by_outcome() -> None:
    metrics = Metrics()

    for event in (ended("busy"), CampaignPaused(by="operator"), ended("answered"), ended("busy")):
        metrics(0.0, event)

    assert metrics.figures() == Figures(
        events={"call.ended": 3, "campaign.paused": 1},
        outcomes={"answered": 1, "busy": 2},
    )


def test_figures_stand_still_once_taken() -> None:
    metrics = Metrics()
    before = metrics.figures()

    metrics(0.0, ended("busy"))

    assert before == Figures(events={}, outcomes={})
