"""Calls in progress, each connection by itself, and what happened."""

from __future__ import annotations

from typing import Any

from trunkline.report.data import ReportData
from trunkline.report.markup import figure, folded, legend, section, table, text
from trunkline.report.timeline import Timeline
from trunkline.summary import Summary
from trunkline.summary.wording import clock, count, percent

TABLE_ROWS = 24
"""How many stretches of time a table under a chart has."""

NO_CALL = "No call was placed."


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
    said = table("Changes, flags and advice, in order", ("at", "event", "what"), rows, prose=True)
    rest = f"<p class=lead>{count(more)} more are in the log.</p>" if more else ""
    return folded(title, said, rest)
