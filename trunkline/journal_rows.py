"""A journal's contacts, attempts and entries as rows of plain values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from runtime.calls import CallId
from runtime.contacts import NewContact
from runtime.journal.entries import AnyEntry, Ended, Intent, NotPlaced, Rows
from runtime.journal.recovered import CampaignState, ContactState
from runtime.journal.sqlite.file import entries_of, open_to_read, read_batches
from runtime.journal.sqlite.journal import numbered_entries, verify

_NOBODY = ContactState()


def entry_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every entry with its position."""
    with closing(open_to_read(path)) as connection:
        for seq, entry in numbered_entries(connection, path):
            row = {"seq": seq, **msgspec.to_builtins(entry)}
            row.pop("key", None)  # with it a masked log's hashes could be tried out
            yield row


def contact_rows(path: Path, campaign: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield every contact in the order of its campaign; times are seconds since the epoch."""
    _, last, recovered = verify(path)
    if recovered is None:
        return
    indexes = dict.fromkeys(recovered.campaigns, 0)
    with closing(open_to_read(path)) as connection:
        for batch in read_batches(connection, path, until=last, with_rows=True):
            for entry in entries_of(batch, path):
                if not isinstance(entry, Rows):
                    continue
                state = recovered.campaigns[entry.campaign]
                for row in entry.rows:
                    if isinstance(row, NewContact):
                        index = indexes[entry.campaign]
                        indexes[entry.campaign] += 1
                        if campaign in (None, entry.campaign):
                            yield _contact(entry.campaign, row, state, index)


def _contact(campaign: str, row: NewContact, state: CampaignState, index: int) -> dict[str, Any]:
    contact = state.contacts.get(index, _NOBODY)
    return {
        "campaign": campaign,
        "row": row.row,
        "contact": row.contact,
        "phone": row.to,
        "standing": _standing(contact, state),
        "attempts": contact.attempts,
        "carrier_failures": contact.carrier_failures,
        "reached": contact.reached,
        "sticky": contact.sticky,
        "due": contact.due,
        "call_in_doubt": contact.call,
    }


def _standing(contact: ContactState, campaign: CampaignState) -> str:
    if contact.call is not None:
        return "in_doubt"
    if contact.result is not None:
        return contact.result
    if campaign.swept:
        return "reached" if contact.reached else "canceled"
    return "fresh" if contact is _NOBODY else "waiting"


def attempt_rows(path: Path, campaign: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield every intent as it ends, at last those without an end; times are seconds since the epoch."""
    open_intents: dict[CallId, tuple[int, Intent]] = {}
    with closing(open_to_read(path)) as connection:
        for seq, entry in numbered_entries(connection, path):
            yield from _attempts(seq, entry, open_intents, campaign)
    for seq, intent in open_intents.values():
        if campaign in (None, intent.grant.campaign):
            yield _attempt(seq, intent, "in_doubt")


def _attempts(
    seq: int, entry: AnyEntry, open_intents: dict[CallId, tuple[int, Intent]], campaign: str | None
) -> Iterator[dict[str, Any]]:
    if isinstance(entry, Intent):
        open_intents[entry.call] = (seq, entry)
        return
    if not isinstance(entry, (Ended, NotPlaced)):
        return
    found = open_intents.pop(entry.call, None)
    if found is None or campaign not in (None, found[1].grant.campaign):
        return
    if isinstance(entry, NotPlaced):
        yield _attempt(*found, "voided", ended_at=entry.at, cause=entry.reason)
    else:
        line = entry.line
        yield _attempt(
            *found,
            line.outcome,
            ended_at=entry.at,
            disposition=line.disposition,
            ring_seconds=line.ring_seconds,
            talk_seconds=line.talk_seconds,
            cause=line.cause,
        )


def _attempt(
    seq: int,
    intent: Intent,
    outcome: str,
    *,
    ended_at: float | None = None,
    disposition: str | None = None,
    ring_seconds: float | None = None,
    talk_seconds: float | None = None,
    cause: str | None = None,
) -> dict[str, Any]:
    grant = intent.grant
    return {
        "seq": seq,
        "campaign": grant.campaign,
        "contact": grant.contact,
        "call": intent.call,
        "attempt": grant.attempt,
        "phone": intent.to,
        "number": grant.number,
        "connection": grant.connection,
        "tier": grant.tier,
        "at": intent.at,
        "outcome": outcome,
        "ended_at": ended_at,
        "disposition": disposition,
        "ring_seconds": ring_seconds,
        "talk_seconds": talk_seconds,
        "cause": cause,
    }
