"""Check a log against every rule that a run must keep, from the log alone.

    audit = Audit()
    for line, (time, event) in enumerate(events, start=1):
        audit.feed(line, time, event)
    report = audit.finish()

Nothing here is shared with the engine but the types of the events: what the
rules ask for is written down a second time, from the design's text.
"""

from __future__ import annotations

from trunkline.audit.auditor import Audit
from trunkline.audit.logs import audit_log
from trunkline.audit.report import Report, Violation
from trunkline.audit.table import RULES

__all__ = ["RULES", "Audit", "Report", "Violation", "audit_log"]
