"""Bring a log and its journal together again after a crash.

A line is written after its entry is durable, so a crash may leave the log
behind the journal by a few lines: they are added, marked as recovered. A log
that is ahead of its journal means that the journal has lost its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from actors.settings import EngineSettings
from runtime.calls import CallId
from runtime.contacts import FedRow, NewContact, RejectedContact
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
    Swept,
)
from runtime.journal.recovered import ContactState, Recovered
from runtime.observe.events import (
    ContactFinished,
    ContactRejected,
    ContactStickyLost,
    ContactStickySet,
    Event,
)
from trunkline.change_lines import lines_of_change
from trunkline.history import line_of_void
from trunkline.log_tail import LogTail, subject_of
from trunkline.resume import earlier_settings, with_changes

_replace = msgspec.structs.replace


class KeptEntries(Protocol):
    """A journal whose entries can be read again."""

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        """Yield the entries after a position with theirs."""
        ...

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield a campaign's rows in the order in which they were taken."""
        ...


def missing_lines(journal: KeptEntries, recovered: Recovered, tail: LogTail) -> Iterator[Event]:
    """Yield the lines that the journal has and the log lacks, in the journal's order.

    Of a log that has no line of this run nothing is missing: it is a new one.
    """
    if not tail.positions and not tail.whole:
        return
    after = 0 if tail.whole else min(tail.positions) - 1
    entries = [(seq, _without_contacts(entry)) for seq, entry in journal.entries(after)]
    gap = _Gap(journal, recovered, tail, [entry for _, entry in entries])
    for seq, entry in entries:
        for event in gap.lines_of(seq, entry):
            numbered = not isinstance(event, _WITHOUT_POSITION)
            yield _replace(event, seq=seq if numbered else None, recovered=True)


def _without_contacts(entry: AnyEntry) -> AnyEntry:
    """Leave out of an entry what has no line: a million contacts needn't be in memory at once."""
    if not isinstance(entry, Rows):
        return entry
    return _replace(entry, rows=[row for row in entry.rows if isinstance(row, RejectedContact)])


_WITHOUT_POSITION = (ContactFinished, ContactStickySet, ContactStickyLost, ContactRejected)


class _Gap:
    """What of a journal's end its log lacks."""

    def __init__(
        self, journal: KeptEntries, recovered: Recovered, tail: LogTail, entries: Sequence[AnyEntry]
    ) -> None:
        self._journal, self._recovered, self._tail = journal, recovered, tail
        self._intents = {entry.call: entry for entry in entries if isinstance(entry, Intent)}
        self._voided: dict[CallId, NotPlaced] = {
            entry.call: entry for entry in entries if isinstance(entry, NotPlaced)
        }
        added = [entry for entry in entries if isinstance(entry, NumberChange)]
        old = earlier_settings(recovered)
        self._settings: EngineSettings = with_changes(old, old, added)
        # A log has the first of what was changed: it lacks what came last.
        self._told = tail.changes.copy()
        self._stuck = tail.stuck.copy()
        self._lost = tail.lost.copy()
        self._done = tail.done.copy()

    def lines_of(self, seq: int, entry: AnyEntry) -> Iterable[Event]:
        """Give the lines of an entry that are missing."""
        match entry:
            case Intent():
                return self._of_intent(seq, entry)
            case NotPlaced():
                return () if seq in self._tail.positions else self._of_void(entry)
            case Ended():
                return self._of_end(seq, entry)
            case Rows():
                return self._of_rows(entry)
            case Finished():
                return self._of_finish(entry)
            case Swept():
                return self._of_sweep(entry.campaign)
            case Done():
                return self._of_done(entry)
            case NumberChange() | CampaignChange() | LimitChange():
                return self._of_change(entry)
            case _:
                return ()

    def _of_intent(self, seq: int, entry: Intent) -> Iterator[Event]:
        void, grant = self._voided.get(entry.call), entry.grant
        if entry.lost is not None and (void is None or void.sticky_lost):
            who = grant.campaign or "", grant.contact
            if self._lost[who]:
                self._lost[who] -= 1
            else:
                number, reason = entry.lost
                yield ContactStickyLost(
                    tenant=grant.tenant,
                    campaign=grant.campaign,
                    contact=grant.contact,
                    number=number,
                    reason=reason,
                )
        if void is None and seq not in self._tail.positions:
            yield grant

    def _of_void(self, entry: NotPlaced) -> Iterator[Event]:
        intent = self._intents.get(entry.call)
        if intent is not None:
            yield line_of_void(intent, entry.reason)

    def _of_end(self, seq: int, entry: Ended) -> Iterator[Event]:
        line, tail = entry.line, self._tail
        if seq not in tail.positions:
            yield line
        campaign = self._recovered.campaigns[line.campaign or ""]
        who = (line.campaign or "", line.contact)
        intent = self._intents.get(entry.call) or entry.of
        if line.outcome == "answered" and intent is not None and intent.sticky is None:
            if self._stuck[who]:
                self._stuck[who] -= 1
            else:
                yield ContactStickySet(
                    tenant=line.tenant, campaign=line.campaign, contact=line.contact, number=line.number
                )
        if entry.result is not None and not entry.elsewhere and who not in tail.finished:
            tail.finished.add(who)
            state = campaign.contacts[entry.index]
            # Earlier attempts may have been another daemon's: the last one's number counts them all.
            attempts = _calls(state) if intent is None else intent.grant.attempt
            yield _finished(line.tenant, who[0], line.contact, entry.result, attempts)

    def _of_rows(self, entry: Rows) -> Iterator[Event]:
        tenant = self._tenant_of(entry.campaign)
        for row in entry.rows:
            if isinstance(row, RejectedContact) and (entry.campaign, row.row) not in self._tail.rejected:
                yield ContactRejected(tenant=tenant, campaign=entry.campaign, row=row.row, reason=row.reason)

    def _of_finish(self, entry: Finished) -> Iterator[Event]:
        who = entry.campaign, entry.contact
        if who not in self._tail.finished:
            self._tail.finished.add(who)
            state = self._recovered.campaigns[entry.campaign].contacts[entry.index]
            yield _finished(
                self._tenant_of(entry.campaign), entry.campaign, entry.contact, entry.result, _calls(state)
            )

    def _of_sweep(self, name: str) -> Iterator[Event]:
        campaign, tenant = self._recovered.campaigns[name], self._tenant_of(name)
        index = 0
        for row in self._journal.rows(name):
            if not isinstance(row, NewContact):
                continue
            state = campaign.contacts.get(index, ContactState())
            index += 1
            who = name, row.contact
            if state.result is None and state.call is None and who not in self._tail.finished:
                self._tail.finished.add(who)
                result = "reached" if state.reached else "canceled"
                yield _finished(tenant, name, row.contact, result, _calls(state))

    def _of_done(self, entry: Done) -> Iterator[Event]:
        name = entry.line.campaign or ""
        if self._done[name]:
            self._done[name] -= 1
        else:
            yield entry.line

    def _of_change(self, entry: NumberChange | CampaignChange | LimitChange) -> Iterator[Event]:
        for line in lines_of_change(entry, self._settings):
            subject = subject_of(line)
            if subject is not None and self._told[subject]:
                self._told[subject] -= 1
            else:
                yield line

    def _tenant_of(self, campaign: str) -> str | None:
        return next((one.tenant for one in self._settings.campaigns if one.name == campaign), None)


def _calls(state: ContactState) -> int:
    return state.attempts + state.carrier_failures


def _finished(tenant: str | None, campaign: str, contact: str, result: str, attempts: int) -> ContactFinished:
    return ContactFinished(
        tenant=tenant, campaign=campaign, contact=contact, result=result, attempts=attempts
    )
