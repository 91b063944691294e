"""The log of all lives: audited as any log is, and as a restart finds it."""

from __future__ import annotations

from runtime.observe import events
from runtime.observe.events import Event
from tests.simulation.plan import Plan
from tests.simulation.violations import Violation
from trunkline.audit import Audit
from trunkline.audit.auditor import SCENES
from trunkline.audit.follow import FOLLOW
from trunkline.audit.table import RULES
from trunkline.log_tail import CHANGES, LogTail

AUDITED = frozenset({*SCENES, *FOLLOW, *(kind for rule in RULES for kind in rule.checks)})
ALWAYS = frozenset({events.EngineStarted, events.EngineRecovered, events.EngineStopped})
REMEMBERED = frozenset(
    {
        "dispatch.granted",
        "dispatch.voided",
        "call.ended",
        "contact.finished",
        "contact.sticky_set",
        "contact.sticky_lost",
        "contact.rejected",
        "campaign.finished",
        *CHANGES,
    }
)
"""What a recovery wants to know of a log."""


SLOW_SECONDS = 0.1
"""A disk that takes longer for a batch moves lines away from what they tell of."""

BY_TIME = frozenset({"attempt.due", "attempt.elsewhere", "attempt.waited", "call.length", "draw.weight"})
"""What compares a line's time with that of an earlier line: a slow or failing disk comes between."""

OF_THE_REBUILT = frozenset({"draw.weight"})
"""What goes by the order of outcomes: a pool that is built anew has counted one that it has not told."""

OF_THE_CLOSED = frozenset({"call.end"})
"""An engine that is told to end leaves a call in doubt to the next life if its hang-up is not confirmed."""


def excuses(plan: Plan) -> frozenset[str]:
    """Name the rules that the audit can't judge under a plan's faults; the judge does, from its side."""
    excused: frozenset[str] = frozenset()
    disk = plan.disk
    if disk.latency_seconds >= SLOW_SECONDS or disk.fail or disk.fail_but_there or disk.away or disk.full:
        excused |= BY_TIME
    if plan.faults.actor_crashes:
        excused |= OF_THE_REBUILT | OF_THE_CLOSED
    if any(crash.where == "asked" for crash in plan.crashes):
        excused |= OF_THE_CLOSED
    return excused


class AuditedLog:
    """Takes the lines in; raises Violation for the first that breaks a rule of the audit."""

    def __init__(self, plan: Plan) -> None:
        self.tail = LogTail(whole=True)
        self._excused = excuses(plan)
        self._slow = bool(BY_TIME & self._excused)
        self._recovered = False
        self._audit = Audit(most=1, complete=True)
        self._lines = 0

    def wants(self, kind: type[Event]) -> bool:
        """Say whether a kind of line is looked at."""
        return kind in AUDITED or kind in ALWAYS

    def take(self, time: float, event: Event) -> None:
        """Take in the next line."""
        self._lines += 1
        if type(event) is events.EngineStarted:
            self.tail = LogTail(whole=True)
        elif type(event) is events.EngineRecovered:
            self._recovered = True
        elif event.event in REMEMBERED:
            self.tail.take(event.event, lambda field: getattr(event, field, None))
        self._audit.feed(self._lines, time, event)

    def finish(self) -> None:
        """Say what the audit has found once all is over."""
        for one in self._audit.finish().violations:
            if one.rule in self._excused or self._is_of_seconds(one.rule, one.expected):
                continue
            raise Violation(0, f"the audit's {one.rule}: {one.text} (expected: {one.expected})")

    def _is_of_seconds(self, rule: str, expected: str) -> bool:
        """A campaign that began before a crash may have begun without a line."""
        return rule == "campaign.figures" and "seconds" in expected and (self._slow or self._recovered)
