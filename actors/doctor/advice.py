"""What the doctor says: kinds, how bad, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec


class AdviceKind(str, Enum):
    """What is wrong; docs/doctor.md says what each means."""

    ANSWER_RATE_DROP = "answer_rate_drop"
    CORRELATED_DECLINE = "correlated_decline"
    BLOCKED = "blocked"
    STALLED = "stalled"
    THIN_COVERAGE = "thin_coverage"
    USELESS_NUMBER = "useless_number"
    CAP_BINDS = "cap_binds"
    SLOTS_LEAKING = "slots_leaking"


class Severity(str, Enum):
    """How bad it is: info is as configured, warning costs answers or time, error stops."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is so, or is over, with its evidence.

    `cause` and `subject` tell findings of a kind apart: whose decline it is,
    what a stall waits for. `at` and `since` are seconds since the epoch.
    """

    at: float
    kind: AdviceKind
    cause: str
    subject: str | None
    severity: Severity
    since: float
    over: bool
    evidence: Mapping[str, Any]
    suggestion: str

    @property
    def key(self) -> tuple[AdviceKind, str, str | None]:
        """Give what a finding and its end have in common."""
        return self.kind, self.cause, self.subject


QUIET = frozenset({"retry_due", "not_started", "party_busy", "contacts_exhausted"})
"""Stalls that are nobody's concern: the doctor knows of them, the log is not told."""

STALL_SUGGESTIONS: Mapping[str, str] = {
    "tenant_full": "raise the tenant cap, or pause another campaign of the tenant",
    "campaign_full": "raise the campaign's max_concurrent",
    "connection_full": "raise the connection's limit with the provider, or add numbers on another connection",
    "connection_open": "check the provider: the breaker probes it and dials on by itself when it is back",
    "connection_disabled": "enable the connection, or add numbers on another one",
    "rate": "raise max_calls_per_second with the provider, or add numbers on another connection",
    "number_full": "raise the numbers' max_concurrent, or add numbers",
    "day_cap": "raise max_calls_per_day, add numbers, or wait for the numbers' next day",
    "no_eligible_number": "unflag, resume or add a number: none of the pool may be dialed from",
    "calling_hours": "nothing is wrong: dialing goes on when the contacts' calling hours begin",
    "retry_due": "nothing is wrong: dialing goes on when the retries are due",
    "not_started": "nothing is wrong: the campaign's start_at has not come",
    "sticky_busy": 'wait for the contacts\' own numbers, or set sticky_when_full = "spill"',
    "party_busy": "nothing is wrong: the same people are in another call",
    "paused": "resume the campaign",
    "breaker": "check the provider: all connections are open; the breakers probe them",
    "country_match": 'add numbers of these countries, or let match_when_full be "spill": others are free',
    "state_away": "look at the shared state's servers: dialing goes on by itself when they answer",
    "journal_away": "look at the journal's disk: dialing goes on by itself when it can be written",
    "log_away": "look at the log's disk",
    "unknown": "look in the log: a journal doesn't tell what these contacts wait for",
    "turn": "report this as a defect: contacts could be served and are not",
    "contacts_exhausted": "add contacts, or close the campaign: nobody is left to dial",
}
