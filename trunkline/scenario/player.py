"""Make happen what a scenario says, when its time comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec
from pykka import ActorRef

from actors.campaign.actor import ROWS_A_TURN
from actors.messages import AddContacts, CloseFeed
from actors.settings import CampaignSettings, NumberSettings
from runtime.calls import E164
from runtime.errors import ContactsError, UnknownName
from runtime.kernel import ActorSystem, Timer
from runtime.observe.events import ScenarioApplied
from runtime.observe.observer import Observer
from trunkline.config import Config, EventTable
from trunkline.config.episodes import CARRIER_KINDS
from trunkline.contacts import Row
from trunkline.contacts.feed import fed_row
from trunkline.running import Changes, Roster
from trunkline.scenario.joining import from_file, made_up
from trunkline.synth import OutOfNumbers

BY = "scenario"


class UnappliedEvent(msgspec.Struct, frozen=True):
    """An event of the scenario that never happened; `at` in seconds from the start."""

    at: float
    kind: str
    what: str
    reason: str


class ScenarioPlayer:
    """Applies a configuration's events as virtual or real time goes on.

    What happens at a carrier is in the simulated line from the start, as an
    episode of its timeline; here such an event is only told of. A campaign
    that contacts will join stays open until they have.
    """

    def __init__(
        self,
        config: Config,
        seed: int,
        changes: Changes,
        roster: Roster,
        system: ActorSystem,
        observer: Observer,
    ) -> None:
        self._config = config
        self._seed = seed
        self._changes = changes
        self._roster = roster
        self._system = system
        self._observer = observer
        self._left = dict(enumerate(config.scenario, 1))
        self._failed: list[UnappliedEvent] = []
        self._timers: list[Timer] = []
        self._began = False
        self._joins = Counter(
            event.campaign for event in self._left.values() if event.kind == "contacts_join"
        )

    def begin(self, since: float) -> None:
        """Wait for each event's time; `since` seconds have passed from the start.

        Those of an earlier life's time have happened then; but it may have
        ended while contacts were joining, so the rest of them still do.
        """
        later = self._later
        self._began = True
        for index, event in list(self._left.items()):
            if event.at >= since:
                later(event.at - since, self._happen, index)
                continue
            del self._left[index]
            if event.kind == "contacts_join" and event.campaign in self._roster.campaigns:
                later(0.0, self._join, index, event, True)

    def _later(self, seconds: float, callback: Callable[..., None], *args: Any) -> None:
        self._timers = [timer for timer in self._timers if timer.pending]
        self._timers.append(self._system.call_later(seconds, callback, *args))

    def awaits(self, campaign: str) -> bool:
        """Tell whether contacts will join a campaign."""
        return self._joins[campaign] > 0

    def end(self) -> tuple[UnappliedEvent, ...]:
        """Let nothing happen any more, and list what did not, by time."""
        if not self._began:  # an earlier life has come to the end
            self._left.clear()
        for timer in self._timers:
            timer.cancel()
        never = [
            UnappliedEvent(event.at, event.kind, subject(event), "the run had ended")
            for event in self._left.values()
        ]
        return tuple(sorted([*self._failed, *never], key=lambda event: event.at))

    def _happen(self, index: int) -> None:
        event = self._left.pop(index)
        try:
            self._apply(index, event)
        except (UnknownName, OutOfNumbers) as error:
            self._fail(event, str(error))

    def _tell(self, event: EventTable) -> None:
        self._observer.emit(
            ScenarioApplied(
                kind=event.kind, what=subject(event), lasts_seconds=event.lasts, reason=event.reason
            )
        )

    def _apply(self, index: int, event: EventTable) -> None:
        changes, reason = self._changes, event.reason
        number, campaign = event.number or "", event.campaign or ""
        self._tell(event)
        match event.kind:
            case "flag_number":
                changes.flag(number, by=BY, reason=reason)
            case "unflag_number":
                changes.unflag(number, by=BY, reason=reason)
            case "pause_number":
                changes.pause_number(number, by=BY, reason=reason)
            case "resume_number":
                changes.resume_number(number, by=BY, reason=reason)
            case "remove_number":
                changes.remove_number(number, by=BY, reason=reason)
            case "add_number":
                self._add_number(event)
            case "pause_campaign":
                changes.pause(campaign, by=BY, reason=reason)
            case "resume_campaign":
                changes.resume(campaign, by=BY, reason=reason)
            case "cancel_campaign":
                changes.cancel(campaign, by=BY, reason=reason)
            case "connection_limit" | "tenant_cap":
                self._limit(event)
            case "contacts_join":
                self._join(index, event)
            case kind if kind in CARRIER_KINDS:
                return  # the line's own timeline does it
            case _:
                raise AssertionError(event.kind)

    def _add_number(self, event: EventTable) -> None:
        number = NumberSettings(
            number=E164(event.number or ""), tenant=event.tenant or "", connection=event.connection or ""
        )
        names = tuple(one.name for one in self._roster.settings.values() if one.tenant == number.tenant)
        self._changes.add_number(number, campaigns=names, by=BY, reason=event.reason)

    # Limits

    def _limit(self, event: EventTable) -> None:
        changes = self._changes
        change: Callable[..., object]
        if event.kind == "connection_limit":
            name, change, parts = (
                event.connection or "",
                changes.set_connection_limit,
                self._roster.connections,
            )
        else:
            name, change, parts = event.tenant or "", changes.set_tenant_cap, self._roster.tenants
        before = _limit_of(parts[name])
        limit = event.limit if event.limit is not None else max(1, int(before * (event.factor or 1.0)))
        change(name, limit, by=BY, reason=event.reason)
        if event.lasts is not None:
            self._later(event.lasts, self._restore, name, parts[name], limit, before, change)

    def _restore(
        self, name: str, ref: ActorRef[Any], limit: int, before: int, change: Callable[..., object]
    ) -> None:
        """Give the limit back, unless somebody else has changed it since."""
        if _limit_of(ref) == limit:
            change(name, before, by=BY, reason="it lasted as long as the scenario says")

    # Contacts that join

    def _join(self, index: int, event: EventTable, again: bool = False) -> None:
        campaign = self._roster.settings.get(event.campaign or "")
        if campaign is None:
            raise UnknownName("dialed campaign", event.campaign or "")
        intake = self._roster.intakes[campaign.name]
        if event.contacts is not None:
            rows = from_file(self._config.joining(event), intake, again=again)
        else:
            name = f"joined{index}"
            rows = made_up(name, event.count or 0, event.region, campaign, intake, self._seed)
        self._join_more(event, campaign, rows)

    def _join_more(self, event: EventTable, campaign: CampaignSettings, rows: Iterator[Row]) -> None:
        """Let some rows join, then others have their turn."""
        try:
            some = list(islice(rows, ROWS_A_TURN))
        except (OutOfNumbers, ContactsError) as error:
            self._fail(event, str(error))
            some = []
        ref = self._roster.campaigns.get(campaign.name)
        if ref is None or campaign.name in self._roster.results:
            self._fail(event, f"campaign {campaign.name} had ended")
            return
        if some:
            ref.tell(AddContacts([fed_row(row, campaign) for row in some]))
        if len(some) == ROWS_A_TURN:
            self._later(0.0, self._join_more, event, campaign, rows)
            return
        self._joins[campaign.name] -= 1
        if not self.awaits(campaign.name) and not campaign.keep_open:
            ref.tell(CloseFeed())

    def _fail(self, event: EventTable, reason: str) -> None:
        self._failed.append(UnappliedEvent(event.at, event.kind, subject(event), reason))


def _limit_of(ref: ActorRef[Any]) -> int:
    actor = ref._actor_weakref()  # on the loop, between messages
    return 1 if actor is None else int(actor.slots.source.configured)


def subject(event: EventTable) -> str:
    """Name what an event is about."""
    if event.kind == "contacts_join":
        return f"{event.campaign}: {event.contacts or f'{event.count:,} contacts'}"
    return event.number or event.connection or event.campaign or event.tenant or ""
