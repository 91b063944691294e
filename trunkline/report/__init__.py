"""report.html: a run to look at, in one file that needs no network."""

from __future__ import annotations

from trunkline.report.page import render_report
from trunkline.report.timeline import Timeline

__all__ = ["Timeline", "render_report"]
