"""What is marked on the time axes: what was done, and what happened to the pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from runtime.observe import events
from runtime.observe.events import Event

MOST_MARKS = 400
"""More than this many can't be told apart; they are counted and left out."""


class Mark(msgspec.Struct, frozen=True):
    """Something that happened at a time; `subject` is the number, connection, … concerned.

    `kind` is the event's name, `level` info, warning or error.
    """

    time: float
    kind: str
    level: str
    subject: str
    what: str


def _number(said: str) -> Callable[[Any], tuple[str, str]]:
    return lambda event: (event.number, f"{event.number} {said}{_why(event)}")


def _campaign(said: str) -> Callable[[Any], tuple[str, str]]:
    return lambda event: (event.campaign or "", f"campaign {event.campaign} {said}{_why(event)}")


def _why(event: Any) -> str:
    by = f" by {event.by}" if getattr(event, "by", None) else ""
    reason = f": {event.reason}" if getattr(event, "reason", None) else ""
    return by + reason


MARKED: Mapping[type[Event], Callable[[Any], tuple[str, str]]] = {
    events.NumberFlagged: _number("flagged as spam"),
    events.NumberUnflagged: _number("unflagged"),
    events.NumberPaused: _number("paused"),
    events.NumberResumed: _number("resumed"),
    events.NumberResting: _number("rests"),
    events.NumberRested: _number("is back"),
    events.NumberAdded: _number("added"),
    events.NumberRemoved: _number("removed"),
    events.ConnectionOpened: lambda event: (
        event.connection,
        f"breaker of {event.connection} opened{_why(event)}",
    ),
    events.ConnectionClosed: lambda event: (
        event.connection,
        f"breaker of {event.connection} closed{_why(event)}",
    ),
    events.ConnectionLimitChanged: lambda event: (
        event.connection,
        f"limit of {event.connection} is {event.limit}{_why(event)}",
    ),
    events.TenantCapChanged: lambda event: (
        event.tenant or "",
        f"cap of tenant {event.tenant} is {event.limit}{_why(event)}",
    ),
    events.CampaignPaused: _campaign("paused"),
    events.CampaignResumed: _campaign("resumed"),
    events.CampaignCanceled: _campaign("canceled"),
    events.CampaignStalled: _campaign("stalled"),
    events.ScenarioApplied: lambda event: ("", f"{event.what}{_why(event)}"),
    events.Advice: lambda event: (
        event.subject or "",
        f"{event.kind} is over" if event.over else f"{event.kind}: {event.suggestion}",
    ),
}
"""What each marked event is about, and what its mark says."""


_TOLD_OTHERWISE = frozenset(
    {
        *("flag_number", "unflag_number", "pause_number", "resume_number", "remove_number", "add_number"),
        *("pause_campaign", "resume_campaign", "cancel_campaign", "connection_limit", "tenant_cap"),
    }
)
"""Kinds of a scenario's events that the log tells of by an event of their own."""


def is_marked(event: Event) -> bool:
    """Tell whether an event gets a mark."""
    if isinstance(event, events.ScenarioApplied):
        return event.kind not in _TOLD_OTHERWISE
    return type(event) in MARKED


def mark_of(time: float, event: Event) -> Mark:
    """Say what an event's mark looks like; KeyError for one that isn't marked."""
    subject, what = MARKED[type(event)](event)
    level = event.level
    if isinstance(event, events.Advice):
        level = "info" if event.over else event.severity
    return Mark(time, event.event, level, subject, what)
