"""The calls of several daemons, under the limits that they share.

Each log has its host's time. Hosts' clocks may differ: a call counts from a
little after its grant's line to its end's line, and a rate over a little less
than a second. So what is told is wrong whatever the clocks said.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from runtime.observe import events
from runtime.observe.events import Event
from trunkline.audit.fleet.limits import Key, SharedLimits
from trunkline.audit.fleet.line import FleetLine
from trunkline.audit.settings import Settings

CLOCKS_SECONDS = 0.5
"""Clocks of two hosts may differ by so much."""

RATE_SECONDS = 1.0 - CLOCKS_SECONDS
"""What two clocks tell within this time was within a second."""

PLACE_SECONDS = HANGUP_SECONDS = 10.0


class Call:
    """A call, from its grant's line on; `over_by` is when it can't be up any more."""

    __slots__ = ("contact", "id", "is_up", "keys", "limits", "line", "over_by", "rang")

    def __init__(
        self,
        id: str,
        line: FleetLine,
        contact: Contact,
        keys: tuple[Key, ...],
        limits: tuple[int | None, ...],
        over_by: float,
    ) -> None:
        self.id = id
        self.line = line
        self.contact = contact
        self.keys = keys
        self.limits = limits
        self.over_by = over_by
        self.is_up = False
        self.rang = False


class Contact:
    """A contact's calls, whichever daemon placed them."""

    __slots__ = ("attempts", "numbers", "up")

    def __init__(self) -> None:
        self.attempts = 0
        """Calls that are over, but for those that carriers lost before they rang."""
        self.numbers: set[int] = set()
        self.up: set[str] = set()


class Calls:
    """Follow all calls; `report` is told of each line that breaks a rule, and what was expected."""

    def __init__(self, limits: SharedLimits, report: Callable[[str, FleetLine, str], None]) -> None:
        self.granted = 0
        self.strange = 0
        """Ends of calls that no log grants, or that had ended before."""
        self.open: dict[str, Call] = {}
        self.contacts: dict[tuple[str, str], Contact] = {}
        self._limits = limits
        self._report = report
        self._placed: deque[tuple[float, Call]] = deque()
        """Calls that are not counted as up yet, and from when on they are."""
        self._in_use = Counter[Key]()
        self._rates: dict[str, deque[float]] = {}
        self._days = Counter[tuple[str, int]]()
        self.handlers: dict[type[Event], Callable[[FleetLine, Any], None]] = {
            events.DispatchGranted: self._grant,
            events.CallRinging: self._rings,
            events.CallAnswered: self._rings,
            events.CallEnded: self._end,
        }

    def count_up(self, now: float) -> None:
        """Count those as up that were granted long enough ago, and have not ended."""
        placed = self._placed
        while placed and placed[0][0] <= now:
            at, call = placed.popleft()
            if self.open.get(call.id) is call:
                self._is_up(call, at)

    def _is_up(self, call: Call, now: float) -> None:
        call.is_up = True
        self._in_use.update(call.keys)
        if call.contact.up or self._over_a_limit(call):
            self.let_go_of_overdue(now)
        for key, limit in zip(call.keys, call.limits, strict=True):
            if limit is not None and self._in_use[key] > limit:
                expected = (
                    f"at most {limit} calls at once of {' '.join(key)}; {self._in_use[key]} are in progress"
                )
                self._report("fleet.limit", call.line, expected)
        if call.contact.up:
            expected = f"no call while {min(call.contact.up)} is in progress with the same contact"
            self._report("fleet.once", call.line, expected)
        call.contact.up.add(call.id)

    def _over_a_limit(self, call: Call) -> bool:
        pairs = zip(call.keys, call.limits, strict=True)
        return any(limit is not None and self._in_use[key] > limit for key, limit in pairs)

    def let_go_of_overdue(self, now: float) -> None:
        """Take calls as over whose end nobody could tell: their daemon has died."""
        for call in [one for one in self.open.values() if one.is_up and one.over_by < now]:
            self._is_over(call)

    def _is_over(self, call: Call) -> None:
        del self.open[call.id]
        if call.is_up:
            self._in_use.subtract(call.keys)
            call.contact.up.discard(call.id)

    def _rings(self, line: FleetLine, event: Any) -> None:
        call = self.open.get(event.call)
        if call is not None:
            call.rang = True

    def _end(self, line: FleetLine, event: events.CallEnded) -> None:
        call = self.open.get(event.call)
        if call is None:
            self.strange += 1
            return
        self._is_over(call)
        if event.outcome != "failed" or call.rang:
            call.contact.attempts += 1

    def _grant(self, line: FleetLine, event: events.DispatchGranted) -> None:
        self.granted += 1
        campaign, time = event.campaign or "", line.time
        settings = self._limits.settings.get(campaign)
        keys = (
            ("connection", event.connection),
            ("tenant", event.tenant or ""),
            ("campaign", campaign),
            ("number", event.number),
        )
        call = Call(
            event.call,
            line,
            self.contacts.setdefault((campaign, event.contact), Contact()),
            keys,
            tuple(self._limits.most(key, time) for key in keys),
            time + _longest(settings),
        )
        self.open[event.call] = call
        self._placed.append((time + 2 * CLOCKS_SECONDS, call))
        self._judge_attempt(call.contact, line, event, settings)
        if not event.recovered:  # else it was placed earlier
            self._judge_rate(line, event)
            self._judge_day(line, event)

    def _judge_attempt(
        self, contact: Contact, line: FleetLine, event: events.DispatchGranted, settings: Settings | None
    ) -> None:
        if event.attempt in contact.numbers:
            expected = f"another number than {event.attempt}: {event.contact} has had that attempt"
            self._report("fleet.attempts", line, expected)
        contact.numbers.add(event.attempt)
        if settings is not None and contact.attempts >= settings.max_attempts:
            expected = f"no further call: max_attempts is {settings.max_attempts}"
            self._report("fleet.attempts", line, expected)

    def _judge_rate(self, line: FleetLine, event: events.DispatchGranted) -> None:
        rate = self._limits.most(("rate", event.connection), line.time)
        placed = self._rates.setdefault(event.connection, deque())
        while placed and placed[0] <= line.time - RATE_SECONDS:
            placed.popleft()
        placed.append(line.time)
        if rate is not None and len(placed) > rate:
            expected = f"at most {rate} calls in a second on {event.connection}; this is one more"
            self._report("fleet.rate", line, expected)

    def _judge_day(self, line: FleetLine, event: events.DispatchGranted) -> None:
        cap, zone = self._limits.most(("day", event.number), line.time), self._limits.zones.get(event.number)
        if cap is None or zone is None:
            return
        early, late = (_day_at(line.time + shift, zone) for shift in (-CLOCKS_SECONDS, CLOCKS_SECONDS))
        if early != late:  # whose day it is depends on the clock
            return
        self._days[event.number, early] += 1
        if self._days[event.number, early] > cap:
            expected = f"{event.number} rests: {cap} calls a day have been placed from it"
            self._report("fleet.day_cap", line, expected)


def _longest(settings: Settings | None) -> float:
    if settings is None:
        return inf
    lasts = settings.max_ring_seconds + settings.max_call_seconds
    return PLACE_SECONDS + lasts + HANGUP_SECONDS + CLOCKS_SECONDS


def _day_at(time: float, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(time, zone).toordinal()
