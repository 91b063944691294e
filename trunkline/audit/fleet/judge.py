"""Judge what daemons did together: limits, attempts, and that nobody was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf
from typing import Any

from runtime.observe import events
from runtime.observe.events import Event
from trunkline.audit.fleet.calls import Calls
from trunkline.audit.fleet.limits import SharedLimits
from trunkline.audit.fleet.line import FleetLine
from trunkline.audit.report import OpenCall, Report, Violation
from trunkline.audit.rule import Rule

FLEET_RULES = (
    Rule(
        "fleet.limit",
        "Calls of all daemons never exceed the limit of a connection, a tenant, a campaign or a number.",
        {},
    ),
    Rule("fleet.rate", "Calls that all daemons place on a connection in a second never exceed its rate.", {}),
    Rule("fleet.day_cap", "Calls of all daemons from a number in a day never exceed its day cap.", {}),
    Rule("fleet.once", "A contact is in one call at a time, whichever daemon has placed it.", {}),
    Rule("fleet.attempts", "A contact has at most max_attempts calls over all daemons, each once.", {}),
    Rule("fleet.accounted", "The logs tell of every row of a finished campaign what became of it.", {}),
)


class _Rows:
    """What became of a campaign's rows, by all logs."""

    def __init__(self) -> None:
        self.finished: set[str] = set()
        self.rejected: set[int] = set()
        self.last: FleetLine | None = None
        """The campaign's last word, and how many rows there are by it."""
        self.count = 0


class FleetAudit:
    """Follow several daemons at once, and collect what breaks a rule of all of them.

    `most` is how many violations of each rule are kept whole.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts = Counter[str]()
        self._kept: list[Violation] = []
        self._lines = 0
        self._time = 0.0
        self._runs: set[str] = set()
        self._running: set[int] = set()
        self._campaigns: dict[str, _Rows] = {}
        limits = SharedLimits()
        self._calls = Calls(limits, self._report)
        own: dict[type[Event], Callable[[FleetLine, Any], None]] = {
            events.EngineStarted: self._begun,
            events.EngineRecovered: self._begun,
            events.EngineStopped: self._ended,
            events.ContactFinished: self._contact_finished,
            events.ContactRejected: self._contact_rejected,
            events.CampaignFinished: self._campaign_finished,
        }
        self._handlers = [limits.handlers, self._calls.handlers, own]

    def feed(self, line: FleetLine) -> None:
        """Take the next line of all logs."""
        self._lines += 1
        self._time = line.time
        self._calls.count_up(line.time)
        for handlers in self._handlers:
            handler = handlers.get(type(line.event))
            if handler is not None:
                handler(line, line.event)

    def finish(self) -> Report:
        """Say what was found; the audit is over."""
        calls = self._calls
        calls.count_up(inf)
        calls.let_go_of_overdue(self._time)
        for rows in self._campaigns.values():
            self._account(rows)
        self._kept.sort(key=lambda one: one.line)
        strange = f"{calls.strange} ends of calls that no log grants, or that had ended before"
        return Report(
            lines=self._lines,
            runs=len(self._runs),
            calls=calls.granted,
            contacts=len(calls.contacts),
            complete=bool(self._runs) and not self._running,
            counts=dict(sorted(self._counts.items())),
            violations=self._kept,
            open_calls=[OpenCall(call.id, call.line.number) for call in calls.open.values()],
            notes=[strange] if calls.strange else [],
        )

    def _report(self, rule: str, line: FleetLine, expected: str) -> None:
        self._counts[rule] += 1
        if self._counts[rule] <= self._most:
            self._kept.append(Violation(rule, line.number, line.shown, expected))

    def _begun(self, line: FleetLine, event: Any) -> None:
        self._runs.add(event.run)
        self._running.add(line.daemon)

    def _ended(self, line: FleetLine, event: events.EngineStopped) -> None:
        self._running.discard(line.daemon)

    def _rows(self, event: Event) -> _Rows:
        return self._campaigns.setdefault(event.campaign or "", _Rows())

    def _contact_finished(self, line: FleetLine, event: events.ContactFinished) -> None:
        self._rows(event).finished.add(event.contact)

    def _contact_rejected(self, line: FleetLine, event: events.ContactRejected) -> None:
        self._rows(event).rejected.add(event.row)

    def _campaign_finished(self, line: FleetLine, event: events.CampaignFinished) -> None:
        if event.fleet is not None:
            rows = self._rows(event)
            rows.last, rows.count = line, event.fleet["rows"]

    def _account(self, rows: _Rows) -> None:
        told = len(rows.finished) + len(rows.rejected)
        if rows.last is not None and told != rows.count:
            expected = f"what became of {rows.count} rows, not of {told}: was a log left out, or cut?"
            self._report("fleet.accounted", rows.last, expected)
