"""Work a journal's entries out, in their order, to what a resume needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import msgspec

from runtime.calls import E164, CallId, Outcome
from runtime.contacts import RejectedContact
from runtime.journal.entries import (
    Acknowledged,
    AnyEntry,
    Begun,
    CampaignChange,
    Change,
    Done,
    Ended,
    Finished,
    Intent,
    LimitChange,
    NotPlaced,
    NumberChange,
    Rows,
    Started,
    Swept,
)
from runtime.journal.recovered import CampaignState, ContactState, Recovered
from runtime.observe.events import CampaignFinished

OUTCOMES = tuple(Outcome)
DAYS_SECONDS = 2 * 86_400 + 7_200
"""How far back intents may count for a number's day, whatever its timezone."""

_CODES = {outcome.value: code for code, outcome in enumerate(OUTCOMES)}
_FRESH = ContactState()
_replace = msgspec.structs.replace


def fold(entries: Iterable[AnyEntry], *, position: int = 0) -> Recovered | None:
    """Fold entries, the first at `position` + 1; None if no engine has started."""
    state = Fold(position)
    for entry in entries:
        state.add(entry)
    return state.recovered()


def state_after(before: ContactState, entry: Ended, intent: Intent) -> ContactState:
    """Give how far a contact has come when its call has ended."""
    number = E164(entry.line.number)
    final = entry.result is not None and not entry.elsewhere
    return ContactState(
        before.attempts + entry.counted,
        before.carrier_failures + (not entry.counted),
        before.reached or entry.line.outcome == Outcome.ANSWERED.value,
        entry.sticky,
        None if final else entry.due,
        entry.kind,
        entry.elsewhere,
        (*before.excluded, number) if entry.elsewhere else (),
        intent.grant.tier if entry.elsewhere else None,
        entry.result if final else None,
        entry.result if entry.elsewhere else None,
    )


class Fold:
    """The state after the entries so far."""

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self.in_doubt: dict[CallId, Intent] = {}
        self.campaigns: dict[str, _Campaign] = {}
        self.started: Started | None = None
        self._at = 0.0
        self._started_at = 0.0
        self._changes: list[Change] = []
        self._results: dict[tuple[str, E164], bytearray] = {}
        self._dialed_at: dict[E164, deque[float]] = {}
        self._acknowledged: dict[str, int] = {}

    def add(self, entry: AnyEntry) -> None:
        """Take in the next entry."""
        self.position += 1
        if type(entry) is Intent:
            self._intent(entry)
        elif type(entry) is Ended:
            self._ended(entry)
        elif isinstance(entry, NotPlaced):
            self._not_placed(entry)
        elif isinstance(entry, Rows):
            self._campaign(entry.campaign).take(entry)
        elif isinstance(entry, Finished):
            contacts = self._campaign(entry.campaign).contacts
            contacts[entry.index] = _replace(contacts.get(entry.index, _FRESH), result=entry.result, due=None)
        elif isinstance(entry, (NumberChange, CampaignChange, LimitChange)):
            self._changes.append(entry)
        elif isinstance(entry, Acknowledged):
            known = self._acknowledged.get(entry.reader, 0)
            self._acknowledged[entry.reader] = max(known, entry.position)
        elif isinstance(entry, Begun):
            campaign = self._campaign(entry.campaign)
            campaign.begun_at = entry.at if campaign.begun_at is None else campaign.begun_at
        elif isinstance(entry, Swept):
            self._campaign(entry.campaign).swept = True
        elif isinstance(entry, Done):
            self._campaign(entry.line.campaign or "").done = entry.line
        elif isinstance(entry, Started):
            if self.started is None:
                self._started_at = entry.at
            self.started = entry
            self._changes = list(entry.changes)
            self._at = max(self._at, entry.at)

    def _campaign(self, name: str) -> _Campaign:
        campaign = self.campaigns.get(name)
        if campaign is None:
            campaign = self.campaigns[name] = _Campaign()
        return campaign

    def _intent(self, entry: Intent) -> None:
        self.in_doubt[entry.call] = entry
        number, at = E164(entry.grant.number), entry.at
        self._at = max(self._at, at)
        dialed = self._dialed_at.get(number)
        if dialed is None:
            dialed = self._dialed_at[number] = deque()
        dialed.append(at)
        while dialed[0] < at - DAYS_SECONDS:
            dialed.popleft()

    def _not_placed(self, entry: NotPlaced) -> None:
        intent = self.in_doubt.pop(entry.call, None)
        if intent is None:
            return
        dialed = self._dialed_at[E164(intent.grant.number)]
        # A void follows its intent soon: it is looked for from the end.
        for place in range(len(dialed) - 1, -1, -1):
            if dialed[place] == intent.at:
                del dialed[place]
                break
        if entry.sticky_lost:
            contacts = self._campaign(intent.grant.campaign or "").contacts
            contacts[intent.index] = _replace(contacts.get(intent.index, _FRESH), sticky=None)

    def _ended(self, entry: Ended) -> None:
        own = self.in_doubt.pop(entry.call, None)
        intent = own or entry.of
        if intent is None:
            return
        line, name = entry.line, entry.line.campaign or ""
        self._at = max(self._at, entry.at)
        campaign = self._campaign(name)
        before = campaign.contacts.get(entry.index, _FRESH)
        campaign.contacts[entry.index] = state_after(before, entry, intent)
        if own is None:
            return  # another daemon has placed it: it counts there
        campaign.placed += 1
        key = (name, E164(line.number))
        results = self._results.get(key)
        if results is None:
            results = self._results[key] = bytearray()
        results.append(_CODES[line.outcome])

    def recovered(self) -> Recovered | None:
        """Give the state; None if no engine has started yet."""
        started = self.started
        if started is None:
            return None
        for intent in self.in_doubt.values():
            contacts = self._campaign(intent.grant.campaign or "").contacts
            contacts[intent.index] = _replace(contacts.get(intent.index, _FRESH), call=intent.call)
        return Recovered(
            started.run,
            started.life,
            started.seed,
            started.key,
            started.fingerprint,
            started.settings,
            self._started_at,
            tuple(self._changes),
            self.position,
            self._at,
            {name: campaign.state() for name, campaign in self.campaigns.items()},
            {key: bytes(results) for key, results in self._results.items()},
            {number: tuple(dialed) for number, dialed in self._dialed_at.items()},
            tuple(self.in_doubt.values()),
            {},
            dict(self._acknowledged),
        )


class _Campaign:
    __slots__ = (
        "begun_at",
        "complete",
        "contacts",
        "digest",
        "done",
        "file_rows",
        "placed",
        "rejected",
        "swept",
        "taken",
    )

    def __init__(self) -> None:
        self.contacts: dict[int, ContactState] = {}
        self.taken = 0
        self.rejected = 0
        self.file_rows = 0
        self.digest: str | None = None
        self.complete = False
        self.begun_at: float | None = None
        self.placed = 0
        self.swept = False
        self.done: CampaignFinished | None = None

    def take(self, entry: Rows) -> None:
        rejected = sum(type(row) is RejectedContact for row in entry.rows)
        self.rejected += rejected
        self.taken += len(entry.rows) - rejected
        if entry.rows:
            self.done = None
        if entry.digest is not None:
            self.file_rows += len(entry.rows)
            self.digest = entry.digest
        self.complete = self.complete or entry.complete

    def state(self) -> CampaignState:
        return CampaignState(
            self.taken,
            self.rejected,
            self.file_rows,
            self.digest,
            self.complete,
            self.begun_at,
            self.placed,
            self.swept,
            self.done,
            self.contacts,
        )
