"""Lines that the journal has and the log lacks, as a crash leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from runtime.contacts import NewContact, RejectedContact
from runtime.journal.entries import (
    AnyEntry,
    CampaignChange,
    Done,
    Ended,
    Finished,
    Intent,
    LimitChange,
    NotPlaced,
    NumberChange,
    Rows,
)
from runtime.journal.recovered import ContactState, Recovered
from runtime.observe import events
from runtime.observe.events import Event

NUMBER_LINES: dict[str, type[events.NumberChanged]] = {
    "flagged": events.NumberFlagged,
    "unflagged": events.NumberUnflagged,
    "paused": events.NumberPaused,
    "resumed": events.NumberResumed,
    "removed": events.NumberRemoved,
}
CAMPAIGN_LINES: dict[str, Any] = {
    "paused": events.CampaignPaused,
    "resumed": events.CampaignResumed,
    "canceled": events.CampaignCanceled,
}


class Heard(msgspec.Struct):
    """What of a journal's lines the log has already."""

    granted: dict[str, Any]
    ended: dict[str, Any]
    finished: dict[tuple[str, str], Any]
    campaigns_finished: dict[str, Any]


def missing_lines(
    entries: Iterable[AnyEntry], state: Recovered, heard: Heard
) -> Iterator[tuple[float, Event]]:
    """Yield what a log lacks, each with the time at which it became true.

    The entries are a whole journal's. A change is told again even if the log
    has it: it says the same.
    """
    entries = list(entries)
    contacts: dict[tuple[str, int], str] = {}
    intents: dict[str, Intent] = {}
    voided = {entry.call for entry in entries if isinstance(entry, NotPlaced)}
    at = 0.0
    for entry in entries:
        at = getattr(entry, "at", at)
        if isinstance(entry, Rows):
            taken = [row for row in entry.rows if isinstance(row, NewContact)]
            for index, row in enumerate(taken, start=entry.first):
                contacts[entry.campaign, index] = row.contact
            for refused in entry.rows:
                if isinstance(refused, RejectedContact):
                    yield (
                        at,
                        events.ContactRejected(
                            campaign=entry.campaign, row=refused.row, reason=refused.reason
                        ),
                    )
        elif isinstance(entry, Intent):
            intents[entry.call] = entry
            if entry.call not in heard.granted and entry.call not in voided:
                yield at, msgspec.structs.replace(entry.grant, recovered=True)
        elif isinstance(entry, Ended):
            if entry.call not in heard.ended:
                yield at, msgspec.structs.replace(entry.line, recovered=True)
            who = str(entry.line.campaign), contacts[str(entry.line.campaign), entry.index]
            if entry.result is not None and not entry.elsewhere and who not in heard.finished:
                yield at, _finished(entry.line.tenant, who, entry.result)
        elif isinstance(entry, Finished):
            who = entry.campaign, contacts[entry.campaign, entry.index]
            if who not in heard.finished:
                yield at, _finished(None, who, entry.result)
        elif isinstance(entry, Done):
            if entry.line.campaign not in heard.campaigns_finished:
                yield at, entry.line
        else:
            line = change_line(entry)
            if line is not None:
                yield at, line
    for (campaign, index), contact in contacts.items():
        held = state.campaigns[campaign]
        one = held.contacts.get(index, ContactState())
        who = campaign, contact
        if held.swept and one.result is None and one.call is None and who not in heard.finished:
            yield at, _finished(None, who, "reached" if one.reached else "canceled")


def change_line(entry: AnyEntry) -> Event | None:
    """Give the line of an operator's change; None for any other entry."""
    if isinstance(entry, LimitChange):
        if entry.connection is not None:
            return events.ConnectionLimitChanged(
                connection=entry.connection, limit=entry.limit, by=entry.by, recovered=True
            )
        return events.TenantCapChanged(tenant=entry.tenant, limit=entry.limit, by=entry.by, recovered=True)
    if isinstance(entry, CampaignChange):
        line: Event = CAMPAIGN_LINES[entry.what](campaign=entry.campaign, by=entry.by, recovered=True)
        return line
    if isinstance(entry, NumberChange):
        campaign = entry.campaigns[0] if entry.campaigns else None
        if entry.what == "added":
            return events.NumberAdded(
                campaign=campaign, number=entry.number, by=entry.by, settings={}, connection_settings={}
            )
        return NUMBER_LINES[entry.what](campaign=campaign, number=entry.number, by=entry.by, recovered=True)
    return None


def _finished(tenant: str | None, who: tuple[str, str], result: str) -> Event:
    return events.ContactFinished(
        tenant=tenant, campaign=who[0], contact=who[1], result=result, attempts=-1, recovered=True
    )
