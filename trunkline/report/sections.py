"""The parts of the page, from the top to the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trunkline.report.charts import MOST_LINES
from trunkline.report.data import NumberChart, ReportData
from trunkline.report.markup import card, figure, folded, legend, section, table, text
from trunkline.report.timeline import Timeline
from trunkline.report.wording import clock, count, duration, figure_value, moment, percent, short
from trunkline.summary import Summary, Waits
from trunkline.summary.collector import ANSWERED, COUNTED
from trunkline.summary.figures import ThresholdFigures

TABLE_ROWS = 24
"""How many stretches of time a table under a chart has."""

NO_CALL = "No call was placed."

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


def calls(summary: Summary, data: ReportData, timeline: Timeline) -> str:
    """Draw calls in progress, each connection by itself, and what happened."""
    names = [(f"c{index}", name) for index, name in enumerate(data.connections)]
    used = {one.connection: one for one in summary.connections}
    said = f"Calls in progress over time by connection; at most {summary.peak} at once."
    small = "".join(
        f"<div><h3>{text(one.connection)}<small>{text(_use(used.get(one.connection)))}</small></h3>"
        + figure(f"connection-{index}", f"Calls in progress on {one.connection} against its limit.")
        + "</div>"
        for index, one in enumerate(data.each)
    )
    connections = table(
        "Connections",
        ("connection", "limit", "calls", "answer rate", "peak", "mean", "use", "time full"),
        (
            (
                one.connection,
                count(one.limit),
                count(one.attempts),
                percent(one.answer_rate),
                count(one.peak),
                f"{one.mean:,.1f}",
                percent(one.use),
                percent(one.full),
            )
            for one in summary.connections
        ),
    )
    if not summary.attempts:
        return section("calls", "Calls in progress", NO_CALL, connections, _happened(data, timeline))
    ceiling = '<li><span class="swatch dashed"></span>ceiling</li></ul>'
    return section(
        "calls",
        "Calls in progress",
        "How many calls ran at once on each connection, against the ceiling of the pool. "
        "The highest and the lowest of every moment are drawn, so no peak is lost.",
        figure(
            "calls-chart",
            said,
            folded("Calls in progress as a table", _calls_table(data)),
            legend=legend(names).removesuffix("</ul>") + ceiling,
        ),
        f'<div class="grid">{small}</div>',
        connections,
        _happened(data, timeline),
    )


def _use(one: Any) -> str:
    return "" if one is None else f"peak {one.peak} of {one.limit} · {percent(one.use, 0)} used"


def _calls_table(data: ReportData) -> str:
    """Cut the time into equal stretches; of each, the highest and the lowest."""
    columns = data.calls
    length = max(data.seconds, 1e-9) / TABLE_ROWS
    rows: list[tuple[object, ...]] = []
    stretches: dict[int, list[int]] = {}
    for place, at in enumerate(columns["t"]):
        assert isinstance(at, int | float)
        stretches.setdefault(min(TABLE_ROWS - 1, int(at / length)), []).append(place)
    for stretch, places in stretches.items():
        totals = [_whole(columns["total"][place]) for place in places]
        rows.append(
            (
                clock(data.start + stretch * length, with_day=data.seconds > 86400),
                count(_whole(columns["ceiling"][places[-1]])),
                count(min(totals)),
                count(max(totals)),
                *(
                    count(max(_whole(columns[f"c{index}"][place]) for place in places))
                    for index in range(len(data.connections))
                ),
            )
        )
    head = ("from", "ceiling", "least", "most", *(f"most on {name}" for name in data.connections))
    return table("Calls in progress, by stretch of time", head, rows)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _happened(data: ReportData, timeline: Timeline) -> str:
    if not timeline.marks:
        return ""
    rows = [(clock(one.time, with_day=data.seconds > 86400), one.kind, one.what) for one in timeline.marks]
    more = timeline.marks_left_out
    title = f"What happened ({count(len(rows) + more)})"
    said = table("Changes, flags and advice, in order", ("at", "event", "what"), rows)
    rest = f"<p class=lead>{count(more)} more are in the log.</p>" if more else ""
    return folded(title, said.replace("<table>", '<table class="said">'), rest)


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


def advice(summary: Summary, data: ReportData) -> str:
    """List what the doctor found; it is marked on the time axes as well."""
    if not summary.advice:
        return ""
    with_day = data.seconds > 86400
    rows = [
        (
            clock(data.start + one.begun, with_day=with_day),
            "still so at the end" if one.over is None else clock(data.start + one.over, with_day=with_day),
            one.severity,
            one.kind,
            one.subject or "–",
            one.suggestion,
        )
        for one in summary.advice
    ]
    said = table("Advice, in order", ("from", "until", "severity", "advice", "about", "what to do"), rows)
    lead = "What the doctor found wrong while the run went on, and what it suggests."
    return section("advice", "Advice", lead, said.replace("<table>", '<table class="said">'))


def waits(summary: Summary, data: ReportData) -> str:
    """Draw how long attempts waited."""
    if not summary.attempts:
        return section("waits", "Waiting", NO_CALL)
    kinds = [("accent", "first attempts"), ("second", "retries")]
    rows = [
        _wait_row(name, one)
        for name, one in (
            ("first attempts", summary.waits.first),
            ("retries", summary.waits.retry),
            ("all", summary.waits.all),
        )
    ]
    return section(
        "waits",
        "Waiting",
        "From when an attempt was due until its call was placed: what share waited no longer than that.",
        figure(
            "waits-chart",
            f"Half of the first attempts waited no longer than {duration(summary.waits.first.p50)}.",
            table("Waiting times", ("attempts", "calls", "mean", "p50", "p95", "p99", "longest"), rows),
            legend=legend(kinds),
        ),
    )


def _wait_row(name: str, one: Waits) -> tuple[str, ...]:
    times = (one.mean, one.p50, one.p95, one.p99, one.max)
    return (name, count(one.count), *(short(seconds) for seconds in times))


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


def campaigns(summary: Summary) -> str:
    """List what became of each campaign's contacts."""
    head = (
        "campaign",
        "rows",
        "reached",
        "exhausted",
        "canceled",
        "stalled",
        "rejected",
        "reach rate",
        "calls",
        "peak",
        "duration",
    )
    rows = [
        (
            one.campaign,
            count(one.rows),
            count(one.reached),
            count(one.exhausted),
            count(one.canceled),
            count(one.stalled),
            count(one.rejected),
            percent(one.reach_rate),
            count(one.attempts),
            count(one.peak),
            duration(one.seconds) if one.finished else "not finished",
        )
        for one in summary.campaigns
    ]
    return section(
        "campaigns",
        "Contacts",
        "What became of every row: rows = reached + exhausted + canceled + stalled + rejected.",
        table("Campaigns", head, rows),
    )


def repeat(summary: Summary) -> str:
    """Give the command that runs this again, last of all."""
    return section(
        "repeat",
        "Run this again",
        "In virtual time the same command gives the same run, byte for byte.",
        f'<div class="command"><code id="command" tabindex="0">{text(summary.repeat)}</code>'
        '<button type="button" data-copy="command" hidden>Copy</button></div>',
    )


def foot(summary: Summary) -> str:
    """Name the versions that the run depends on."""
    versions = " · ".join(f"{name.replace('_', ' ')} {version}" for name, version in summary.versions.items())
    return f"<footer>{text(versions)}</footer>"
