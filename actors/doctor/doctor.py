"""One campaign's doctor: hears its calls and its capacity, says what is wrong.

It is told of every ended call (`hear`) and of the rarer events (`observe`),
live by the pool, afterwards by whoever reads a log or a journal; the same
events make the same findings. A finding is said when it begins and once more
when it is over.
"""

from __future__ import annotations

from actors.doctor.advice import Finding
from actors.doctor.answer_advice import AnswerAdvice
from actors.doctor.caller import Caller
from actors.doctor.capacity_advice import CapacityAdvice
from actors.doctor.decline import Decline
from actors.doctor.expectation import Turn
from actors.doctor.findings import Findings
from actors.doctor.heard import Heard
from actors.doctor.network_advice import NetworkAdvice
from actors.doctor.places import Tally
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
        self._declines = self._answers.declines
        self.count = self._declines.count
        """Take in whether a call was answered, where nothing else is to be said of it."""
        self.callers = self._declines.callers
        """The numbers that have made calls."""
        self.refused = self._network.blocked.watched
        """The numbers that were refused of late: each of their calls counts."""
        self.recoveries = self._answers.recoveries
        """What calls are answered less: of each that is one of them it is told."""

    @property
    def open(self) -> list[Finding]:
        """List what is so now, in the order in which it began."""
        return list(self._findings.open.values())

    def caller(self, number: E164, connection: str) -> Caller:
        """Find a number, which calls on a connection."""
        caller = self._declines.caller(number, connection)
        if caller.line.name != connection:
            caller.line = self._network.provider.line(connection)
        return caller

    def tally(self, at: float, region: str | None, hour: int | None, turn: Turn) -> Tally:
        """Find where a country's calls at a local hour are counted."""
        return self._declines.tally(at, region, hour, turn)

    def hear(self, heard: Heard) -> list[Finding]:
        """Take in an ended call; list what begins or is over with it."""
        turn = Turn.OWN_NUMBER if heard.sticky else Turn.FIRST if heard.fresh else Turn.LATER
        self.listen(
            self.caller(heard.number, heard.connection),
            self.tally(heard.at, heard.region, heard.local_hour, turn),
            heard.at,
            heard.answered,
            heard.fault,
            heard.cause,
            heard.ring_delay,
        )
        return self.said()

    def listen(
        self,
        caller: Caller,
        tally: Tally,
        at: float,
        answered: bool | None,
        fault: bool,
        cause: str | None,
        ring_delay: float | None,
    ) -> None:
        """Take in an ended call as `hear` does, of whom and where it was being looked up."""
        if ring_delay is not None:
            caller.line.rang(ring_delay)
        if cause is not None or caller.number in self.refused:
            self._network.hear_cause(at, caller.number, cause)
        failing = caller.line.hear(at, cause, fault=fault)
        if failing is not None:
            self._network.fails(at, failing)
        over = self._network.back_again(caller.line)
        if over is not None:
            self._answers.over(at, over, {})
        if answered is None:
            tally.place.ended += 1
            return
        if self.recoveries:
            self._answers.hear(at, caller, tally.place, answered=answered)
        decline = self.count(caller, tally, at, answered)
        if decline is not None:
            self.declined(at, decline)

    def declined(self, at: float, decline: Decline) -> None:
        """Say that answers have become fewer."""
        self._answers.declined(at, decline)

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
                self._count_audience()
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
        return self.said()

    def _count_audience(self) -> None:
        """Tell where calls went of late, and from whose numbers."""
        audience = self._capacity.audience
        callers = {self._roster.regions.get(one.number) for one in self._declines.callers.values()}
        for place in self._declines.places.values():
            ended = place.take_ended()
            if ended and place.region is not None:
                audience.hear(place.region, matched=place.region in callers, calls=ended)

    def _added(self, at: float, event: events.NumberAdded) -> None:
        number = E164(event.number)
        self._put_back(number)
        if event.connection is None:
            return
        self._roster.connections[number] = event.connection
        self._roster.regions[number] = event.region
        self._capacity.added(at, number, event.connection)

    def _taken_out(self, at: float, number: E164) -> None:
        self._roster.out[number] = None
        self._declines.mute(number)
        for key in self._findings.about(number):
            self._answers.over(at, key, {"taken_out": True})

    def _put_back(self, number: E164) -> None:
        self._network.blocked.forget(number)
        self._roster.out.pop(number, None)
        self._declines.forget(number)

    def said(self) -> list[Finding]:
        """List what has begun or is over since that was last asked."""
        if not self._findings.unsaid:
            return []
        said = self._findings.say()
        return [] if self.finished else said
