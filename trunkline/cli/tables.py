"""A run's summary as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trunkline.summary import Summary, Waits
from trunkline.summary.figures import AdviceFigures, CampaignFigures, FleetFigures, ThresholdFigures
from trunkline.summary.wording import duration, figure_value, percent


def print_summary(console: Console, summary: Summary) -> None:
    """Print what a run came to; text from outside is never markup."""
    head = f"run {summary.run}: {summary.reason} after {duration(summary.seconds)}, seed {summary.seed}"
    console.print(Text(head))
    console.print(
        Text(f"attempts {summary.attempts}, answered {summary.answered} ({percent(summary.answer_rate)})")
    )
    if summary.thresholds:
        console.print(_thresholds(summary))
    for warning in summary.warnings:
        console.print(Text(f"warning: {warning}"))
    for advice in summary.advice:
        console.print(Text(advice_line(advice)), soft_wrap=True)
    console.print(_campaigns("Contacts", summary.campaigns))
    if summary.fleet:
        console.print(_campaigns("Contacts, over all daemons", summary.fleet))
    console.print(_numbers(summary))
    console.print(_tiers(summary))
    console.print(_connections(summary))
    console.print(_outcomes(summary))
    for name, waits in (("first attempts", summary.waits.first), ("retries", summary.waits.retry)):
        if waits.count:
            console.print(Text(_wait_line(name, waits)))
    console.print(Text(f"repeat: {summary.repeat}"), soft_wrap=True)


def threshold_line(one: ThresholdFigures) -> str:
    """Say in one line what a threshold is and what its figure came to."""
    value = figure_value(one.figure, one.value)
    aborted = "" if one.aborted_at is None else f"; stopped the run after {duration(one.aborted_at)}"
    return f"{one.threshold} ({value}{aborted})"


def advice_line(one: AdviceFigures) -> str:
    """Say in one line what was wrong, from when to when, and what to do."""
    what = f"{one.kind} ({one.cause})" + ("" if one.subject is None else f" {one.subject}")
    until = "on" if one.over is None else f"to {duration(one.over)}"
    where = "" if one.campaign is None else f" in {one.campaign}"
    return f"{one.severity}: {what}{where}, from {duration(one.begun)} {until}: {one.suggestion}"


def _thresholds(summary: Summary) -> Table:
    table = _table("Thresholds", "threshold", "value", "result")
    for one in summary.thresholds:
        value = figure_value(one.figure, one.value)
        result = "passed" if one.passed else "failed"
        if one.aborted_at is not None:
            result += f", stopped the run after {duration(one.aborted_at)}"
        _row(table, one.threshold, value, result)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right", no_wrap=index == 0)
    return table


def _row(table: Table, *cells: object) -> None:
    table.add_row(*(Text(str(cell)) for cell in cells))


def _campaigns(title: str, campaigns: Sequence[CampaignFigures | FleetFigures]) -> Table:
    table = _table(
        title,
        "campaign",
        "rows",
        "reached",
        "exhausted",
        "canceled",
        "stalled",
        "rejected",
        "attempts",
        "peak",
    )
    for one in campaigns:
        _row(
            table,
            one.campaign,
            one.rows,
            one.reached,
            one.exhausted,
            one.canceled,
            one.stalled,
            one.rejected,
            one.attempts,
            one.peak if isinstance(one, CampaignFigures) else "–",
        )
    return table


def _numbers(summary: Summary) -> Table:
    table = _table("Numbers", "number", "connection", "campaign", "calls", "share", "answer rate", "weight")
    for one in summary.numbers:
        weight = "–" if one.weight is None else f"{one.weight:.3f}"
        _row(
            table,
            one.number,
            one.connection,
            one.campaign,
            one.attempts,
            percent(one.share),
            percent(one.answer_rate),
            weight,
        )
    return table


def _tiers(summary: Summary) -> Table:
    table = _table("Tiers", "tier", "calls", "answer rate")
    for one in summary.tiers:
        _row(table, one.tier, one.attempts, percent(one.answer_rate))
    return table


def _connections(summary: Summary) -> Table:
    table = _table("Connections", "connection", "calls", "limit", "peak", "mean", "use")
    for one in summary.connections:
        _row(table, one.connection, one.attempts, one.limit, one.peak, f"{one.mean:.2f}", percent(one.use))
    return table


def _outcomes(summary: Summary) -> Table:
    table = _table("Outcomes", "outcome", "calls")
    for outcome, count in summary.outcomes.items():
        if count:
            _row(table, outcome, count)
    return table


def _wait_line(name: str, waits: Waits) -> str:
    return (
        f"waiting, {name}: p50 {duration(waits.p50)}, p95 {duration(waits.p95)}, "
        f"p99 {duration(waits.p99)} ({waits.count})"
    )
