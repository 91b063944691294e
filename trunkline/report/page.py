"""report.html: one file to look at, with all it needs inside."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from trunkline.report import charts, sections
from trunkline.report.colors import palettes
from trunkline.report.data import ReportData, report_data
from trunkline.report.library import javascript
from trunkline.report.markup import in_script, text
from trunkline.report.timeline import Timeline
from trunkline.summary import Summary, SummaryCollector

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""Nothing is fetched: the page says so to the browser, too."""


def render_report(summary: Summary, timeline: Timeline, counted: SummaryCollector) -> str:
    """Return the page: thresholds first, the command that repeats the run last."""
    data = report_data(timeline, counted)
    campaigns = ", ".join(one.campaign for one in summary.campaigns) or "no campaign"
    title = f"{campaigns} · run {summary.run}"
    body = "".join(
        (
            sections.head(summary, data, campaigns),
            "<main>",
            sections.thresholds(summary),
            sections.cards(summary),
            sections.calls(summary, data, timeline),
            sections.numbers(summary, data),
            sections.advice(summary, data),
            '<div class="pair">',
            sections.waits(summary, data),
            sections.outcomes(summary),
            sections.tiers(summary),
            sections.tries(summary),
            "</div>",
            sections.campaigns(summary),
            sections.repeat(summary),
            "</main>",
            sections.foot(summary),
        )
    )
    resources = files("trunkline.report")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{resources.joinpath('page.css').read_text('utf-8')}"
        f"{_palette_css(_palettes(data))}</style></head><body>\n{body}\n"
        "<noscript><p>The charts need JavaScript; the tables are all here.</p></noscript>"
        f'<script type="application/json" id="report-data">{in_script(_payload(summary, data))}</script>\n'
        f"<script>{javascript()}</script>\n"
        f"<script>{resources.joinpath('page.js').read_text('utf-8')}</script>\n</body></html>\n"
    )


def _payload(summary: Summary, data: ReportData) -> dict[str, Any]:
    """Return what the page's script reads: charts and columns."""
    if not summary.attempts:
        return {"start": data.start * 1000, "datasets": {}, "charts": []}
    drawn: list[dict[str, Any]] = [{"id": "calls-chart", "spec": charts.calls_in_progress(data)}]
    datasets: dict[str, Any] = {"calls": data.calls, "marks": data.marks, "waits": data.waits}
    for index, one in enumerate(data.each):
        drawn.append({"id": f"connection-{index}", "spec": charts.connection_use(index, one)})
        datasets |= {f"each{index}": one.columns, f"limit{index}": one.limits}
    for place, chart in enumerate(data.numbers):
        many = len(chart.numbers) > charts.MOST_LINES
        flags = datasets[f"flags{place}"] = sections.flags(data, chart)
        if not many:
            datasets[f"numbers{place}"] = chart.columns
        for what in "saw":
            if many:
                datasets[f"shades{place}{what}"] = sections.shades(chart, what)
            drawn.append(
                {
                    "id": f"numbers-{place}-{what}",
                    "spec": charts.numbers_over_time(place, chart, what, flagged=bool(flags["t"])),
                    "renderer": "canvas" if many else "svg",
                }
            )
    drawn.append({"id": "waits-chart", "spec": charts.waiting_times(data)})
    for name, bars in sections.all_bars(summary).items():
        datasets[name] = bars
        most = max(bars["value"], default=1.0)
        drawn.append({"id": f"{name}-chart", "spec": charts.bars(name, len(bars["value"]), most)})
    return {"start": data.start * 1000, "datasets": datasets, "charts": drawn}


def _palettes(data: ReportData) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for place, chart in enumerate(data.numbers):
        numbers = dict(zip(chart.numbers, chart.connections, strict=True))
        for theme, colors in palettes(data.connections, numbers).items():
            found[theme] |= {
                f"n{place}_{name[1:]}": color for name, color in colors.items() if name[0] == "n"
            }
    for theme, colors in palettes(data.connections, {}).items():
        found[theme] |= colors
    return found


def _palette_css(found: dict[str, dict[str, str]]) -> str:
    light, dark = (
        "".join(f"--{name}:{color};" for name, color in found[theme].items()) for theme in ("light", "dark")
    )
    return f':root{{{light}}}:root[data-theme="dark"]{{{dark}}}'
