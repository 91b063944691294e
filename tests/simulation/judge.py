"""Judge from the carrier's side whether the engine keeps its guarantees.

What is in force (limits, bars) is taken from the engine's own log: a change
is logged when it is in force, so every later call is judged by it. All that
is counted is counted where the calls are.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actors.contact.hours import is_open
from actors.settings import CampaignSettings, EngineSettings, NumberStatus
from runtime.calls import CallRequest
from runtime.observe import events
from runtime.observe.events import Event
from tests.simulation.violations import Violation

_ROUNDING = 1e-5
"""Instants since the epoch are good to a quarter microsecond; sums to a little more."""

Who = tuple[str, str]
"""A campaign and a contact's id in it."""


class Judge:
    """Counts calls at every instant, and what the log says of them.

    `is_up` tells whether the carrier still has a call up; `is_intended`
    whether a call's intent would survive a crash right now.
    """

    def __init__(
        self,
        settings: EngineSettings,
        zones: dict[tuple[str, str], tuple[str, ...]],
        happened: Callable[[str], None],
    ) -> None:
        self.happened = happened
        self.is_up: Callable[[str], bool] = lambda call: False
        self.is_intended: Callable[[str], bool] = lambda call: True
        self.campaigns: dict[str, CampaignSettings] = {one.name: one for one in settings.campaigns}
        self.limits: dict[tuple[str, str], int] = {}
        for connection in settings.connections:
            self.limits["connection", connection.name] = connection.max_concurrent
        for tenant in settings.tenants:
            self.limits["tenant", tenant.name] = tenant.max_concurrent
        for number in settings.numbers:
            if number.max_concurrent is not None:
                self.limits["number", number.number] = number.max_concurrent
        for campaign in settings.campaigns:
            if campaign.max_concurrent is not None:
                self.limits["campaign", campaign.name] = campaign.max_concurrent
        self.rates = {
            one.name: one.max_calls_per_second for one in settings.connections if one.max_calls_per_second
        }
        self.day_caps = {
            one.number: (one.max_calls_per_day, ZoneInfo(one.timezone))
            for one in settings.numbers
            if one.max_calls_per_day
        }
        self.zones = zones
        self.barred: dict[str, set[str]] = {}
        for number in settings.numbers:
            if number.status is not NumberStatus.ACTIVE:
                self.barred[number.number] = {number.status.value}
        self.left: set[tuple[str, str]] = set()
        self.ever_left: set[tuple[str, str]] = set()
        self.stopped: set[str] = set()
        self.canceled: set[str] = set()
        # At the carrier
        self.up: Counter[tuple[str, str]] = Counter()
        self.talking: dict[tuple[str, str], str] = {}
        self.busy: dict[Who, str] = {}
        self.up_on: dict[str, str] = {}
        """The connection of each call that is up."""
        self.placed: dict[str, deque[float]] = {name: deque() for name in self.rates}
        self.per_day: Counter[tuple[str, str]] = Counter()
        self.calls: Counter[Who] = Counter()
        self.full_attempts: Counter[Who] = Counter()
        """Calls that were up, but for those that the carrier lost before they rang."""
        self.placed_calls: set[str] = set()
        # In the log
        self.granted: dict[str, events.DispatchGranted] = {}
        self.ended: dict[str, events.CallEnded] = {}
        self.voided: set[str] = set()
        self.sticky: dict[Who, str] = {}
        self.ended_at: dict[str, float] = {}
        """When the engine learned of a call's end, which is before it is durable and told."""
        self.told_attempts: Counter[Who] = Counter()
        self.told_faults: Counter[Who] = Counter()
        self.due: dict[Who, float] = {}
        self.due_over_restart: set[Who] = set()
        self.sticky_over_restart: set[Who] = set()
        self.final: set[Who] = set()
        self.finished: dict[Who, events.ContactFinished] = {}
        self.campaigns_finished: dict[str, events.CampaignFinished] = {}
        self.rejected: set[tuple[str, int]] = set()
        self.progress_at = 0.0
        self._hear = {
            kind: getattr(self, f"_{kind.event.replace('.', '_')}")
            for kind in vars(events).values()
            if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "event")
            if hasattr(self, f"_{kind.event.replace('.', '_')}")
        }

    def restart(self, now: float) -> None:
        """Note what has to be the same in the engine's next life."""
        self.due_over_restart = {
            who for who, due in self.due.items() if due > now and who not in self.finished
        }
        self.sticky_over_restart = {who for who in self.sticky if who not in self.finished}

    # The carrier's side

    def place(self, request: CallRequest, now: float, *, up: bool) -> None:
        """Judge a call that is being placed; `up` unless the carrier refuses it."""
        call, who = request.call, (request.campaign, request.contact)
        phone = request.tenant, request.to
        if call in self.placed_calls:
            raise Violation(5, f"{call} was placed before")
        self.placed_calls.add(call)
        grant = self.granted.get(call)
        if grant is None:
            raise Violation(0, f"{call} was placed before its line was written")
        if (grant.contact, grant.number, grant.to) != (request.contact, request.number, request.to):
            raise Violation(0, f"{call} is not what its line says")
        if not self.is_intended(call):
            raise Violation(6, f"{call} was placed before its intent was durable")
        if phone in self.talking:
            raise Violation(4, f"{request.to} is called by {call} during {self.talking[phone]}")
        if who in self.busy:
            raise Violation(4, f"contact {who} is called by {call} during {self.busy[who]}")
        self._judge_bars(request, who)
        self._judge_contact(request, who, now)
        self._judge_rate(request, now)
        self._judge_day(request, now)
        self.calls[who] += 1
        self._judge_attempts(request, who)
        if not up:
            return
        self.full_attempts[who] += 1
        self.talking[phone] = call
        self.busy[who] = call
        self.up_on[call] = request.connection
        for key in _resources(request):
            count = self.up[key] = self.up[key] + 1
            limit = self.limits.get(key)
            if limit is not None and count > limit:
                invariant = 1 if key[0] == "connection" else 2
                raise Violation(
                    invariant, f"{count} calls on {key[0]} {key[1]} with {call}, its limit is {limit}"
                )

    def end(self, request: CallRequest, now: float, *, fast: bool) -> None:
        """Note that a call is over; `fast` where the carrier lost it before it rang."""
        who = request.campaign, request.contact
        del self.talking[request.tenant, request.to]
        del self.busy[who]
        del self.up_on[request.call]
        for key in _resources(request):
            self.up[key] -= 1
        if fast:
            self.full_attempts[who] -= 1

    def _judge_bars(self, request: CallRequest, who: Who) -> None:
        if self.barred.get(request.number):
            why = ", ".join(sorted(self.barred[request.number]))
            raise Violation(13, f"{request.number} is dialed by {request.call}, but it is {why}")
        if (request.campaign, request.number) in self.left:
            raise Violation(13, f"{request.number} has left the pool of {request.campaign}: {request.call}")
        if request.campaign in self.stopped or request.campaign in self.canceled:
            raise Violation(13, f"{request.campaign} is paused or canceled, but {request.call} is placed")
        sticky = self.sticky.get(who)
        if sticky is not None and who in self.sticky_over_restart and sticky == request.number:
            self.sticky_over_restart.discard(who)
            self.happened("a sticky was kept over a restart")
        if sticky is not None and sticky != request.number and self.granted[request.call].spilled is None:
            raise Violation(13, f"{request.call} leaves the sticky number of {who}, {sticky}")

    def _judge_contact(self, request: CallRequest, who: Who, now: float) -> None:
        if who in self.finished:
            raise Violation(8, f"{who} is called by {request.call} after its end")
        if who in self.final:
            raise Violation(8, f"{who} is called by {request.call} after a final outcome")
        due = self.due.get(who)
        if due is not None and who in self.due_over_restart:
            self.due_over_restart.discard(who)
            if now >= due - 1e-3:
                self.happened("a retry after a restart kept its due time")
        if due is not None and now < due - 1e-3:
            raise Violation(8, f"{request.call} comes {due - now:.3f} s before {who} is due")
        hours = self.campaigns[request.campaign].calling_hours
        if hours is not None and not is_open(hours, self.zones[who], now):
            raise Violation(0, f"{request.call} is placed outside of the calling hours of {who}")

    def _judge_attempts(self, request: CallRequest, who: Who) -> None:
        campaign = self.campaigns[request.campaign]
        attempts, most = self.full_attempts[who], campaign.max_attempts
        if max(attempts, self.told_attempts[who]) >= most:
            raise Violation(5, f"{request.call} comes after {attempts} attempts, at most {most} are allowed")
        if self.told_faults[who] >= campaign.max_carrier_failures:
            raise Violation(5, f"{request.call} comes after {self.told_faults[who]} carrier failures")

    def _judge_rate(self, request: CallRequest, now: float) -> None:
        rate = self.rates.get(request.connection)
        if rate is None:
            return
        window = self.placed[request.connection]
        while window and now - window[0] >= 1.0 - _ROUNDING:
            window.popleft()
        window.append(now)
        if len(window) == rate > 1:
            self.happened("a rate was used in full")
        if len(window) > rate:
            raise Violation(3, f"{len(window)} calls in a second on {request.connection} with {request.call}")

    def _judge_day(self, request: CallRequest, now: float) -> None:
        capped = self.day_caps.get(request.number)
        if capped is None:
            return
        cap, zone = capped
        day = request.number, datetime.fromtimestamp(now, zone).date().isoformat()
        self.per_day[day] += 1
        if self.per_day[day] > cap:
            raise Violation(3, f"{self.per_day[day]} calls from {request.number} on {day[1]}: {request.call}")
        if self.per_day[day] == cap:
            self.happened("a number reached its day cap")

    # The log's side

    def hear(self, time: float, event: Event) -> None:
        """Take in a line of the log."""
        hear = self._hear.get(type(event))
        if hear is not None:
            hear(time, event)

    def _dispatch_granted(self, time: float, event: events.DispatchGranted) -> None:
        if event.call in self.granted:
            raise Violation(8, f"{event.call} is granted twice")
        self.granted[event.call] = event
        self.progress_at = time
        if event.spilled == "sticky":
            self.happened("a contact spilled from its sticky number")
        elif event.spilled is not None:
            self.happened("a contact spilled to another tier")
        if event.probe:
            self.happened("a probe was placed")

    def _dispatch_refused(self, _time: float, event: events.DispatchRefused) -> None:
        if event.reason == "party_busy":
            self.happened("a person was parked: in a call of another campaign")

    def _dispatch_voided(self, _time: float, event: events.DispatchVoided) -> None:
        if event.call in self.granted:
            raise Violation(8, f"{event.call} is voided after it was granted")
        self.voided.add(event.call)
        self.happened(f"a grant was voided: {event.reason}")

    def _call_ended(self, time: float, event: events.CallEnded) -> None:
        call, who = event.call, (str(event.campaign), event.contact)
        if call not in self.granted:
            raise Violation(8, f"{call} ends without having been granted")
        if call in self.ended:
            raise Violation(8, f"{call} ends twice")
        if self.is_up(call):
            raise Violation(9, f"{call} is taken as ended while the carrier has it up")
        self.ended[call] = event
        self.progress_at = time
        self._expect_next(who, event, self.ended_at.pop(call, time))
        if event.cause == "max_duration":
            self.happened("a call was hung up for its length")

    def _expect_next(self, who: Who, event: events.CallEnded, time: float) -> None:
        campaign = self.campaigns[who[0]]
        said = event.outcome
        if said == "answered" and event.disposition is not None:
            said = event.disposition if event.disposition in campaign.retry_after else "answered"
        seconds = campaign.retry_after.get(said)
        if event.outcome == "failed" and event.ring_seconds is None:
            self.told_faults[who] += 1
            self.due[who] = time
            return
        self.told_attempts[who] += 1
        if seconds is None:
            self.final.add(who)
        else:
            self.due[who] = time + seconds

    def _call_overdue(self, _time: float, event: events.CallOverdue) -> None:
        self.happened("a slot was freed by the watchdog")

    def _call_late_event(self, _time: float, event: events.CallLateEvent) -> None:
        self.happened("an event came after its call's end")

    def _contact_sticky_set(self, _time: float, event: events.ContactStickySet) -> None:
        self.sticky[str(event.campaign), event.contact] = event.number

    def _contact_sticky_lost(self, _time: float, event: events.ContactStickyLost) -> None:
        number = self.sticky.pop((str(event.campaign), event.contact), None)
        if number != event.number:
            raise Violation(13, f"{event.contact} loses the sticky number {event.number}, but has {number}")
        self.happened(
            {"flagged": "a sticky was lost by a flag"}.get(event.reason, "a sticky was lost otherwise")
        )

    def _contact_finished(self, _time: float, event: events.ContactFinished) -> None:
        who = str(event.campaign), event.contact
        if who in self.finished:
            raise Violation(8, f"{who} is finished twice")
        self.finished[who] = event

    def _contact_rejected(self, _time: float, event: events.ContactRejected) -> None:
        self.rejected.add((str(event.campaign), event.row))

    def _campaign_finished(self, _time: float, event: events.CampaignFinished) -> None:
        name = str(event.campaign)
        if name in self.campaigns_finished:
            raise Violation(0, f"{name} is finished twice")
        self.campaigns_finished[name] = event

    def _connection_limit_changed(self, _time: float, event: events.ConnectionLimitChanged) -> None:
        self._set_limit(("connection", event.connection), event.limit)

    def _tenant_cap_changed(self, _time: float, event: events.TenantCapChanged) -> None:
        self._set_limit(("tenant", str(event.tenant)), event.limit)

    def _set_limit(self, key: tuple[str, str], limit: int) -> None:
        if limit < self.up[key]:
            self.happened(f"a {key[0]}'s limit was lowered below use")
        self.limits[key] = limit

    def _journal_back(self, _time: float, event: events.JournalBack) -> None:
        self.happened("the journal went away and came back")

    def _number_flagged(self, _time: float, event: events.NumberFlagged) -> None:
        self.barred.setdefault(event.number, set()).add("spam")
        if self.up["number", event.number]:
            self.happened("a number was flagged during its calls")

    def _number_unflagged(self, _time: float, event: events.NumberUnflagged) -> None:
        self.barred.get(event.number, set()).discard("spam")

    def _number_paused(self, _time: float, event: events.NumberPaused) -> None:
        self.barred.setdefault(event.number, set()).add("paused")

    def _number_resumed(self, _time: float, event: events.NumberResumed) -> None:
        self.barred.get(event.number, set()).discard("paused")

    def _number_removed(self, _time: float, event: events.NumberRemoved) -> None:
        if event.campaign is None:
            self.barred.setdefault(event.number, set()).add("removed")
            self.left.update((name, event.number) for name in self.campaigns)
        else:
            self.left.add((event.campaign, event.number))
        self.ever_left |= self.left

    def _number_added(self, _time: float, event: events.NumberAdded) -> None:
        self.barred.get(event.number, set()).discard("removed")
        if event.campaign is not None:
            self.left.discard((event.campaign, event.number))

    def _campaign_paused(self, _time: float, event: events.CampaignPaused) -> None:
        if event.by != "breaker":
            self.stopped.add(str(event.campaign))
        else:
            self.happened("all of a campaign's connections were open")

    def _campaign_resumed(self, _time: float, event: events.CampaignResumed) -> None:
        if event.by != "breaker":
            self.stopped.discard(str(event.campaign))

    def _campaign_canceled(self, _time: float, event: events.CampaignCanceled) -> None:
        self.canceled.add(str(event.campaign))
        if self.up["campaign", str(event.campaign)]:
            self.happened("a campaign was canceled with calls up")

    def _connection_opened(self, _time: float, event: events.ConnectionOpened) -> None:
        self.happened("a breaker opened")

    def _connection_closed(self, _time: float, event: events.ConnectionClosed) -> None:
        self.happened("a breaker closed")

    def _actor_crashed(self, _time: float, event: events.ActorCrashed) -> None:
        self.happened(f"an actor failed: {event.actor.split()[0]}")


def _resources(request: CallRequest) -> tuple[tuple[str, str], ...]:
    return (
        ("connection", request.connection),
        ("tenant", request.tenant),
        ("number", request.number),
        ("campaign", request.campaign),
    )


Table = dict[str, Any]
