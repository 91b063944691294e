"""A run in figures: collected from its events, written as summary.json."""

from __future__ import annotations

from trunkline.summary.collector import SummaryCollector
from trunkline.summary.figures import SCHEMA_VERSION, Summary, Waits
from trunkline.summary.reckoning import summarize

__all__ = ["SCHEMA_VERSION", "Summary", "SummaryCollector", "Waits", "summarize"]
