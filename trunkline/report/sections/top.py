"""The first things on the page: the run, its thresholds, the key figures."""

from __future__ import annotations

from trunkline.report.data import ReportData
from trunkline.report.markup import card, section, text
from trunkline.summary import Summary
from trunkline.summary.figures import ThresholdFigures
from trunkline.summary.wording import count, duration, figure_value, moment, percent, short


def head(summary: Summary, data: ReportData, campaigns: str) -> str:
    """Name the run, and say when it was and how it ended."""
    ended = {"finished": "finished", "stalled": "stalled", "closed": "stopped early", "failed": "failed"}
    facts = [
        f"{ended.get(summary.reason, summary.reason)} after {duration(summary.seconds)}",
        f"{moment(data.start)} to {moment(data.start + data.seconds)} UTC",
        f"seed {summary.seed}",
    ]
    return (
        '<header class="top"><div>'
        f'<p class="brand">Trunkline · run {text(summary.run)}</p><h1>{text(campaigns)}</h1>'
        f'<p class="facts">{"".join(f"<span>{text(fact)}</span>" for fact in facts)}</p></div>'
        '<button id="theme" type="button" hidden>Dark</button></header>'
    )


def thresholds(summary: Summary) -> str:
    """Say first whether the run did what it had to."""
    found = summary.thresholds
    failed = [one for one in found if not one.passed]
    if not found:
        lead = "No threshold was set for this run."
    elif not failed:
        lead = "The one that was set holds." if len(found) == 1 else f"All {len(found)} hold."
    else:
        lead = f"{len(failed)} of {len(found)} failed."
    items = "".join(_threshold(one) for one in [*failed, *(one for one in found if one.passed)])
    warnings = "".join(f"<li>{text(warning)}</li>" for warning in summary.warnings)
    return section(
        "thresholds",
        "Thresholds",
        lead,
        f'<ul class="thresholds">{items}</ul>' if items else "",
        f'<ul class="warnings" aria-label="Warnings">{warnings}</ul>' if warnings else "",
    )


def _threshold(one: ThresholdFigures) -> str:
    word = "passed" if one.passed else "failed"
    value = figure_value(one.figure, one.value)
    if one.aborted_at is not None:
        value += f" · stopped the run after {duration(one.aborted_at)}"
    return (
        f'<li><span class="badge {word}">{word}</span><code>{text(one.threshold)}</code>'
        f'<span class="value">{text(value)}</span></li>'
    )


def cards(summary: Summary) -> str:
    """Show the key figures."""
    contacts, waits = summary.contacts, summary.waits
    people = contacts.rows - contacts.rejected
    shown = [
        card(
            "Reached", percent(contacts.reach_rate), f"{count(contacts.reached)} of {count(people)} contacts"
        ),
        card(
            "Answer rate",
            percent(summary.answer_rate),
            f"{count(summary.answered)} of {count(summary.counted)} calls",
        ),
        card("Calls placed", count(summary.attempts), f"{_per_contact(summary.attempts, people)} a contact"),
        card("Peak", count(summary.peak), f"calls at once, {summary.mean:,.1f} on average"),
        card("First call after", short(waits.first.p50), f"95 % within {short(waits.first.p95)}"),
        card("Duration", short(summary.seconds), "by the run's clock"),
    ]
    return f'<dl class="cards">{"".join(shown)}</dl>'


def _per_contact(attempts: int, people: int) -> str:
    return f"{attempts / people:.2f}" if people else "–"
