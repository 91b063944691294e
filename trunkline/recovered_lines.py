"""Bring a log and its journal together again after a crash.

A line is written after its entry is durable, so a crash may leave the log
behind the journal by a few lines: they are added, marked as recovered. A log
that is ahead of its journal means that the journal has lost its end.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import orjson

from runtime.calls import CallId
from runtime.contacts import NewContact
from runtime.journal.entries import AnyEntry, Ended, Finished, Intent, NotPlaced, Swept
from runtime.journal.recovered import CampaignState, ContactState, Recovered
from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import ContactFinished, ContactStickySet, DispatchVoided, Event

TAIL_BYTES = 32 * 1024 * 1024
"""How much of a log's end is compared with the journal."""

_replace = msgspec.structs.replace


class LogTail(msgspec.Struct):
    """What the end of a log says of a run: positions of its lines, contacts' ends.

    `whole` says that it holds the run from its start.
    """

    whole: bool
    positions: set[int]
    finished: set[tuple[str, str]]
    stuck: set[tuple[str, str]]

    @property
    def last(self) -> int:
        """The greatest position, 0 without any."""
        return max(self.positions, default=0)


def read_tail(path: Path, run: str) -> LogTail:
    """Read the end of a log; what another run has written counts for nothing."""
    tail = LogTail(False, set(), set(), set())
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read().split(b"\n")
    except OSError:
        return tail
    ours = True
    for line in lines if size <= TAIL_BYTES else lines[1:]:
        if b'"event":"dispatch.refused"' in line:
            continue
        try:
            entry = orjson.loads(line)
            event = entry["event"]
        except (ValueError, KeyError, TypeError):
            continue
        if event in ("engine.started", "engine.recovered"):
            ours = entry.get("run") == run
            if event == "engine.started" or not ours:
                tail = LogTail(ours, set(), set(), set())
        elif ours:
            _take(tail, event, entry)
    return tail


def _take(tail: LogTail, event: str, entry: dict[str, object]) -> None:
    position = entry.get("seq")
    if isinstance(position, int):
        tail.positions.add(position)
    who = (str(entry.get("campaign")), str(entry.get("contact")))
    if event == "contact.finished":
        tail.finished.add(who)
    elif event == "contact.sticky_set":
        tail.stuck.add(who)


def missing_lines(journal: SqliteJournal, recovered: Recovered, tail: LogTail) -> Iterator[Event]:
    """Yield the lines that the journal has and the log lacks, in the journal's order.

    Of a log that has no line of this run nothing is missing: it is a new one.
    """
    if not tail.positions and not tail.whole:
        return
    after = 0 if tail.whole else min(tail.positions) - 1
    entries = [(seq, entry) for seq, entry in journal.entries(after) if seq not in tail.positions]
    intents = {entry.call: entry for _, entry in entries if isinstance(entry, Intent)}
    voided = {entry.call for _, entry in entries if isinstance(entry, NotPlaced)}
    for seq, entry in entries:
        for event in _lines_of(entry, intents, voided, recovered, journal, tail):
            seen = isinstance(event, (ContactFinished, ContactStickySet))
            yield _replace(event, seq=None if seen else seq, recovered=True)


def _lines_of(
    entry: AnyEntry,
    intents: dict[CallId, Intent],
    voided: set[CallId],
    recovered: Recovered,
    journal: SqliteJournal,
    tail: LogTail,
) -> Iterable[Event]:
    if isinstance(entry, Intent):
        if entry.call not in voided:
            yield entry.grant
    elif isinstance(entry, NotPlaced):
        intent = intents.get(entry.call)
        if intent is not None:
            grant = intent.grant
            yield DispatchVoided(
                tenant=grant.tenant,
                campaign=grant.campaign,
                call=entry.call,
                contact=grant.contact,
                number=grant.number,
                reason=entry.reason,
            )
    elif isinstance(entry, Ended):
        yield entry.line
        yield from _after_end(entry, recovered.campaigns[entry.line.campaign or ""], tail)
    elif isinstance(entry, Finished):
        if (entry.campaign, entry.contact) not in tail.finished:
            state = recovered.campaigns[entry.campaign].contacts[entry.index]
            yield _finished(None, entry.campaign, entry.contact, entry.result, state)
    elif isinstance(entry, Swept):
        yield from _swept(entry.campaign, recovered.campaigns[entry.campaign], journal, tail)


def _after_end(entry: Ended, campaign: CampaignState, tail: LogTail) -> Iterable[Event]:
    line = entry.line
    who = (line.campaign or "", line.contact)
    if line.outcome == "answered" and entry.sticky == line.number and who not in tail.stuck:
        yield ContactStickySet(
            tenant=line.tenant, campaign=line.campaign, contact=line.contact, number=line.number
        )
        tail.stuck.add(who)
    if entry.result is not None and not entry.elsewhere and who not in tail.finished:
        yield _finished(line.tenant, who[0], line.contact, entry.result, campaign.contacts[entry.index])


def _swept(name: str, campaign: CampaignState, journal: SqliteJournal, tail: LogTail) -> Iterable[Event]:
    index = 0
    for row in journal.rows(name):
        if not isinstance(row, NewContact):
            continue
        state = campaign.contacts.get(index, ContactState())
        index += 1
        if state.result is None and state.call is None and (name, row.contact) not in tail.finished:
            yield _finished(None, name, row.contact, "reached" if state.reached else "canceled", state)


def _finished(
    tenant: str | None, campaign: str, contact: str, result: str, state: ContactState
) -> ContactFinished:
    return ContactFinished(
        tenant=tenant,
        campaign=campaign,
        contact=contact,
        result=result,
        attempts=state.attempts + state.carrier_failures,
    )
