"""One campaign's doctor: hears its calls and its capacity, says what is wrong.

It is told of every ended call (`hear`) and of the rarer events (`observe`),
live by the pool, afterwards by whoever reads a log or a journal; the same
events make the same findings. A finding is said when it begins and once more
when it is over.
"""

from __future__ import annotations

from actors.doctor.advice import Finding
from actors.doctor.answer_advice import AnswerAdvice
from actors.doctor.capacity_advice import CapacityAdvice
from actors.doctor.findings import Findings
from actors.doctor.heard import Heard
from actors.doctor.network_advice import NetworkAdvice
from actors.doctor.roster import Roster
from runtime.calls import E164
from runtime.observe import events


class CampaignDoctor:
    """The findings of one campaign, from what it hears of it."""

    def __init__(self) -> None:
        self._findings = Findings()
        self._roster = Roster()
        self._network = NetworkAdvice(self._findings)
        self._answers = AnswerAdvice(self._findings, self._roster, self._network)
        self._capacity = CapacityAdvice(self._findings, self._roster)
        self.finished = False
        """Whether its campaign, or the engine, is over: then it falls silent."""
        self.dropped = self._answers.dropped
        """Numbers whose answers dropped, also those that failed their trial; for whoever rests them."""
        # Every ended call passes through these: looked up once.
        self._blocked, self._provider = self._network.blocked, self._network.provider
        self._failing, self._recoveries = self._network.failing, self._answers.recoveries
        self._declines, self._audience = self._answers.declines, self._capacity.audience
        self._regions = self._roster.regions

    @property
    def open(self) -> list[Finding]:
        """List what is so now, in the order in which it began."""
        return list(self._findings.open.values())

    def hear(self, heard: Heard) -> list[Finding]:
        """Take in an ended call; list what begins or is over with it."""
        cause, connection, region = heard.cause, heard.connection, heard.region
        if cause is not None or heard.number in self._blocked.watched:
            self._network.hear_cause(heard)
        failing = self._provider.hear(
            connection, fault=heard.fault, cause=cause, at=heard.at, ring_delay=heard.ring_delay
        )
        if failing is not None:
            self._network.fails(heard.at, failing)
        if self._failing and connection in self._failing:
            over = self._network.back_again(connection)
            if over is not None:
                self._answers.over(heard.at, over, {})
        if region is not None:
            self._audience.hear(region, matched=self._regions.get(heard.number) == region)
        if self._recoveries:
            self._answers.hear(heard)
        decline = self._declines.hear(heard)
        if decline is not None:
            self._answers.declined(heard.at, decline)
        unsaid = self._findings.unsaid
        return self._said() if unsaid else unsaid

    def on_trial(self, number: E164) -> None:
        """Watch a number that has rested by its old expectation; a few calls decide."""
        self._roster.out.pop(number, None)
        self._declines.on_trial(number)

    def observe(self, at: float, event: events.Event) -> list[Finding]:
        """Take in one of the rarer events; list what begins or is over with it."""
        match event:
            case events.CampaignStarted():
                self._roster.begin(event.numbers)
                self._capacity.started(at, event)
            case events.PoolCapacity():
                self._capacity.told(at, event)
            case events.NumberAdded():
                self._added(at, event)
            case events.NumberFlagged() | events.NumberPaused() | events.NumberRemoved():
                self._taken_out(at, E164(event.number))
            case events.NumberUnflagged() | events.NumberResumed():
                self._put_back(E164(event.number))
            case events.NumberResting(by="doctor"):
                self._roster.out[E164(event.number)] = None
            case events.NumberRested(by="doctor"):
                self._roster.out.pop(E164(event.number), None)
            case events.JournalAway():
                self._capacity.halted["journal_away"] = None
            case events.JournalBack():
                self._capacity.halted.pop("journal_away", None)
            case events.StateAway():
                self._capacity.halted["state_away"] = None
            case events.StateBack():
                self._capacity.halted.pop("state_away", None)
            case events.CampaignFinished() | events.EngineStopped():
                self.finished = True
            case _:
                pass
        return self._said()

    def _added(self, at: float, event: events.NumberAdded) -> None:
        number = E164(event.number)
        self._put_back(number)
        if event.connection is None:
            return
        self._roster.connections[number] = event.connection
        self._regions[number] = event.region
        self._capacity.added(at, number, event.connection)

    def _taken_out(self, at: float, number: E164) -> None:
        self._roster.out[number] = None
        self._declines.mute(number)
        for key in self._findings.about(number):
            self._answers.over(at, key, {"taken_out": True})

    def _put_back(self, number: E164) -> None:
        self._blocked.forget(number)
        self._roster.out.pop(number, None)
        self._declines.forget(number)

    def _said(self) -> list[Finding]:
        said = self._findings.say()
        return [] if self.finished else said
