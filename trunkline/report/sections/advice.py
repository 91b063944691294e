"""What the doctor found wrong."""

from __future__ import annotations

from trunkline.report.data import ReportData
from trunkline.report.markup import section, table
from trunkline.summary import Summary
from trunkline.summary.wording import clock


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
            f"{one.kind}: {one.cause}",
            one.subject or "–",
            one.suggestion,
        )
        for one in summary.advice
    ]
    said = table(
        "Advice, in order", ("from", "until", "severity", "advice", "about", "what to do"), rows, prose=True
    )
    lead = "What the doctor found wrong while the run went on, and what it suggests."
    return section("advice", "Advice", lead, said)
