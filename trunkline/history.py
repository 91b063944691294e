"""Tell a journal's story again, as the events that its lives have emitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from runtime.calls import CallId
from runtime.contacts import RejectedContact
from runtime.journal.entries import (
    AnyEntry,
    Begun,
    Done,
    Ended,
    Finished,
    Intent,
    NotPlaced,
    Rows,
    Started,
)
from runtime.journal.recovered import Recovered
from runtime.journal.sqlite import SqliteJournal
from runtime.observe.events import (
    CampaignStarted,
    ContactFinished,
    ContactRejected,
    DispatchVoided,
    EngineRecovered,
    EngineStarted,
    EngineStopped,
    Event,
)


def history(
    journal: SqliteJournal, recovered: Recovered, versions: dict[str, str]
) -> Iterator[tuple[float, Event]]:
    """Yield the time and the event of all that figures are made of."""
    yield from events_of(lambda: (entry for _, entry in journal.entries()), versions)
    for name, campaign in recovered.campaigns.items():
        for index in range(campaign.taken if campaign.swept else 0):
            state = campaign.contacts.get(index)
            if state is None or (state.result is None and state.call is None):
                reached = state is not None and state.reached
                yield recovered.last_at, _finished(name, "reached" if reached else "canceled")


def events_of(
    entries: Callable[[], Iterable[AnyEntry]], versions: dict[str, str]
) -> Iterator[tuple[float, Event]]:
    """Yield the time and the event of what a journal's entries tell; they are read twice."""
    voided = {entry.call for entry in entries() if isinstance(entry, NotPlaced)}
    told = _Told(versions, voided)
    for entry in entries():
        yield from told.events_of(entry)


class _Told:
    def __init__(self, versions: dict[str, str], voided: set[CallId]) -> None:
        self.at = 0.0
        self._voided = voided
        self._open: dict[CallId, Intent] = {}
        self._begun_at: dict[str, float] = {}
        self._versions = versions
        self._settings: dict[str, Any] = {}
        self._begun = False

    def events_of(self, entry: AnyEntry) -> Iterator[tuple[float, Event]]:
        """Yield what follows from an entry."""
        self.at = max(self.at, getattr(entry, "at", 0.0))
        match entry:
            case Started():
                self._settings = entry.settings
                if not self._begun:
                    self._begun = True
                    yield self.at, EngineStarted(run=entry.run, versions=self._versions, seed=entry.seed)
            case Begun():
                self._begun_at[entry.campaign] = entry.at
                yield self.at, self._campaign_started(entry.campaign)
            case Intent():
                self._open[entry.call] = entry
                if entry.call not in self._voided:
                    yield entry.at, entry.grant
            case NotPlaced():
                intent = self._open.pop(entry.call, None)
                if intent is not None:
                    yield self.at, line_of_void(intent, entry.reason)
            case Ended() if (self._open.pop(entry.call, None) or entry.of) is not None:
                yield entry.at, entry.line
                if entry.result is not None and not entry.elsewhere:
                    yield entry.at, _finished(entry.line.campaign, entry.result)
            case Finished():
                yield self.at, _finished(entry.campaign, entry.result)
            case Rows():
                for row in entry.rows:
                    if isinstance(row, RejectedContact):
                        yield (
                            self.at,
                            ContactRejected(campaign=entry.campaign, row=row.row, reason=row.reason),
                        )
            case Done():
                began = self._begun_at.get(entry.line.campaign or "", self.at)
                yield max(self.at, began + entry.line.seconds), entry.line
            case _:
                return

    def _campaign_started(self, name: str) -> CampaignStarted:
        settings = self._settings
        campaign = next(one for one in settings["campaigns"] if one["name"] == name)
        tenant = next(one for one in settings["tenants"] if one["name"] == campaign["tenant"])
        numbers: list[Mapping[str, Any]] = [
            {**one, "status": one.get("status", "active")}
            for one in settings["numbers"]
            if one["number"] in campaign["pool"]
        ]
        used = {one["connection"] for one in numbers}
        return CampaignStarted(
            tenant=tenant["name"],
            campaign=name,
            settings=campaign,
            numbers=numbers,
            connections=[one for one in settings["connections"] if one["name"] in used],
            ceiling=0,
            tenant_cap=tenant["max_concurrent"],
            contacts=None,
        )


def line_of_void(intent: Intent, reason: str) -> DispatchVoided:
    """Say that an intended call was not placed."""
    grant = intent.grant
    return DispatchVoided(
        tenant=grant.tenant,
        campaign=grant.campaign,
        call=grant.call,
        contact=grant.contact,
        number=grant.number,
        reason=reason,
    )


def _finished(campaign: str | None, result: str) -> ContactFinished:
    return ContactFinished(campaign=campaign, contact="", result=result, attempts=0)


class NewEventsOnly:
    """A sink's sink: what was told by the history is not told again.

    A life in which nothing happens, because everything had come to its end,
    is none: a finished run doesn't last longer for being looked at again.
    """

    def __init__(self, sink: Any) -> None:
        self._sink = sink
        self._happened = False

    def __call__(self, time: float, event: Event) -> None:
        """Hand the event on, unless it is a line that a crash had kept from the log."""
        if event.recovered is not None:
            return
        stopped = isinstance(event, EngineStopped)
        self._happened = self._happened or not (stopped or isinstance(event, EngineRecovered))
        if self._happened or not stopped:
            self._sink(time, event)

    def wants(self, kind: type[Event]) -> bool:
        """Ask for what the sink behind asks for."""
        return bool(self._sink.wants(kind))


def as_table(recovered: Recovered) -> dict[str, Any]:
    """Give a journal's state as plain values, without its contacts."""
    return {
        "run": recovered.run,
        "lives": recovered.life,
        "seed": recovered.seed,
        "fingerprint": recovered.fingerprint,
        "entries": recovered.position,
        "started_at": recovered.started_at,
        "last_at": recovered.last_at,
        "in_doubt": [intent.call for intent in recovered.in_doubt],
        "changes": [msgspec.to_builtins(change) for change in recovered.changes],
        "acknowledged": dict(recovered.acknowledged),
        "campaigns": [
            {
                "campaign": name,
                "contacts": campaign.taken,
                "rejected": campaign.rejected,
                "calls": campaign.placed,
                "finished": campaign.done is not None,
                "results": _results(recovered, name),
            }
            for name, campaign in recovered.campaigns.items()
        ],
    }


def _results(recovered: Recovered, name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    campaign = recovered.campaigns[name]
    for state in campaign.contacts.values():
        if state.call is not None:
            result = "in_doubt"
        else:
            result = state.result or ("canceled" if campaign.swept else "waiting")
        counts[result] = counts.get(result, 0) + 1
    rest = campaign.taken - len(campaign.contacts)
    if rest:
        fresh = "canceled" if campaign.swept else "fresh"
        counts[fresh] = counts.get(fresh, 0) + rest
    return dict(sorted(counts.items()))
