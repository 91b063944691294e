"""What became of the calls, why their numbers were candidates, how many were retries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trunkline.report.markup import figure, section, table
from trunkline.report.sections.calls import NO_CALL
from trunkline.summary import Summary
from trunkline.summary.collector import ANSWERED, COUNTED
from trunkline.summary.wording import count, percent

OUTCOME_NAMES = {
    "answered": "answered",
    "voicemail": "voicemail",
    "no_answer": "no answer",
    "busy": "busy",
    "rejected": "rejected",
    "failed": "failed",
    "canceled": "canceled",
    "unknown": "unknown",
}


def _bars(
    name: str, title: str, lead: str, said: str, head: Sequence[str], rows: Sequence[Sequence[object]]
) -> str:
    if not rows:
        return section(name, title, NO_CALL)
    return section(name, title, lead, figure(f"{name}-chart", said, table(title, head, rows)))


def all_bars(summary: Summary) -> dict[str, dict[str, list[Any]]]:
    """Return the rows of every bar chart, in columns."""
    total = sum(summary.outcomes.values())
    ranked = _ranked_outcomes(summary)
    return {
        "outcomes": {
            "label": [OUTCOME_NAMES.get(name, name) for name, _ in ranked],
            "value": [calls for _, calls in ranked],
            "said": [f"{count(calls)} · {percent(calls / total)}" for _, calls in ranked],
            "tone": [_tone(name) for name, _ in ranked],
        },
        "tiers": {
            "label": [one.tier for one in summary.tiers],
            "value": [one.attempts for one in summary.tiers],
            "said": [f"{count(one.attempts)} · {percent(one.answer_rate)}" for one in summary.tiers],
            "tone": ["accent" for _ in summary.tiers],
        },
        "tries": {
            "label": [_ordinal(one.attempt) for one in summary.tries[:12]],
            "value": [one.attempts for one in summary.tries[:12]],
            "said": [f"{count(one.attempts)} · {percent(one.answer_rate)}" for one in summary.tries[:12]],
            "tone": ["accent" if one.attempt == 1 else "second" for one in summary.tries[:12]],
        },
    }


def _ranked_outcomes(summary: Summary) -> list[tuple[str, int]]:
    return [(name, summary.outcomes[name]) for name in OUTCOME_NAMES if summary.outcomes.get(name)]


def _tone(outcome: str) -> str:
    if outcome == ANSWERED:
        return "accent"
    return "muted" if outcome in COUNTED else "second"


def _ordinal(attempt: int) -> str:
    ending = "th" if attempt % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(attempt % 10, "th")
    return f"{attempt}{ending} call"


def outcomes(summary: Summary) -> str:
    """Draw what became of the calls."""
    total = sum(summary.outcomes.values())
    rows = [
        (OUTCOME_NAMES[name], count(calls), percent(calls / total))
        for name, calls in _ranked_outcomes(summary)
    ]
    return _bars(
        "outcomes",
        "Outcomes",
        "What became of the calls. Those in orange count for no answer rate.",
        f"Outcomes of {count(total)} calls; {percent(summary.answer_rate)} of those that count answered.",
        ("outcome", "calls", "share"),
        rows,
    )


def tiers(summary: Summary) -> str:
    """Draw why the numbers were among the candidates."""
    return _bars(
        "tiers",
        "Tiers",
        "Why a number was a candidate: it had reached the contact before (sticky), "
        "matched its area or country, a nearby timezone, or was any of the pool.",
        "Calls by the tier in which their number was drawn.",
        ("tier", "calls", "answer rate"),
        [(one.tier, count(one.attempts), percent(one.answer_rate)) for one in summary.tiers],
    )


def tries(summary: Summary) -> str:
    """Draw how many calls were retries, and whether they were answered."""
    return _bars(
        "tries",
        "Retries",
        "How often contacts were called again, and whether that was answered.",
        "Calls by which attempt of their contact they were.",
        ("attempt", "calls", "answered", "answer rate"),
        [
            (_ordinal(one.attempt), count(one.attempts), count(one.answered), percent(one.answer_rate))
            for one in summary.tries
        ],
    )
