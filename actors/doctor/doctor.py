"""One campaign's doctor: hears its calls and its capacity, says what is wrong.

It is told of every ended call (`hear`) and of the rarer events (`observe`),
live by the pool, afterwards by whoever reads a log or a journal; the same
events make the same findings. A finding is said when it begins and once more
when it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.doctor.advice import STALL_SUGGESTIONS, AdviceKind, Finding, Severity
from actors.doctor.blocked import BlockedDetector
from actors.doctor.coverage import Audience, CapacityWatch, CapBinds, Leaking, ThinCoverage
from actors.doctor.decline import Decline, DeclineDetector, Scope, is_from
from actors.doctor.heard import Heard
from actors.doctor.provider import Failing, ProviderDetector
from actors.doctor.recovery import RecoveryTest
from actors.doctor.stalls import PLANNED, Stall, StallDetector
from actors.pool.geography import place_of
from runtime.calls import E164
from runtime.causes import classify_cause
from runtime.observe import events

Key = tuple[AdviceKind, str, str | None]
GONE = ("spam", "paused", "removed")
PROBED = ("open", "probing", "disabled")
"""States of breakers in which no call is placed but probes."""


class CampaignDoctor:
    """The findings of one campaign, from what it hears of it."""

    def __init__(self) -> None:
        self.declines = DeclineDetector()
        self._blocked = BlockedDetector()
        self._provider = ProviderDetector()
        self._stalls = StallDetector()
        self._capacity = CapacityWatch()
        self._audience = Audience()
        self._open: dict[Key, Finding] = {}
        self._recoveries: dict[Key, tuple[RecoveryTest, Decline]] = {}
        self._regions: dict[E164, str | None] = {}
        self._connection_of: dict[E164, str] = {}
        self._out: dict[E164, None] = {}
        self._failing: dict[str, None] = {}
        self._country_match = True
        self._halted: dict[str, None] = {}
        self._open_ended = False
        self.finished = False
        """Whether its campaign, or the engine, is over: then it falls silent."""
        self._out_box: list[Finding] = []
        self.dropped: list[E164] = []
        """Numbers whose answers dropped, also those that failed their trial; for whoever rests them."""

    @property
    def open(self) -> list[Finding]:
        """List what is so now, in the order in which it began."""
        return list(self._open.values())

    # What it hears of calls

    def hear(self, heard: Heard) -> list[Finding]:
        """Take in an ended call; list what begins or is over with it."""
        cause, connection, region = heard.cause, heard.connection, heard.region
        if cause is not None or heard.number in self._blocked.watched:
            self._hear_cause(heard)
        failing = self._provider.hear(
            connection, fault=heard.fault, cause=cause, at=heard.at, ring_delay=heard.ring_delay
        )
        if failing is not None:
            self._fails(heard.at, failing)
        if self._failing and connection in self._failing:
            self._look_whether_back(heard)
        if region is not None:
            self._audience.hear(region, matched=self._regions.get(heard.number) == region)
        if self._recoveries:
            self._recover(heard)
        decline = self.declines.hear(heard)
        if decline is not None:
            self._declines(heard.at, decline)
        return self._said() if self._out_box else self._out_box

    def _hear_cause(self, heard: Heard) -> None:
        cause = classify_cause(heard.cause)
        blocked = self._blocked.hear(heard.number, cause, heard.at)
        key: Key = (AdviceKind.BLOCKED, "network", heard.number)
        if blocked is None:
            if key in self._open and self._blocked.is_over(heard.number):
                self._end(heard.at, key, {})
            return
        counts = dict(sorted(blocked.blocked.items()))
        self._begin(
            heard.at,
            key,
            Severity.ERROR,
            blocked.since,
            {"number": heard.number, "calls": blocked.calls, "blocked": counts},
            f"take {heard.number} out of the pool and have its reputation mended: "
            f"{sum(counts.values())} of its last {blocked.calls} calls were blocked",
        )

    def _fails(self, at: float, failing: Failing) -> None:
        name = failing.connection
        self._failing[name] = None
        key: Key = (AdviceKind.CORRELATED_DECLINE, Scope.CONNECTION.value, name)
        evidence = {
            "connection": name,
            "calls": failing.calls,
            "failed": failing.failed,
            "causes": dict(sorted(failing.causes.items())),
            **self._delays(name),
        }
        self._begin(
            at,
            key,
            Severity.ERROR,
            failing.since,
            evidence,
            f"check the provider of {name}: it failed {failing.failed} of {failing.calls} calls",
        )

    def _look_whether_back(self, heard: Heard) -> None:
        name = heard.connection
        if self._provider.is_back(name):
            del self._failing[name]
            self._end(heard.at, (AdviceKind.CORRELATED_DECLINE, Scope.CONNECTION.value, name), {})

    def _delays(self, connection: str) -> dict[str, float]:
        delays = self._provider.delays(connection)
        if delays is None:
            return {}
        return {"ring_delay": round(delays[0], 3), "usual_ring_delay": round(delays[1], 3)}

    def _declines(self, at: float, decline: Decline) -> None:
        scope, name = decline.scope, None if decline.name is None else str(decline.name)
        key: Key
        if scope is Scope.NUMBER:
            key = (AdviceKind.ANSWER_RATE_DROP, "number", name)
        else:
            key = (AdviceKind.CORRELATED_DECLINE, scope.value, name)
        evidence: dict[str, Any] = {} if name is None else {scope.value: name}
        evidence |= {
            "calls": decline.calls,
            "answered": decline.answered,
            "expected": decline.expected,
            "answer_rate": round(decline.answered / decline.calls, 4),
            "expected_rate": round(decline.expected / decline.calls, 4),
            "log_likelihood": decline.evidence,
        }
        if scope is Scope.CONNECTION and name is not None:
            failed, calls = self._provider.failures(name)
            evidence |= {"failed": failed, "failed_of": calls, **self._delays(name)}
        self._begin(at, key, Severity.WARNING, decline.since, evidence, _suggest(decline))
        self._recoveries[key] = (RecoveryTest(), decline)
        if scope is Scope.NUMBER and name is not None:
            self.declines.mute(E164(name))
            self.dropped.append(E164(name))
            self._look_at_connection(at, E164(name))

    def _look_at_connection(self, at: float, number: E164) -> None:
        """Say that it is the connection where all its numbers dropped, one after the other."""
        connection = self._connection_of.get(number)
        mates = [
            one
            for one, its in self._connection_of.items()
            if its == connection
            and ((AdviceKind.ANSWER_RATE_DROP, "number", one) in self._open or one not in self._out)
        ]
        drops = [self._open.get((AdviceKind.ANSWER_RATE_DROP, "number", one)) for one in mates]
        known = [one for one in drops if one is not None]
        others = set(self._connection_of.values()) - {connection}
        if connection is None or len(known) < 2 or len(known) < len(mates) or not others:
            return
        calls, answered, expected = (
            sum(one.evidence[what] for one in known) for what in ("calls", "answered", "expected")
        )
        decline = Decline(
            Scope.CONNECTION,
            connection,
            min(one.since for one in known),
            calls,
            answered,
            round(expected, 1),
            round(sum(one.evidence["log_likelihood"] for one in known), 2),
        )
        self._declines(at, decline)

    def _recover(self, heard: Heard) -> None:
        if heard.answered is None:
            return
        for key, (test, decline) in list(self._recoveries.items()):
            if not _concerns(decline, heard):
                continue
            if decline.scope is Scope.HOUR and isinstance(decline.name, int) and heard.answered:
                test.hours = max(test.hours, ((heard.local_hour or 0) - decline.name) % 24)
            expected = min(0.9, decline.expected / decline.calls)
            if test.add(expected, answered=heard.answered):
                if decline.scope is Scope.HOUR and isinstance(decline.name, int):
                    self.declines.wake(decline.name, test.hours)
                self._end(heard.at, key, {"calls": test.calls, "answered": test.answered})

    def on_trial(self, number: E164) -> None:
        """Watch a number that has rested by its old expectation; a few calls decide."""
        self._out.pop(number, None)
        self.declines.on_trial(number)

    # What it hears besides

    def observe(self, at: float, event: events.Event) -> list[Finding]:
        """Take in one of the rarer events; list what begins or is over with it."""
        match event:
            case events.CampaignStarted():
                self._started(at, event)
            case events.PoolCapacity():
                self._capacity_told(at, event)
            case events.NumberAdded():
                self._added(at, event)
            case events.NumberFlagged() | events.NumberPaused() | events.NumberRemoved():
                self._taken_out(at, E164(event.number))
            case events.NumberUnflagged() | events.NumberResumed():
                self._put_back(E164(event.number))
            case events.NumberResting(by="doctor"):
                self._out[E164(event.number)] = None
            case events.NumberRested(by="doctor"):
                self._out.pop(E164(event.number), None)
            case events.JournalAway():
                self._halted["journal_away"] = None
            case events.JournalBack():
                self._halted.pop("journal_away", None)
            case events.StateAway():
                self._halted["state_away"] = None
            case events.StateBack():
                self._halted.pop("state_away", None)
            case events.CampaignFinished() | events.EngineStopped():
                self.finished = True
            case _:
                pass
        return self._said()

    def _started(self, at: float, event: events.CampaignStarted) -> None:
        self._stalls.begin(at)
        self._open_ended = bool(event.settings.get("keep_open", False))
        self._country_match = bool(event.settings.get("prefer_country_match", True))
        on: dict[str, int] = {}
        for row in event.numbers:
            number = E164(row["number"])
            self._regions[number] = row["region"] if "region" in row else place_of(number).region
            self._connection_of[number] = row["connection"]
            if row["status"] in GONE:
                self._out[number] = None
            else:
                on[row["connection"]] = on.get(row["connection"], 0) + 1
        for row in event.connections:
            name, limit = row["name"], row["max_concurrent"]
            if on.get(name, 0) > limit:
                self._useless(at, name, on[name], limit, None)

    def _added(self, at: float, event: events.NumberAdded) -> None:
        number = E164(event.number)
        self._put_back(number)
        if event.connection is None:
            return
        self._connection_of[number] = event.connection
        self._regions[number] = event.region
        if self._capacity.is_full(event.connection):
            on = sum(1 for one in self._connection_of.values() if one == event.connection)
            self._useless(at, event.connection, on, None, number)

    def _useless(self, at: float, name: str, numbers: int, limit: int | None, added: E164 | None) -> None:
        key: Key = (AdviceKind.USELESS_NUMBER, "connection_full", name)
        evidence: dict[str, Any] = {"connection": name, "numbers": numbers}
        if limit is not None:
            evidence["limit"] = limit
        if added is not None:
            evidence["number"] = added
        severity = Severity.INFO if added is None else Severity.WARNING
        self._begin(
            at,
            key,
            severity,
            at,
            evidence,
            f"raise the limit of {name}, or put numbers on another connection: "
            f"{name} is the limit, and another number on it adds no call",
        )

    def _taken_out(self, at: float, number: E164) -> None:
        self._out[number] = None
        self.declines.mute(number)
        for key in list(self._open):
            if key[2] == number:
                self._end(at, key, {"taken_out": True})

    def _put_back(self, number: E164) -> None:
        self._blocked.forget(number)
        self._out.pop(number, None)
        self.declines.forget(number)

    def _capacity_told(self, at: float, event: events.PoolCapacity) -> None:
        self._capacity.full(at, event.connections)
        self._tell_useless(at, event)
        waiting: Mapping[str, int] = event.waiting
        stall = self._stalls.look(
            at,
            waiting,
            placed=event.placed,
            available=event.available,
            in_use=event.campaign_in_use,
            halted=next(iter(self._halted), None),
            probing=bool(event.connections) and all(row["breaker"] in PROBED for row in event.connections),
            open_ended=self._open_ended,
        )
        self._tell_stall(at, stall, event)
        due = sum(count for reason, count in waiting.items() if reason not in PLANNED and reason != "paused")
        raw = sum(row["limit"] for row in event.connections if row["eligible_numbers"])
        caps = {"tenant_cap": event.tenant_cap, "campaign_cap": event.campaign_cap}
        self._tell_caps(at, self._capacity.binding(at, event.binds_now, caps, raw, due))
        self._tell_thin(at, event)
        self._tell_leaks(at, self._capacity.leaking(at, event.connections))

    def _tell_useless(self, at: float, event: events.PoolCapacity) -> None:
        """End what was said of a connection that has room again, and isn't outnumbered."""
        limits = {row["connection"]: row["limit"] for row in event.connections}
        for key in [one for one in self._open if one[0] is AdviceKind.USELESS_NUMBER]:
            name = key[2] or ""
            on = sum(1 for one, its in self._connection_of.items() if its == name and one not in self._out)
            if not self._capacity.is_full(name) and on <= limits.get(name, on):
                self._end(at, key, {})

    def _tell_stall(self, at: float, stall: Stall | None, event: events.PoolCapacity) -> None:
        cause = None if stall is None else stall.cause
        for key in [one for one in self._open if one[0] is AdviceKind.STALLED and one[1] != cause]:
            self._end(at, key, {})
        if stall is None:
            return
        planned = stall.cause in PLANNED or stall.cause == "paused"
        severity = Severity.INFO if planned else Severity.ERROR
        if stall.cause == "unknown":
            severity = Severity.WARNING
        evidence: dict[str, Any] = {
            "seconds": stall.seconds,
            "contacts": stall.contacts,
            "waiting": stall.waiting,
            "available": stall.available,
        }
        if stall.cause == "tenant_full":
            evidence |= {
                "tenant_cap": event.tenant_cap,
                "tenant_in_use": event.tenant_in_use,
                "campaign_in_use": event.campaign_in_use,
            }
        suggestion = STALL_SUGGESTIONS.get(stall.cause, "look at what the contacts wait for")
        self._begin(at, (AdviceKind.STALLED, stall.cause, None), severity, stall.since, evidence, suggestion)

    def _tell_caps(self, at: float, found: list[CapBinds]) -> None:
        now = {(AdviceKind.CAP_BINDS, one.cap, None) for one in found}
        for key in [one for one in self._open if one[0] is AdviceKind.CAP_BINDS and one not in now]:
            self._end(at, key, {})
        for one in found:
            what = "the tenant cap" if one.cap == "tenant_cap" else "the campaign's max_concurrent"
            self._begin(
                at,
                (AdviceKind.CAP_BINDS, one.cap, None),
                Severity.INFO,
                at,
                {"limit": one.limit, "raw_capacity": one.raw, "contacts": one.waiting},
                f"raise {what} from {one.limit} for more calls at once: the connections carry {one.raw}",
            )

    def _tell_thin(self, at: float, event: events.PoolCapacity) -> None:
        if not self._country_match:
            return
        covered = frozenset(
            region
            for number, region in self._regions.items()
            if number not in self._out and region is not None
        )
        said = {key[2] or "" for key in self._open if key[:2] == (AdviceKind.THIN_COVERAGE, "no_number")}
        found = self._audience.uncovered(covered, said)
        found += self._capacity.thin(
            at,
            event.waiting_countries,
            self._audience.calls,
            available=event.available,
            covered=covered,
        )
        now = {(AdviceKind.THIN_COVERAGE, one.cause, one.country) for one in found}
        for key in [one for one in self._open if one[0] is AdviceKind.THIN_COVERAGE and one not in now]:
            self._end(at, key, {})
        for one in found:
            self._begin(
                at,
                (AdviceKind.THIN_COVERAGE, one.cause, one.country),
                Severity.WARNING,
                at,
                {
                    "country": one.country,
                    "contacts": one.contacts,
                    "share": one.share,
                    **({} if one.seconds_left is None else {"seconds_left": one.seconds_left}),
                },
                _cover(one),
            )

    def _tell_leaks(self, at: float, found: list[Leaking]) -> None:
        now = {(AdviceKind.SLOTS_LEAKING, "connection", one.connection) for one in found}
        for key in [one for one in self._open if one[0] is AdviceKind.SLOTS_LEAKING and one not in now]:
            self._end(at, key, {})
        for one in found:
            self._begin(
                at,
                (AdviceKind.SLOTS_LEAKING, "connection", one.connection),
                Severity.WARNING,
                at,
                {"connection": one.connection, "in_use": one.in_use, "carrier": one.carrier},
                f"the carrier of {one.connection} loses the ends of calls: {one.in_use} slots are taken, "
                f"{one.carrier} calls are up; they free themselves at max_call_seconds",
            )

    # What it says

    def _begin(
        self,
        at: float,
        key: Key,
        severity: Severity,
        since: float,
        evidence: Mapping[str, Any],
        suggestion: str,
    ) -> None:
        if key in self._open:
            return
        kind, cause, subject = key
        finding = Finding(at, kind, cause, subject, severity, since, False, evidence, suggestion)
        self._open[key] = finding
        self._out_box.append(finding)

    def _end(self, at: float, key: Key, evidence: Mapping[str, Any]) -> None:
        begun = self._open.pop(key, None)
        if begun is None:
            return
        recovery = self._recoveries.pop(key, None)
        if recovery is not None and key[0] is AdviceKind.ANSWER_RATE_DROP and key[2] not in self._out:
            self.declines.forget(E164(key[2] or ""))
        kind, cause, subject = key
        told = {**evidence, "seconds": round(at - begun.since, 3)}
        self._out_box.append(
            Finding(at, kind, cause, subject, begun.severity, begun.since, True, told, "it is over")
        )

    def _said(self) -> list[Finding]:
        if not self._out_box:
            return self._out_box
        if self.finished:
            self._out_box.clear()
            return []
        said, self._out_box = self._out_box, []
        return said


def _concerns(decline: Decline, heard: Heard) -> bool:
    match decline.scope:
        case Scope.NUMBER:
            return heard.number == decline.name
        case Scope.CONNECTION:
            return heard.connection == decline.name
        case Scope.COUNTRY:
            return heard.region == decline.name
        case Scope.HOUR:
            return isinstance(decline.name, int) and is_from(decline.name, heard.local_hour)
        case Scope.EVERYWHERE:
            return True


def _suggest(decline: Decline) -> str:
    name = decline.name
    match decline.scope:
        case Scope.NUMBER:
            return f"remove {name} from the pool, or let it rest: it is answered less than it was"
        case Scope.CONNECTION:
            return f"reduce volume on {name} and check its provider: all its numbers are answered less"
        case Scope.COUNTRY:
            return (
                f"reduce volume to {name} and audit its contacts: its calls are answered less from any number"
            )
        case Scope.HOUR:
            return f"narrow calling_hours: from {name}:00 in the contacts' own time on fewer answer"
        case Scope.EVERYWHERE:
            return "reduce volume and audit the audience: all calls are answered less, whoever calls"


def _cover(thin: ThinCoverage) -> str:
    if thin.cause == "no_number":
        return f"add a number of {thin.country}: {thin.share:.0%} of the calls go there from foreign numbers"
    return (
        f'add numbers of {thin.country}, raise their limits, or set match_when_full = "spill": '
        f"{thin.contacts} contacts wait for them while other slots are free{_pace(thin)}"
    )


def _pace(thin: ThinCoverage) -> str:
    if thin.seconds_left is None:
        return ""
    return f", {thin.seconds_left / 60.0:.0f} minutes of work at this pace"
