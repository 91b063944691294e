"""Say what keeps contacts waiting: stalls, caps, countries without numbers, connections that are full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from actors.doctor.advice import STALL_SUGGESTIONS, AdviceKind, Severity
from actors.doctor.coverage import Audience, CapacityWatch, CapBinds, Leaking, ThinCoverage
from actors.doctor.findings import Findings, Key
from actors.doctor.roster import Roster
from actors.doctor.stalls import PLANNED, Stall, StallDetector
from runtime.calls import E164
from runtime.observe import events

PROBED = ("open", "probing", "disabled")
"""States of breakers in which no call is placed but probes."""


class CapacityAdvice:
    """What a campaign's capacity comes to, report by report."""

    def __init__(self, findings: Findings, roster: Roster) -> None:
        self._findings = findings
        self._roster = roster
        self.audience = Audience()
        self.halted: dict[str, None] = {}
        """What stops the whole engine."""
        self._stalls = StallDetector()
        self._watch = CapacityWatch()
        self._country_match = True
        self._open_ended = False

    def started(self, at: float, event: events.CampaignStarted) -> None:
        """Take in how a campaign begins."""
        self._stalls.begin(at)
        self._open_ended = bool(event.settings.get("keep_open", False))
        self._country_match = bool(event.settings.get("prefer_country_match", True))
        for row in event.connections:
            name, limit = row["name"], row["max_concurrent"]
            on = self._roster.active_on(name)
            if on > limit:
                self._useless(at, name, on, limit, None)

    def added(self, at: float, number: E164, connection: str) -> None:
        """Say so where a number was added to a connection that is the limit already."""
        if self._watch.is_full(connection):
            self._useless(at, connection, len(self._roster.on(connection)), None, number)

    def told(self, at: float, event: events.PoolCapacity) -> None:
        """Take in a report; say what begins or is over with it."""
        self._watch.full(at, event.connections)
        self._tell_useless(at, event)
        waiting: Mapping[str, int] = event.waiting
        stall = self._stalls.look(
            at,
            waiting,
            placed=event.placed,
            available=event.available,
            in_use=event.campaign_in_use,
            halted=next(iter(self.halted), None),
            probing=bool(event.connections) and all(row["breaker"] in PROBED for row in event.connections),
            open_ended=self._open_ended,
        )
        self._tell_stall(at, stall, event)
        due = sum(count for reason, count in waiting.items() if reason not in PLANNED and reason != "paused")
        raw = sum(row["limit"] for row in event.connections if row["eligible_numbers"])
        caps = {"tenant_cap": event.tenant_cap, "campaign_cap": event.campaign_cap}
        self._tell_caps(at, self._watch.binding(at, event.binds_now, caps, raw, due))
        self._tell_thin(at, event)
        self._tell_leaks(at, self._watch.leaking(at, event.connections))

    def _useless(self, at: float, name: str, numbers: int, limit: int | None, added: E164 | None) -> None:
        key: Key = (AdviceKind.USELESS_NUMBER, "connection_full", name)
        evidence: dict[str, Any] = {"connection": name, "numbers": numbers}
        if limit is not None:
            evidence["limit"] = limit
        if added is not None:
            evidence["number"] = added
        severity = Severity.INFO if added is None else Severity.WARNING
        self._findings.begin(
            at,
            key,
            severity,
            at,
            evidence,
            f"raise the limit of {name}, or put numbers on another connection: "
            f"{name} is the limit, and another number on it adds no call",
        )

    def _tell_useless(self, at: float, event: events.PoolCapacity) -> None:
        """End what was said of a connection that has room again, and isn't outnumbered."""
        limits = {row["connection"]: row["limit"] for row in event.connections}
        for key in self._findings.of(AdviceKind.USELESS_NUMBER):
            name = key[2] or ""
            on = self._roster.active_on(name)
            if not self._watch.is_full(name) and on <= limits.get(name, on):
                self._findings.end(at, key, {})

    def _tell_stall(self, at: float, stall: Stall | None, event: events.PoolCapacity) -> None:
        cause = None if stall is None else stall.cause
        for key in self._findings.of(AdviceKind.STALLED):
            if key[1] != cause:
                self._findings.end(at, key, {})
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
        self._findings.begin(
            at, (AdviceKind.STALLED, stall.cause, None), severity, stall.since, evidence, suggestion
        )

    def _tell_caps(self, at: float, found: list[CapBinds]) -> None:
        now: set[Key] = {(AdviceKind.CAP_BINDS, one.cap, None) for one in found}
        self._end_all_but(now, AdviceKind.CAP_BINDS, at)
        for one in found:
            what = "the tenant cap" if one.cap == "tenant_cap" else "the campaign's max_concurrent"
            self._findings.begin(
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
        covered = self._roster.covered
        said = {key[2] or "" for key in self._findings.of(AdviceKind.THIN_COVERAGE, "no_number")}
        found = self.audience.uncovered(covered, said)
        found += self._watch.thin(
            at,
            event.waiting_countries,
            self.audience.calls,
            available=event.available,
            covered=covered,
        )
        now: set[Key] = {(AdviceKind.THIN_COVERAGE, one.cause, one.country) for one in found}
        self._end_all_but(now, AdviceKind.THIN_COVERAGE, at)
        for one in found:
            self._findings.begin(
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
        now: set[Key] = {(AdviceKind.SLOTS_LEAKING, "connection", one.connection) for one in found}
        self._end_all_but(now, AdviceKind.SLOTS_LEAKING, at)
        for one in found:
            self._findings.begin(
                at,
                (AdviceKind.SLOTS_LEAKING, "connection", one.connection),
                Severity.WARNING,
                at,
                {"connection": one.connection, "in_use": one.in_use, "carrier": one.carrier},
                f"the carrier of {one.connection} loses the ends of calls: {one.in_use} slots are taken, "
                f"{one.carrier} calls are up; they free themselves at max_call_seconds",
            )

    def _end_all_but(self, now: Collection[Key], kind: AdviceKind, at: float) -> None:
        for key in self._findings.of(kind):
            if key not in now:
                self._findings.end(at, key, {})


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
