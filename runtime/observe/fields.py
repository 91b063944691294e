"""What the fields of the events mean, in a sentence each.

A key is a field's name, or "event.name field" joined by a dot where the
field means something of its own there: "call.overdue.what".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.calls import Outcome

LINE_MEANINGS: Final[Mapping[str, str]] = {
    "timestamp": "When, by the system's clock: UTC, ISO-8601 with six decimals and Z.",
    "level": "debug, info, warning or error; fixed for each event.",
    "event": "The event's name.",
    "tenant": "Whose; null where the event belongs to no tenant.",
    "campaign": "Which campaign's; null where the event belongs to none.",
    "seq": "The position in the journal of what the line tells; left out where no journal is kept.",
    "recovered": "True in a line that a crash had kept from the log; else left out.",
}

OPTIONAL: Final = ("seq", "recovered")
"""The fields that are left out where they are not set."""

MEANINGS: Final[Mapping[str, str]] = {
    "actor": "The actor's class.",
    "attempt": "Which attempt of the contact this is: every placed call counts, from 1.",
    "attempts": "All placed calls of the contact.",
    "available": "How many calls could be placed now.",
    "binds": "What limits the ceiling.",
    "binds_now": "What limits `available`.",
    "by": "Who or what did it: an operator, the engine, a rule.",
    "call": "The call's id; one for each attempt, also for a void one.",
    "campaign_cap": "The campaign's own cap on concurrent calls; null: none.",
    "campaign_in_use": "Calls of the campaign granted and not ended.",
    "canceled": "Contacts that a cancellation ended.",
    "candidates": "How many numbers the draw was among.",
    "cause": "The carrier's own reason, or Trunkline's (`max_duration`, `not_after`); null: none given.",
    "ceiling": "How many calls the pool can run at once.",
    "connection": "The provider connection's name.",
    "connection_in_use": "The connection's own count when it granted, this call included.",
    "connection_limit": "The connection's limit when it granted.",
    "connections": "The campaign's connections and their limits, an object each.",
    "connection_settings": "The number's connection, as campaign.started lists it.",
    "contact": "The contact's id within its campaign.",
    "contacts": "How many contacts the campaign has; null while its file is not yet read.",
    "disposition": "What the application made of an answered call; null: nothing.",
    "error": "The exception, in one line.",
    "evidence": "The figures that the advice rests on.",
    "exhausted": "Contacts whose attempts are used up.",
    "kind": "Which advice.",
    "limit": "The limit on concurrent calls from here on.",
    "message": "The class of the message that was being handled.",
    "number": "The caller-id number, E.164.",
    "number_in_use": "The pool's count of the number's calls and open offers, this call included.",
    "number_limit": "The number's own limit on concurrent calls; null: none.",
    "numbers": "The campaign's numbers, an object each.",
    "outcome": "What became of the call.",
    "over": "Whether this says that it is over; `kind`, `cause` and `subject` are the same.",
    "party": "A keyed hash of the contact's number, equal for equal numbers; null where `to` is whole.",
    "peak_in_use": "The most calls of the campaign at once.",
    "placed": "Offers of the campaign so far that were not returned.",
    "probe": "Whether the call probes a connection whose breaker opened.",
    "reached": "Contacts with an answered call.",
    "reason": "Why.",
    "region": "The contact's country as libphonenumber has it (ISO 3166-1); null: none.",
    "rejected": "Rows that can't be dialed.",
    "result": "How the contact ended.",
    "ring_seconds": "From ringing to the answer or the end; null: it didn't ring.",
    "row": "The row in the contacts file, from 1 after the header.",
    "rows": "Rows of the contacts file: rejected + reached + exhausted + canceled + stalled.",
    "in_doubt": "How many calls nobody has seen the end of: they keep their slots.",
    "life": "Which life of the run this is: 1 is the first.",
    "run": "The run's name, from seed and configuration.",
    "seconds": "From the campaign's start to its end.",
    "seed": "The seed that repeats the run in virtual time.",
    "settings": "The campaign's effective configuration.",
    "severity": "How bad it is: info is as configured or over, warning costs answers or time, error stops.",
    "share": "The probability with which the number was drawn; null where nothing was drawn.",
    "spilled": "The tier that was full and passed over; null: none.",
    "stalled": "Contacts left when the campaign could not go on.",
    "subject": "The number, connection, country or hour that the advice is about; null: the whole campaign.",
    "suggestion": "What to do about it.",
    "talk_seconds": "From the answer to the end; null: not answered.",
    "tenant_cap": "The tenant's cap on concurrent calls.",
    "tenant_in_use": "The tenant's own count when it granted, this call included.",
    "tier": "Why the number was among the candidates.",
    "timezone": (
        "The timezone of the contact's calling hours: its own or the campaign's default; null: `zones`."
    ),
    "to": "The contact's number, E.164; masked all digits but country code and the last two are `*`.",
    "versions": "Versions of Trunkline, the phone metadata and the tz database.",
    "waiting": "How many contacts wait, by what they wait for.",
    "waiting_countries": "How many due contacts wait for slots, by their country.",
    "waited_seconds": (
        "From when the attempt was due to the grant, closed hours included; of a first one from "
        "the campaign's start, or from when the contact came."
    ),
    "weight": "The number's smoothed answer rate in this campaign.",
    "zones": "The timezones of the contact's number.",
    # where a field means something of its own
    "advice.cause": "Which of the kind it is: whose decline, what a stall waits for.",
    "number.added.connection": "The connection that it routes through.",
    "number.added.region": "The number's country as libphonenumber has it; null: none.",
    "call.overdue.what": "What is missing: the end of a call that was hung up.",
    "call.late_event.what": "What the carrier reported.",
    "campaign.finished.attempts": "All placed calls of the campaign.",
    "campaign.finished.fleet": "The same counts over all daemons that share its contacts; null: nobody does.",
    "campaign.stalled.contacts": "How many contacts are still open.",
    "campaign.stalled.reason": "What the contacts wait for.",
    "connection.closed.reason": "What let it close.",
    "connection.opened.limit": "The connection's limit; it stands while the breaker is open.",
    "connection.closed.limit": "The connection's limit.",
    "connection.opened.reason": "What made it open.",
    "contact.rejected.reason": "Why it can't be dialed, e.g. `invalid`, `duplicate`, `no_timezone`.",
    "contact.sticky_lost.reason": "What became of the number: flagged, paused or removed.",
    "dispatch.refused.by": "Who refused.",
    "dispatch.refused.reason": "What was lacking, as in dispatch.waiting.",
    "dispatch.voided.reason": (
        "What happened between grant and placing: number_barred, campaign_barred, limit_lowered, too_late, "
        "lease_lapsed, journal_away, log_away, closing, crashed."
    ),
    "dispatch.waiting.reason": (
        "What the contact waits for: connection_full, connection_open, connection_disabled, tenant_full, "
        "campaign_full, number_full, day_cap, sticky_busy, party_busy, rate, no_eligible_number, "
        "calling_hours, paused, retry_due, not_started, turn (others are before it), journal_away, "
        "log_away, closing, crashed and given_up (an actor crashed while it tried)."
    ),
    "number.weights.numbers": "Each number's weight, its share and the counts behind them.",
    "number.added.settings": "The number, as campaign.started lists it.",
    "pool.capacity.connections": (
        "Of each connection: limit, what is in use and available, eligible numbers, call rate left, breaker, "
        ""
        "calls that the carrier has up, and how much of the limit this daemon holds."
    ),
    "at_most_seconds": "How long that lasts at most.",
    "campaign_held": "How much of the campaign's cap this daemon holds; null: nobody shares it, or no cap.",
    "here": "The limit that was known here before: at first the configuration's.",
    "lease.lapsed.reason": "What ended the leases: no answer, or a clock that jumped.",
    "limit.differs.kind": "Of what: number, campaign, rate or day.",
    "limit.differs.limit": "The limit that holds for all daemons.",
    "limit.differs.name": "The number, campaign or connection.",
    "resources": "What was held, each as kind:name.",
    "state.away.reason": "What came instead of an answer.",
    "tenant_held": "How much of the tenant's cap this daemon holds; null: nobody shares it.",
    "pool.capacity.tenant_in_use": "Calls of the tenant granted and not ended.",
    "scenario.applied.kind": "What happens, as the scenario's events call it.",
    "scenario.applied.lasts_seconds": "How long; null: to the end, or at once.",
    "scenario.applied.reason": "Why, as the scenario says.",
    "scenario.applied.what": "What it happens to: a number, connection, tenant or campaign.",
    "tenant.cap_changed.limit": "The new cap on concurrent calls.",
}

TIERS: Final = ("sticky", "area", "country", "timezone", "pool")
"""Where a call's number was drawn, nearest first."""

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "advice.kind": (
        "answer_rate_drop",
        "blocked",
        "cap_binds",
        "correlated_decline",
        "slots_leaking",
        "stalled",
        "thin_coverage",
        "useless_number",
    ),
    "advice.severity": ("info", "warning", "error"),
    "call.ended.outcome": tuple(outcome.value for outcome in Outcome),
    "contact.finished.result": ("reached", "exhausted", "canceled", "stalled"),
    "dispatch.granted.spilled": TIERS,
    "dispatch.granted.tier": TIERS,
    "dispatch.refused.by": ("connection", "tenant"),
    "engine.stopped.reason": ("finished", "stalled", "closed", "signal", "failed"),
}
"""The fields that hold one of a closed set."""


def meaning(event: str, field: str) -> str:
    """Say what a field of an event means; KeyError for one that nobody described."""
    return MEANINGS.get(f"{event}.{field}") or MEANINGS[field]
