"""How long attempts waited."""

from __future__ import annotations

from trunkline.report.data import ReportData
from trunkline.report.markup import figure, legend, section, table
from trunkline.report.sections.calls import NO_CALL
from trunkline.summary import Summary, Waits
from trunkline.summary.wording import count, duration, short


def waits(summary: Summary, data: ReportData) -> str:
    """Draw how long attempts waited."""
    if not summary.attempts:
        return section("waits", "Waiting", NO_CALL)
    kinds = [("accent", "first attempts"), ("second", "retries")]
    columns = [_wait_column(one) for one in (summary.waits.first, summary.waits.retry, summary.waits.all)]
    rows = list(zip(("calls", "mean", "p50", "p95", "p99", "longest"), *columns, strict=True))
    return section(
        "waits",
        "Waiting",
        "From when an attempt was due until its call was placed: what share waited no longer than that.",
        figure(
            "waits-chart",
            f"Half of the first attempts waited no longer than {duration(summary.waits.first.p50)}.",
            table("Waiting times", ("waited", "first attempts", "retries", "all"), rows),
            legend=legend(kinds),
        ),
    )


def _wait_column(one: Waits) -> tuple[str, ...]:
    times = (one.mean, one.p50, one.p95, one.p99, one.max)
    return (count(one.count), *(short(seconds) for seconds in times))
