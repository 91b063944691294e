"""One contact's story: its attempts, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from runtime.observe.events import (
    CallEnded,
    CampaignStarted,
    ContactFinished,
    DispatchGranted,
    DispatchWaiting,
    Event,
)

LEFT_OUT = frozenset({"tenant", "campaign", "contact", "call"})


class Line(msgspec.Struct, frozen=True):
    """One event of the contact's: when, which, and its fields."""

    at: float
    campaign: str | None
    event: str
    fields: dict[str, Any]


class Story(msgspec.Struct, frozen=True):
    """What a log tells of one contact.

    `waits_for` is None where it has finished or nothing is known of it;
    `due` is when it is tried again at the earliest, in seconds since the
    epoch, where that is known.
    """

    contact: str
    lines: list[Line]
    waits_for: str | None
    due: float | None
    known: bool = True
    """Whether anything is known of it."""


class StoryTeller:
    """Collect one contact's story from a run's events."""

    def __init__(self, contact: str) -> None:
        self._contact = contact
        self._lines: list[Line] = []
        self._waits_for: str | None = None
        self._due: float | None = None
        self._retry_after: dict[str, Mapping[str, float]] = {}

    def feed(self, at: float, event: Event) -> None:
        """Take in an event of the run."""
        if isinstance(event, CampaignStarted):
            self._retry_after[event.campaign or ""] = event.settings.get("retry_after", {})
        if getattr(event, "contact", None) != self._contact:
            return
        fields = {name: getattr(event, name) for name in event.__struct_fields__ if name not in LEFT_OUT}
        self._lines.append(Line(at, event.campaign, event.event, fields))
        match event:
            case DispatchWaiting():
                self._waits_for = event.reason
            case DispatchGranted():
                self._waits_for, self._due = "the end of its call", None
            case CallEnded():
                self._ended(at, event)
            case ContactFinished():
                self._waits_for = self._due = None
            case _:
                pass

    def story(self) -> Story:
        """Tell what there is so far."""
        return Story(self._contact, self._lines, self._waits_for, self._due, bool(self._lines))

    def _ended(self, at: float, event: CallEnded) -> None:
        retry_after = self._retry_after.get(event.campaign or "", {})
        seconds = None
        if event.outcome == "answered" and event.disposition is not None:
            seconds = retry_after.get(event.disposition)
        seconds = retry_after.get(event.outcome) if seconds is None else seconds
        self._waits_for = None if seconds is None else "its retry"
        self._due = None if seconds is None else at + seconds
