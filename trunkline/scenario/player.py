"""Make happen what a scenario says, when its time comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from pykka import ActorRef

from actors.campaign.reading import ROWS_A_TURN
from actors.messages import AddContacts, CloseFeed
from actors.settings import CampaignSettings, NumberSettings
from runtime.calls import E164
from runtime.errors import ContactsError, UnknownName
from runtime.kernel import ActorSystem, Timer
from runtime.observe.events import ScenarioApplied
from runtime.observe.observer import Observer
from trunkline.config import Config, EventTable
from trunkline.config.episodes import CARRIER_KINDS, RESTARTS
from trunkline.contacts import Row
from trunkline.contacts.feed import fed_row
from trunkline.running import Changes, Roster
from trunkline.scenario.joining import from_file, made_up
from trunkline.scenario.played import LimitForATime, Played, UnappliedEvent
from trunkline.synth import OutOfNumbers

BY = "scenario"

HOW_IT_ENDS = {
    "daemon_crashes": "the daemon crashes",
    "daemon_restarts": "the daemon ends in order",
}


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
        played: Played | None = None,
    ) -> None:
        self._config = config
        self._seed = seed
        self._changes = changes
        self._roster = roster
        self._system = system
        self._observer = observer
        self._left = dict(enumerate(config.scenario, 1))
        self._played = Played() if played is None else played
        self._timers: list[Timer] = []
        self._began = False
        self._joins = Counter(
            event.campaign for event in self._left.values() if event.kind == "contacts_join"
        )

    def begin(self, since: float) -> None:
        """Wait for each event's time; `since` seconds have passed from the start.

        Those of an earlier life's time have happened then; but it may have
        ended while contacts were joining, so the rest of them still do. Where
        a scenario is played over several lives, what fell into the time
        between two of them happens now.
        """
        later, played = self._later, self._played
        self._began = True
        for index, event in list(self._left.items()):
            if index not in played.applied and (event.at >= since or played.restart is not None):
                later(event.at - since, self._happen, index, event.at < since)
                continue
            del self._left[index]
            if event.kind == "contacts_join" and event.campaign in self._roster.campaigns:
                later(0.0, self._join, index, event, True)
        now = self._system.clock.time()
        for index, limit in played.limited.items():
            later(limit.until - now, self._restore, index)

    def _later(self, seconds: float, callback: Callable[..., None], *args: Any) -> None:
        self._timers = [timer for timer in self._timers if timer.pending]
        self._timers.append(self._system.call_later(seconds, callback, *args))

    def awaits(self, campaign: str) -> bool:
        """Tell whether contacts will join a campaign."""
        return self._joins[campaign] > 0

    def end(self) -> tuple[UnappliedEvent, ...]:
        """Let nothing happen any more, and list what did not, by time."""
        played = self._played
        for index in list(self._left):
            if index in played.applied or (not self._began and played.restart is None):
                del self._left[index]  # an earlier life has come to the end
        for timer in self._timers:
            timer.cancel()
        never = [
            UnappliedEvent(event.at, event.kind, subject(event), "the run had ended")
            for event in self._left.values()
        ]
        return tuple(sorted([*played.failed, *never], key=lambda event: event.at))

    def _happen(self, index: int, missed: bool) -> None:
        event = self._left.pop(index)
        self._played.applied.add(index)
        if missed and event.kind in RESTARTS:
            self._fail(event, "the daemon was away")
            return
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
                self._limit(index, event)
            case "contacts_join":
                self._join(index, event)
            case kind if kind in RESTARTS:
                self._restart(event)
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

    def _limit(self, index: int, event: EventTable) -> None:
        part, change, name = self._limited(event)
        before = _limit_of(part)
        limit = event.limit if event.limit is not None else max(1, int(before * (event.factor or 1.0)))
        change(name, limit, by=BY, reason=event.reason)
        if event.lasts is not None:
            until = self._system.clock.time() + event.lasts
            self._played.limited[index] = LimitForATime(event, limit, before, until)
            self._later(event.lasts, self._restore, index)

    def _restore(self, index: int) -> None:
        """Give the limit back, unless somebody else has changed it since."""
        limit = self._played.limited.pop(index)
        part, change, name = self._limited(limit.event)
        if _limit_of(part) == limit.limit:
            change(name, limit.before, by=BY, reason="it lasted as long as the scenario says")

    def _limited(self, event: EventTable) -> tuple[ActorRef[Any], Callable[..., object], str]:
        """Give whose limit an event is about, what changes it, and the name."""
        changes, roster = self._changes, self._roster
        if event.kind == "connection_limit":
            name = event.connection or ""
            return roster.connections[name], changes.set_connection_limit, name
        name = event.tenant or ""
        return roster.tenants[name], changes.set_tenant_cap, name

    def _restart(self, event: EventTable) -> None:
        if self._played.restart is None:
            self._fail(event, "only a simulated daemon can")
        elif not self._played.restart(event):
            self._fail(event, "the daemon was ending already")

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
        self._played.failed.append(UnappliedEvent(event.at, event.kind, subject(event), reason))


def _limit_of(ref: ActorRef[Any]) -> int:
    actor = ref._actor_weakref()  # on the loop, between messages
    return 1 if actor is None else int(actor.slots.source.configured)


def subject(event: EventTable) -> str:
    """Name what an event is about."""
    if event.kind == "contacts_join":
        return f"{event.campaign}: {event.contacts or f'{event.count:,} contacts'}"
    if event.kind in RESTARTS:
        return HOW_IT_ENDS[event.kind]
    return event.number or event.connection or event.campaign or event.tenant or ""
