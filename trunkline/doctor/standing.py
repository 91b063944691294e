"""Work a journal out to what it tells of capacity: who waited for what, minute by minute.

A journal keeps calls, contacts and what was changed; limits, caps and hours
are in its settings. From these follow slots in use, numbers at their day cap,
caps that bind and connections whose breaker was probed. What it can't tell
is in `UNKNOWN`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from actors.contact.hours import is_open, next_opening
from actors.pool.capacity import Breakdown, ConnectionCapacity, break_down
from actors.settings import CampaignSettings, EngineSettings, NumberSettings, NumberStatus
from runtime.calls import E164, CallId
from runtime.contacts import NewContact
from runtime.errors import JournalContradicted
from runtime.journal.entries import (
    AnyEntry,
    Begun,
    CampaignChange,
    Change,
    Done,
    Ended,
    Finished,
    Intent,
    NotPlaced,
    NumberChange,
    Rows,
    Started,
    Swept,
)
from runtime.observe.events import PoolCapacity
from trunkline.resume import with_changes

UNKNOWN = (
    "how long calls took to ring",
    "what contacts wait for beyond pauses, hours, retries, caps, limits and day caps "
    "(their own number, a country's numbers, a call rate)",
    "breakers but by their probes",
    "how many calls the carrier has up",
    "which numbers the doctor let rest",
    "whether the journal was away",
)
"""What a journal can't tell of a run; its log can."""

TICK, TICKS, LONG_TICK = 60.0, 20, 600.0
"""A report a minute; after so many without an entry, one in ten minutes."""

CERTAIN = frozenset({"paused", "no_eligible_number", "day_cap", "connection_open"})
"""What nothing but a change or the clock can end: it holds after the last entry, too."""

SURE_SECONDS = 120.0


class Standing(msgspec.Struct, frozen=True):
    """How a campaign stands at a journal's last entry: what its contacts wait for, and its numbers.

    `numbers` gives the state of those that can't be called from: paused,
    spam, removed, day_cap or connection_open.
    """

    campaign: str
    placed: int
    in_progress: int
    waiting: dict[str, int]
    next_retry: float | None
    numbers: dict[str, str]
    finished: bool


class _Campaign:
    def __init__(self) -> None:
        self.zones: list[tuple[str, ...]] = []
        self.ready: Counter[tuple[str, ...]] = Counter()
        """Who may be called now, by the zones of their hours: fresh, or with a retry that is due."""
        self.place: dict[int, str] = {}
        """Where those are that aren't fresh: ready, due, calling or done."""
        self.due: list[tuple[float, int]] = []
        self.begun = False
        self.paused = False
        self.done = False
        self.placed = 0
        self.in_progress = 0
        self.later = 0
        """How many wait for a retry that isn't due."""

    def leave(self, index: int, place: str) -> None:
        """Take a contact from where it waited."""
        before = self.place.get(index, "ready")
        if before == "ready":
            self.ready[self.zones[index]] -= 1
        elif before == "due":
            self.later -= 1
        self.place[index] = place

    def wait(self, index: int) -> None:
        """Let a contact wait for its turn."""
        self.place[index] = "ready"
        self.ready[self.zones[index]] += 1

    def ripen(self, at: float) -> None:
        """Let those wait whose retry is due."""
        while self.due and self.due[0][0] <= at:
            _, index = heapq.heappop(self.due)
            if self.place.get(index) == "due":
                self.later -= 1
                self.wait(index)

    def wait_until(self, due: float, index: int) -> None:
        """Let a contact wait for its retry."""
        self.place[index] = "due"
        self.later += 1
        heapq.heappush(self.due, (due, index))


class JournalStanding:
    """Take a journal's entries in; give each campaign's capacity as its pool would have told it."""

    def __init__(self, contact: str | None = None) -> None:
        self.at = 0.0
        self._contact = contact
        self._where: tuple[str, int] | None = None
        """The campaign and index of the contact that is asked for."""
        self._configured: EngineSettings | None = None
        self._settings: EngineSettings | None = None
        self._changes: list[Change] = []
        self._campaigns: dict[str, _Campaign] = {}
        self._calls: dict[CallId, Intent] = {}
        self._days: dict[E164, list[float]] = {}
        self._out: dict[E164, str] = {}
        self._open: dict[str, None] = {}
        self._next: float | None = None

    def events(self, entries: Iterable[AnyEntry]) -> Iterator[tuple[float, PoolCapacity]]:
        """Yield the capacity of each campaign minute by minute, to the last entry."""
        timeless: list[AnyEntry] = []
        for entry in entries:
            at = getattr(entry, "at", None)
            if at is None:
                # When it was isn't kept: between the entries around it, and the later one shows it.
                timeless.append(entry)
                continue
            if isinstance(entry, Started):
                self._next = at
            yield from self._until(at)
            for one in (*timeless, entry):
                self._take(one)
            timeless.clear()
            self.at = max(self.at, at)
        for one in timeless:
            self._take(one)
        for seconds in (0.0, SURE_SECONDS):
            yield from self._tell(self.at + seconds, certain=bool(seconds))

    def standings(self) -> list[Standing]:
        """Say how each campaign stands at the last entry."""
        if self._settings is None:
            return []
        return [
            Standing(
                settings.name,
                campaign.placed,
                campaign.in_progress,
                {} if campaign.done else self._waiting(settings, campaign, self.at),
                None
                if campaign.done
                else min((due for due, _ in campaign.due if due > self.at), default=None),
                self._unusable(settings, self.at),
                campaign.done,
            )
            for settings in self._settings.campaigns
            if (campaign := self._campaigns.get(settings.name)) is not None
        ]

    def waits_for(self) -> tuple[str | None, float | None] | None:
        """Say what the contact that was asked for waits for, and when it is due; None if it isn't known.

        ("unknown" stands for what only a log tells.)
        """
        if self._where is None or self._settings is None:
            return None
        name, index = self._where
        campaign = self._campaigns[name]
        settings = next(one for one in self._settings.campaigns if one.name == name)
        place = campaign.place.get(index, "ready")
        if place == "calling":
            return "the end of its call", None
        if place == "done" or campaign.done:
            return None, None
        if place == "due":
            return "its retry", next(due for due, one in campaign.due if one == index)
        hours = settings.calling_hours
        if hours is not None and not is_open(hours, campaign.zones[index], self.at):
            return "calling_hours", next_opening(hours, campaign.zones[index], self.at)
        reason = self._reason(settings, campaign, self.at)
        return "its turn" if reason == "unknown" else reason, None

    # What the entries change

    def _take(self, entry: AnyEntry) -> None:
        match entry:
            case Started():
                self._begin(entry)
            case Rows():
                campaign = self._campaign(entry.campaign)
                contacts = [row for row in entry.rows if isinstance(row, NewContact)]
                for index, row in enumerate(contacts, start=len(campaign.zones)):
                    if row.contact == self._contact:
                        self._where = entry.campaign, index
                campaign.zones += [row.calling_zones for row in contacts]
                campaign.ready.update(row.calling_zones for row in contacts)
            case Begun():
                self._campaign(entry.campaign).begun = True
            case Intent():
                self._intent(entry)
            case NotPlaced() | Ended():
                self._over(entry)
            case Finished():
                self._campaign(entry.campaign).leave(entry.index, "done")
            case Swept():
                campaign = self._campaign(entry.campaign)
                campaign.ready.clear()
                campaign.due.clear()
                campaign.later = 0
                campaign.done = True
            case Done():
                self._campaign(entry.line.campaign or "").done = True
            case _ if isinstance(entry, Change):
                self._change(entry)
            case _:
                pass

    def _begin(self, entry: Started) -> None:
        try:
            self._configured = msgspec.convert(entry.settings, EngineSettings)
        except msgspec.ValidationError as error:
            raise JournalContradicted([f"its settings can't be read by this version: {error}"]) from error
        self._changes = []
        self._out = {
            one.number: one.status.value
            for one in self._configured.numbers
            if one.status is not NumberStatus.ACTIVE
        }
        self._settings = self._configured
        for change in entry.changes:
            self._change(change)

    def _change(self, change: Change) -> None:
        self._changes.append(change)
        if isinstance(change, NumberChange):
            status = {"flagged": "spam", "paused": "paused", "removed": "removed"}.get(change.what)
            if status is None:
                self._out.pop(change.number, None)
            elif status != "removed" or not change.campaigns:
                self._out[change.number] = status
        elif isinstance(change, CampaignChange):
            self._campaign(change.campaign).paused = change.what == "paused"
        if self._configured is not None:
            self._settings = with_changes(self._configured, self._configured, self._changes)

    def _intent(self, entry: Intent) -> None:
        grant = entry.grant
        campaign = self._campaign(grant.campaign or "")
        campaign.leave(entry.index, "calling")
        campaign.placed += 1
        campaign.in_progress += 1
        self._calls[entry.call] = entry
        self._days.setdefault(E164(grant.number), []).append(entry.at)
        if grant.probe:
            self._open[grant.connection] = None
        else:
            self._open.pop(grant.connection, None)

    def _over(self, entry: NotPlaced | Ended) -> None:
        intent = self._calls.pop(entry.call, None)
        if intent is None:
            return
        campaign = self._campaign(intent.grant.campaign or "")
        campaign.in_progress -= 1
        if isinstance(entry, NotPlaced):
            campaign.placed -= 1
            campaign.wait(intent.index)
        elif entry.elsewhere:
            campaign.wait(entry.index)
        elif entry.result is None and entry.due is not None:
            campaign.wait_until(entry.due, entry.index)
        else:
            campaign.place[entry.index] = "done"

    def _campaign(self, name: str) -> _Campaign:
        return self._campaigns.setdefault(name, _Campaign())

    # What it tells

    def _until(self, at: float) -> Iterator[tuple[float, PoolCapacity]]:
        ticks = 0
        while self._next is not None and self._next <= at:
            now = self._next
            yield from self._tell(now)
            ticks += 1
            self._next = now + (TICK if ticks < TICKS else LONG_TICK)

    def _tell(self, at: float, *, certain: bool = False) -> Iterator[tuple[float, PoolCapacity]]:
        if self._settings is None:
            return
        for settings in self._settings.campaigns:
            campaign = self._campaigns.get(settings.name)
            if campaign is None or not campaign.begun or campaign.done:
                continue
            campaign.ripen(at)
            waiting = self._waiting(settings, campaign, at)
            if certain and (campaign.in_progress or not CERTAIN & set(waiting)):
                continue
            yield at, self._event(settings, campaign, waiting, at)

    def _event(
        self, settings: CampaignSettings, campaign: _Campaign, waiting: dict[str, int], at: float
    ) -> PoolCapacity:
        told = self._breakdown(settings, campaign, at)
        return PoolCapacity(
            tenant=told.tenant,
            campaign=told.campaign,
            ceiling=told.ceiling,
            available=told.available,
            binds=told.binds,
            binds_now=told.binds_now,
            tenant_cap=told.tenant_cap,
            tenant_in_use=told.tenant_in_use,
            campaign_cap=told.campaign_cap,
            campaign_in_use=told.campaign_in_use,
            connections=[msgspec.to_builtins(one) for one in told.connections],
            placed=campaign.placed,
            waiting=waiting,
        )

    def _waiting(self, settings: CampaignSettings, campaign: _Campaign, at: float) -> dict[str, int]:
        counts: Counter[str] = Counter()
        reason = self._reason(settings, campaign, at)
        for zones, count in campaign.ready.items():
            hours = settings.calling_hours
            closed = reason != "paused" and hours is not None and not is_open(hours, zones, at)
            counts["calling_hours" if closed else reason] += count
        counts["retry_due"] = campaign.later
        return {name: count for name, count in sorted(counts.items()) if count > 0}

    def _reason(self, settings: CampaignSettings, campaign: _Campaign, at: float) -> str:
        """Name what keeps the next contact from being called; "unknown" if only a log tells."""
        if campaign.paused:
            return "paused"
        if settings.start_at is not None and at < settings.start_at:
            return "not_started"
        members = self._members(settings)
        unusable = self._unusable(settings, at)
        if all(one.number in unusable for one in members):
            whys = set(unusable.values())
            return next((one for one in ("connection_open", "day_cap") if one in whys), "no_eligible_number")
        told = self._breakdown(settings, campaign, at)
        return (
            {
                "tenant_cap": "tenant_full",
                "campaign_cap": "campaign_full",
                "number_limits": "number_full",
            }.get(told.binds_now, "connection_full")
            if told.available <= 0
            else "unknown"
        )

    def _members(self, settings: CampaignSettings) -> list[NumberSettings]:
        assert self._settings is not None
        return [one for one in self._settings.numbers if one.number in settings.pool]

    def _unusable(self, settings: CampaignSettings, at: float) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in self._members(settings):
            if one.number in self._out:
                found[one.number] = self._out[one.number]
            elif one.connection in self._open:
                found[one.number] = "connection_open"
            elif one.max_calls_per_day is not None and self._today(one, at) >= one.max_calls_per_day:
                found[one.number] = "day_cap"
        return found

    def _today(self, number: NumberSettings, at: float) -> int:
        local = datetime.fromtimestamp(at, ZoneInfo(number.timezone))
        begun = local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        times = self._days.get(number.number, [])
        while times and times[0] < begun:
            del times[0]
        return len(times)

    def _breakdown(self, settings: CampaignSettings, campaign: _Campaign, at: float) -> Breakdown:
        assert self._settings is not None
        tenant = next(one for one in self._settings.tenants if one.name == settings.tenant)
        on = Counter(call.grant.connection for call in self._calls.values())
        using = Counter(call.grant.number for call in self._calls.values())
        tenant_in_use = sum(call.grant.tenant == settings.tenant for call in self._calls.values())
        unusable = self._unusable(settings, at)
        members = self._members(settings)
        rows = []
        for connection in self._settings.connections:
            numbers = [one for one in members if one.connection == connection.name]
            if not numbers:
                continue
            usable = [one for one in numbers if one.number not in unusable and connection.enabled]
            limits = [one.max_concurrent for one in usable]
            own = None if None in limits else sum(one or 0 for one in limits)
            free = None if own is None else own - sum(using[one.number] for one in usable)
            available = max(0, connection.max_concurrent - on[connection.name]) if usable else 0
            rows.append(
                ConnectionCapacity(
                    connection.name,
                    connection.max_concurrent,
                    on[connection.name],
                    available if free is None else min(available, max(0, free)),
                    len(usable),
                    own,
                    free,
                    None,
                    "open" if connection.name in self._open else "closed",
                )
            )
        return break_down(
            settings.tenant,
            settings.name,
            rows,
            tenant_cap=tenant.max_concurrent,
            tenant_in_use=tenant_in_use,
            campaign_cap=settings.max_concurrent,
            campaign_in_use=campaign.in_progress,
            held_back="paused" if campaign.paused else None,
        )
