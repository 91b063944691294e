"""A run's summary as people read it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from runtime.observe.events import Advice, EngineStarted, EngineStopped
from trunkline.cli.tables import print_summary
from trunkline.summary import SummaryCollector, summarize


def advice(*, over: bool) -> Advice:
    return Advice(
        tenant="acme",
        campaign="spring",
        kind="answer_rate_drop",
        cause="number",
        subject="+14155550100",
        severity="info" if over else "warning",
        over=over,
        evidence={},
        suggestion="remove it",
    )


def printed(*told: Advice) -> str:
    collector = SummaryCollector()
    events = [EngineStarted(run="r", versions={}, seed=1), *told, EngineStopped(run="r", reason="finished")]
    for minute, event in enumerate(events):
        collector(60.0 * minute, event)
    out = StringIO()
    print_summary(Console(file=out, width=200), summarize(collector))
    return out.getvalue()


def test_the_summary_says_what_was_wrong_since_when_and_what_to_do() -> None:
    assert (
        "warning: answer_rate_drop (number) +14155550100 in spring, from 1 min on: remove it"
        in printed(advice(over=False)).splitlines()
    )


def test_the_summary_says_until_when_something_was_wrong() -> None:
    assert (
        "warning: answer_rate_drop (number) +14155550100 in spring, from 1 min to 2 min: remove it"
        in printed(advice(over=False), advice(over=True)).splitlines()
    )


def test_a_run_with_which_nothing_was_wrong_has_no_advice_in_its_summary() -> None:
    assert "warning" not in printed()
