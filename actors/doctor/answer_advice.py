"""Say whose calls are answered less, and when they are answered again."""

from __future__ import annotations

from typing import Any

from actors.doctor.advice import AdviceKind, Severity
from actors.doctor.caller import Caller
from actors.doctor.decline import Decline, DeclineDetector
from actors.doctor.evening import is_from
from actors.doctor.findings import Findings, Key
from actors.doctor.network_advice import NetworkAdvice
from actors.doctor.places import Place
from actors.doctor.recovery import RecoveryTest
from actors.doctor.roster import Roster
from actors.doctor.streams import Scope
from runtime.calls import E164

MOST_EXPECTED = 0.9
"""No more than that is expected of calls that are to be answered again."""


class AnswerAdvice:
    """The declines that are known, and what speaks for their being over."""

    __slots__ = ("_findings", "_network", "_roster", "declines", "dropped", "recoveries")

    def __init__(self, findings: Findings, roster: Roster, network: NetworkAdvice) -> None:
        self._findings = findings
        self._roster = roster
        self._network = network
        self.declines = DeclineDetector()
        self.recoveries: dict[Key, tuple[RecoveryTest, Decline]] = {}
        self.dropped: list[E164] = []
        """Numbers whose answers dropped, also those that failed their trial; for whoever rests them."""

    def declined(self, at: float, decline: Decline) -> None:
        """Say that answers have become fewer."""
        scope, name = decline.scope, None if decline.name is None else str(decline.name)
        kind = AdviceKind.ANSWER_RATE_DROP if scope is Scope.NUMBER else AdviceKind.CORRELATED_DECLINE
        key: Key = (kind, scope.value, name)
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
            evidence |= self._network.evidence(name)
        self._findings.begin(at, key, Severity.WARNING, decline.since, evidence, _suggest(decline))
        self.recoveries[key] = (RecoveryTest(), decline)
        if scope is Scope.NUMBER and name is not None:
            self.declines.mute(E164(name))
            self.dropped.append(E164(name))
            self._look_at_connection(at, E164(name))

    def hear(self, at: float, caller: Caller, place: Place, *, answered: bool) -> None:
        """Take in a call where some are answered less; say so when they are answered again."""
        for key, (test, decline) in list(self.recoveries.items()):
            if not _concerns(decline, caller, place):
                continue
            if decline.scope is Scope.HOUR and isinstance(decline.name, int) and answered:
                test.hours = max(test.hours, ((place.hour or 0) - decline.name) % 24)
            expected = min(MOST_EXPECTED, decline.expected / decline.calls)
            if test.add(expected, answered=answered):
                if decline.scope is Scope.HOUR and isinstance(decline.name, int):
                    self.declines.wake(decline.name, test.hours)
                self.over(at, key, {"calls": test.calls, "answered": test.answered})

    def over(self, at: float, key: Key, evidence: dict[str, Any]) -> None:
        """Say that something is over; a number that was answered less is got to know anew."""
        if key not in self._findings.open:
            return
        recovery = self.recoveries.pop(key, None)
        if recovery is not None and key[0] is AdviceKind.ANSWER_RATE_DROP and key[2] not in self._roster.out:
            self.declines.forget(E164(key[2] or ""))
        self._findings.end(at, key, evidence)

    def _look_at_connection(self, at: float, number: E164) -> None:
        """Say that it is the connection where all its numbers dropped, one after the other."""
        roster, known = self._roster, self._findings.open
        connection = roster.connections.get(number)
        if connection is None or not set(roster.connections.values()) - {connection}:
            return
        drops = [
            (one, known.get((AdviceKind.ANSWER_RATE_DROP, "number", one))) for one in roster.on(connection)
        ]
        if any(drop is None and one not in roster.out for one, drop in drops):
            return
        dropped = [drop for _, drop in drops if drop is not None]
        if len(dropped) < 2:
            return
        calls, answered, expected = (
            sum(one.evidence[what] for one in dropped) for what in ("calls", "answered", "expected")
        )
        decline = Decline(
            Scope.CONNECTION,
            connection,
            min(one.since for one in dropped),
            calls,
            answered,
            round(expected, 1),
            round(sum(one.evidence["log_likelihood"] for one in dropped), 2),
        )
        self.declined(at, decline)


def _concerns(decline: Decline, caller: Caller, place: Place) -> bool:
    match decline.scope:
        case Scope.NUMBER:
            return caller.number == decline.name
        case Scope.CONNECTION:
            return caller.line.name == decline.name
        case Scope.COUNTRY:
            return place.region == decline.name
        case Scope.HOUR:
            return isinstance(decline.name, int) and is_from(decline.name, place.hour)
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
