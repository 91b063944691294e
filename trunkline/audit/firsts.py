"""Which violation is the first of its kind, and which only follow from it.

One line that was left out or changed makes others wrong: the contact's next
grant, every count that its call is part of. They are all violations; whoever
reads the report wants the first.
"""

from __future__ import annotations

import msgspec

from runtime.observe.events import Event

_SUMS = (
    "campaign.cap",
    "campaign.figures",
    "campaign.rows",
    "capacity.",
    "connection.",
    "draw.",
    "figures.",
    "number.day_cap",
    "number.limit",
    "priority",
    "tenant.cap",
)
"""Rules about what many lines add up to: any earlier violation of the tenant may be behind it."""

MOST_SUBJECTS = 100_000


class FollowUps(msgspec.Struct):
    """How many violations of a rule follow, most likely, from that in line `cause`; the first of them."""

    cause: int
    rule: str
    count: int
    first: int


class Firsts:
    """Remembers whom the violations so far were about."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, ...], int] = {}
        self._follow_ups: dict[tuple[int, str], FollowUps] = {}

    def cause_of(self, rule: str, line: int, event: Event | None, call: str | None = None) -> int | None:
        """Give the line of the violation that this one most likely follows from; None for a first one.

        It follows where an earlier one was about the same call or contact, or
        where it is about a sum that an earlier one of the tenant changes.
        """
        subjects = list(_subjects(event, call))
        tenant = ("tenant", (event.tenant if event is not None else None) or "")
        asked = [*subjects, tenant] if rule.startswith(_SUMS) else subjects
        cause = next((self._causes[one] for one in asked if one in self._causes), None)
        if cause is not None:
            found = self._follow_ups.setdefault((cause, rule), FollowUps(cause, rule, 0, line))
            found.count += 1
        if len(self._causes) < MOST_SUBJECTS:
            for subject in (*subjects, tenant):
                self._causes.setdefault(subject, line if cause is None else cause)
        return cause

    @property
    def follow_ups(self) -> list[FollowUps]:
        """List them by their cause, and by the first of each."""
        return sorted(self._follow_ups.values(), key=lambda one: (one.cause, one.first, one.rule))


def _subjects(event: Event | None, call: str | None) -> list[tuple[str, ...]]:
    call = getattr(event, "call", None) or call
    contact = getattr(event, "contact", None)
    found: list[tuple[str, ...]] = [] if call is None else [("call", call)]
    if event is not None and contact is not None:
        found.append(("contact", event.campaign or "", contact))
    return found
