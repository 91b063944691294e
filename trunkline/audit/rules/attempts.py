"""How often a contact is called, when, and never twice at once."""

from __future__ import annotations

from math import inf

from runtime.observe.events import DispatchGranted
from trunkline.audit.contacts import FINAL, FINISHED, IN_CALL
from trunkline.audit.hours import may_call
from trunkline.audit.limits import ROUNDING_SECONDS, SHORTLY_SECONDS
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import GrantScene


def attempt_number(grant: GrantScene) -> str | None:
    """Number a contact's placed calls 1, 2, and so on."""
    contacts, row = grant.run.contacts, grant.row
    number = contacts.attempts[row] + contacts.faults[row] + bool(grant.flags & IN_CALL) + 1
    return None if grant.event.attempt == number else f"attempt {number}"


def attempt_most(grant: GrantScene) -> str | None:
    """A contact has at most max_attempts calls, not counting carriers' faults."""
    most = grant.campaign.settings.max_attempts
    if grant.flags & FINISHED or grant.run.contacts.attempts[grant.row] < most:
        return None
    return f"no further call: max_attempts is {most}"


def attempt_faults(grant: GrantScene) -> str | None:
    """At most max_carrier_failures calls of a contact are lost by carriers."""
    most = grant.campaign.settings.max_carrier_failures
    if grant.flags & FINISHED or grant.run.contacts.faults[grant.row] < most:
        return None
    return f"no further call: max_carrier_failures is {most}"


def attempt_final(grant: GrantScene) -> str | None:
    """An outcome or disposition that isn't in retry_after is final."""
    if grant.flags & (FINAL | FINISHED) != FINAL or grant.row in grant.run.fast:
        return None
    return "no further call: the last outcome is final"


def attempt_due(grant: GrantScene) -> str | None:
    """A retry comes after its delay, but for the one that follows a carrier's fault."""
    due = grant.run.contacts.due[grant.row]
    if grant.time >= due - ROUNDING_SECONDS or grant.flags & FINAL or grant.row in grant.run.fast:
        return None
    return f"not for another {due - grant.time:g} s"


def attempt_elsewhere(grant: GrantScene) -> str | None:
    """After a carrier's fault another number of the same tier calls at once."""
    fast = grant.run.fast.get(grant.row)
    if fast is None or grant.time >= grant.run.contacts.due[grant.row] - ROUNDING_SECONDS:
        return None
    if grant.event.tier != fast.tier:
        return f"another number of the tier {fast.tier}, or a later retry"
    if grant.event.number in fast.tried:
        return f"another number than {', '.join(fast.tried)}, whose carriers have just failed"
    return None


def attempt_waited(grant: GrantScene) -> str | None:
    """A grant says truly for how long its attempt has waited."""
    if grant.flags & (IN_CALL | FINAL | FINISHED):
        return None  # another rule says so
    contacts, row = grant.run.contacts, grant.row
    since = grant.time - grant.event.waited_seconds
    if contacts.attempts[row] + contacts.faults[row] == 0:
        if since >= (grant.campaign.started_at or 0.0) - SHORTLY_SECONDS:
            return None
        return "no longer than the campaign has run"
    due = contacts.due[row]
    fast = grant.run.fast.get(row)
    if -SHORTLY_SECONDS <= since - due <= 2 * SHORTLY_SECONDS or grant.run.disturbed_at > -inf:
        return None
    if grant.run.crashed:
        return None  # an attempt that crashed waits anew
    if fast is not None and -SHORTLY_SECONDS <= since - fast.ended_at <= 2 * SHORTLY_SECONDS:
        return None
    return f"waited_seconds {max(0.0, grant.time - due):g}: it was due then"


def contact_one_call(grant: GrantScene) -> str | None:
    """A contact is in one call at a time."""
    if not grant.flags & IN_CALL:
        return None
    return f"contact {grant.event.contact} is in a call already"


def contact_phone(grant: GrantScene) -> str | None:
    """A phone number is in one call of a tenant at a time."""
    call = grant.tenant.parties.get(grant.party)
    if call is None or call.row == grant.row:
        return None
    return f"{grant.event.to} is in call {call.id} already, granted in line {call.line}"


def calling_hours(grant: GrantScene) -> str | None:
    """Calls are placed within the calling hours of all the contact's timezones."""
    settings = grant.campaign.settings
    if settings.calling_hours is None:
        return None
    own, default = grant.event.timezone, settings.default_timezone
    zones = (own,) if own else grant.zones or ((default,) if default else ())
    # It is looked at last thing before the line, which may be a moment later.
    if any(may_call(settings.calling_hours, zones, at) for at in (grant.time, grant.time - SHORTLY_SECONDS)):
        return None
    return f"no call at this time in {', '.join(zones) or 'no known timezone'}"


RULES = (
    Rule(
        "attempt.number",
        "A contact's placed calls are numbered 1, 2, … without a gap.",
        {DispatchGranted: attempt_number},
        timeless=True,
    ),
    Rule(
        "attempt.most",
        "A contact has at most max_attempts calls, not counting those that carriers lost before they rang.",
        {DispatchGranted: attempt_most},
        timeless=True,
    ),
    Rule(
        "attempt.faults",
        "At most max_carrier_failures calls of a contact are lost by carriers before they ring.",
        {DispatchGranted: attempt_faults},
        timeless=True,
    ),
    Rule(
        "attempt.final",
        "After an outcome or disposition without an entry in retry_after a contact is not called again.",
        {DispatchGranted: attempt_final},
    ),
    Rule(
        "attempt.due",
        "A retry is placed no earlier than retry_after its call ended, by outcome or disposition.",
        {DispatchGranted: attempt_due},
    ),
    Rule(
        "attempt.elsewhere",
        "Sooner only another number of the same tier calls, after a carrier's fault before ringing.",
        {DispatchGranted: attempt_elsewhere},
    ),
    Rule(
        "attempt.waited",
        "A grant states truly for how long its attempt has waited.",
        {DispatchGranted: attempt_waited},
    ),
    Rule(
        "contact.one_call",
        "A contact is in one call at a time.",
        {DispatchGranted: contact_one_call},
        timeless=True,
    ),
    Rule(
        "contact.phone",
        "A phone number is in one call of a tenant at a time, whatever the contacts and campaigns.",
        {DispatchGranted: contact_phone},
    ),
    Rule(
        "calling_hours",
        "Calls are placed within calling_hours and calling_days in all of the contact's timezones.",
        {DispatchGranted: calling_hours},
    ),
)
