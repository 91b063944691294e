"""Each number's share, answer rate and weight."""

from __future__ import annotations

from typing import Any

from trunkline.report.charts import MOST_LINES
from trunkline.report.data import NumberChart, ReportData
from trunkline.report.markup import figure, legend, section, table, text
from trunkline.summary import Summary
from trunkline.summary.wording import count, percent

NUMBER_CHARTS = (
    ("s", "Share of the calls", "Each number's share of the campaign's calls, over at least the last 60."),
    ("a", "Answer rate", "Answered by counted calls, over at least the last 60 of the number."),
    ("w", "Weight", "The smoothed answer rate that draws are weighted with."),
)


def numbers(summary: Summary, data: ReportData) -> str:
    """Draw each number's share, answer rate and weight, campaign by campaign."""
    parts: list[str] = []
    for place, chart in enumerate(data.numbers if summary.attempts else ()):
        if len(data.numbers) > 1:
            parts.append(f"<h3>Campaign {text(chart.campaign)}</h3>")
        if len(chart.numbers) <= MOST_LINES:
            parts.append(legend((f"n{place}_{index}", number) for index, number in enumerate(chart.numbers)))
        for what, title, said in NUMBER_CHARTS:
            parts.append(f"<h3>{text(title)}</h3>" + figure(f"numbers-{place}-{what}", f"{title}. {said}"))
        if chart.left_out:
            parts.append(f'<p class="lead">{count(chart.left_out)} more numbers are in the table.</p>')
    rows = [
        (
            one.number,
            one.connection,
            *((one.campaign,) if len(summary.campaigns) > 1 else ()),
            one.status,
            count(one.attempts),
            percent(one.share),
            percent(one.answer_rate),
            "–" if one.weight is None else f"{one.weight:.3f}",
        )
        for one in summary.numbers
    ]
    campaign = ("campaign",) if len(summary.campaigns) > 1 else ()
    head = ("number", "connection", *campaign, "state", "calls", "share", "answer rate", "weight")
    return section(
        "numbers",
        "Numbers",
        "Numbers that are answered more are drawn more, unless full connections set the shares. "
        "Flags, pauses and other changes of a number are marked.",
        *parts,
        table("Numbers at the end", head, rows),
    )


def flags(data: ReportData, chart: NumberChart) -> dict[str, list[Any]]:
    """Return the marks that concern a chart's numbers, in columns."""
    mine = set(chart.numbers)
    kept = [place for place, subject in enumerate(data.marks["subject"]) if subject in mine]
    return {name: [column[place] for place in kept] for name, column in data.marks.items()}


def shades(chart: NumberChart, what: str) -> dict[str, Any]:
    """Return a figure of many numbers as rectangles, in columns; equal neighbours are one.

    The number is written once and pointed to by its place.
    """
    places: list[int] = []
    columns: dict[str, list[Any]] = {"t": [], "until": [], "value": []}
    times = chart.columns["t"]
    for index in range(len(chart.numbers)):
        values = chart.columns[f"{what}{index}"]
        begun = 1
        for bucket in range(2, len(values) + 1):
            if bucket < len(values) and values[bucket] == values[begun]:
                continue
            if values[begun] is not None:
                columns["t"].append(times[begun - 1])
                columns["until"].append(times[bucket - 1])
                places.append(index)
                columns["value"].append(values[begun])
            begun = bucket
    return {**columns, "number": {"names": list(chart.numbers), "places": places}}
