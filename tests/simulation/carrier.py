"""A carrier that outlives the engine, and does what carriers do wrong.

It keeps what is asked of carriers: a call rings and lasts no longer than its
request allows, a hang-up is obeyed within the grace, a request later than its
`not_after` is not placed. Within that it loses events, tells them late, twice
and out of order, raises, is away, answers slowly, and speaks of calls that
ended in an earlier life.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from random import Random
from typing import Protocol

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from tests.simulation.agenda import Agenda
from tests.simulation.judge import Judge
from tests.simulation.plan import Faults, Plan

SETUP_SECONDS = 0.04
OBEYED_WITHIN = 9.0
"""A hang-up takes at most this long: less than the engine's grace."""

LIMIT_SLACK = 1.0
"""How much longer than its request says a call may ring, and then last."""


class CarrierError(Exception):
    """The provider's interface failed."""


class Fate(Enum):
    """What becomes of a call by itself."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    REJECTED = "rejected"
    LOST = "lost before it rang"
    LOST_LATE = "lost while it rang"
    SILENT = "nobody picks up"


class World(Protocol):
    """What a carrier knows of the world."""

    agenda: Agenda
    judge: Judge
    life: int
    healed: bool

    def happened(self, line: str) -> None: ...

    def placed(self) -> None: ...


class Call:
    """A call as its carrier sees it."""

    __slots__ = (
        "answered_at",
        "dice",
        "ended",
        "ending",
        "life",
        "placed_at",
        "rang_at",
        "report",
        "request",
        "told_end",
    )

    def __init__(self, request: CallRequest, report: Report, life: int, now: float, dice: Random) -> None:
        self.request = request
        self.report = report
        self.life = life
        self.placed_at = now
        self.dice = dice
        self.rang_at: float | None = None
        self.answered_at: float | None = None
        self.ended: CallEvent | None = None
        self.ending = False
        self.told_end = False


class WorldLine:
    """One connection's way to the carrier, in one life of the engine."""

    def __init__(self, carrier: WorldCarrier, connection: str, life: int) -> None:
        self._carrier = carrier
        self._connection = connection
        self._life = life

    def place(self, request: CallRequest, report: Report) -> None:
        """Place a call, if this life still is one."""
        if self._carrier.world.life == self._life:
            self._carrier.place(request, report)

    def hang_up(self, call: CallId) -> None:
        """End a call, if this life still is one."""
        if self._carrier.world.life == self._life:
            self._carrier.hang_up(call)

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Tell this life of the calls that an earlier one has placed."""
        if self._carrier.world.life == self._life:
            self._carrier.adopt(self._connection, calls, report)


class WorldCarrier:
    """Every connection's provider at once."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world = world
        self._people = plan.people
        self._faults = plan.faults
        self._luck = plan.luck
        self._agenda = world.agenda
        self._judge = world.judge
        self.calls: dict[CallId, Call] = {}
        self.unheard: list[tuple[Call, CallEvent]] = []
        self._start = world.agenda.now
        self._nth: dict[tuple[str, str], int] = {}
        self.faults_hit: dict[str, int] = {}

    @property
    def faults(self) -> Faults:
        """What goes wrong now: nothing once the world is healed."""
        return _NONE if self.world.healed else self._faults

    def hit(self, fault: str) -> None:
        """Count a fault that really happened."""
        self.faults_hit[fault] = self.faults_hit.get(fault, 0) + 1

    # What the engine asks

    def place(self, request: CallRequest, report: Report) -> None:
        """Place a call, refuse it, or raise."""
        now = self._agenda.now
        if now > request.not_after:
            self._agenda.later(
                0.0, self._refuse, request, report, self.world.life, Outcome.CANCELED, "not_after"
            )
            return
        who = request.campaign, request.contact
        nth = self._nth[who] = self._nth.get(who, 0) + 1
        dice = Random(f"{self._luck}/{request.campaign}/{request.contact}/{nth}")
        refusal = self._refusal(request, dice, now)
        self._judge.place(request, now, up=refusal is None)
        if refusal == "raises":
            self.hit("place raises")
            raise CarrierError("the provider's interface failed")
        if refusal is not None:
            self.hit(refusal)
            self._agenda.later(
                SETUP_SECONDS, self._refuse, request, report, self.world.life, Outcome.FAILED, refusal
            )
            return
        call = self.calls[request.call] = Call(request, report, self.world.life, now, dice)
        self._set_up(call)
        self.world.placed()

    def hang_up(self, call_id: CallId) -> None:
        """End a call within the grace; tell an end that was lost, or stay silent."""
        call = self.calls.get(call_id)
        if call is None:
            return
        faults, dice = self.faults, call.dice
        if call.ended is not None:
            if not call.told_end and (dice.random() < 0.5 or self.world.healed):
                self._agenda.later(SETUP_SECONDS, self._deliver, call, call.ended)
            return
        slow = dice.random() < faults.slow_setup
        self._agenda.later(dice.uniform(0.5, OBEYED_WITHIN) if slow else SETUP_SECONDS, self._obey, call)
        if dice.random() < faults.hang_up_raises:
            self.hit("hang up raises")
            raise CarrierError("the provider's interface failed")

    def adopt(self, connection: str, calls: Sequence[CallId], report: Report) -> None:
        """Tell a new life what its predecessor has not heard, some of it too late or never."""
        unheard, self.unheard = self.unheard, []
        for call_id, call in self.calls.items():
            if call.request.connection == connection:
                call.life, call.report = self.world.life, report
                if call_id in calls and call.ended is not None and self._tells_of(call):
                    self._agenda.later(SETUP_SECONDS, self._deliver, call, call.ended)
        for call, event in unheard:
            if call.request.connection != connection:
                self.unheard.append((call, event))
            elif call.dice.random() < self.faults.forgets:
                self.hit("event lost between lives")
            else:
                self.hit("old event told to a new life")
                self._agenda.later(call.dice.random() * 5, self._deliver, call, event)

    def _tells_of(self, call: Call) -> bool:
        """Say whether it remembers how a call ended that it is asked for."""
        if call.dice.random() < self.faults.forgets:
            self.hit("ended call not told when asked for")
            return False
        return True

    @property
    def up(self) -> int:
        """Count the calls that are up."""
        return sum(call.ended is None for call in self.calls.values())

    def is_up(self, call_id: str) -> bool:
        """Tell whether a call is up."""
        call = self.calls.get(CallId(call_id))
        return call is not None and call.ended is None

    # What becomes of a call

    def _refusal(self, request: CallRequest, dice: Random, now: float) -> str | None:
        faults = self.faults
        for outage in faults.outages:
            if (
                outage.connection == request.connection
                and 0 <= now - self._start - outage.start < outage.seconds
            ):
                return "raises" if outage.raises else "outage"
        if dice.random() < faults.place_raises:
            return "raises"
        return None

    def _refuse(self, request: CallRequest, report: Report, life: int, outcome: Outcome, cause: str) -> None:
        if self.world.life == life:
            report(CallEvent(request.call, CallProgress.ENDED, outcome, cause))

    def _set_up(self, call: Call) -> None:
        people, dice, request = self._people, call.dice, call.request
        setup = SETUP_SECONDS
        if dice.random() < self.faults.slow_setup:
            self.hit("slow setup")
            setup = dice.uniform(1, 30)
        fate = self._fate(dice.random())
        later = self._agenda.later
        if fate is Fate.LOST:
            later(setup, self._end, call, Outcome.FAILED)
        elif fate is Fate.BUSY:
            later(setup, self._end, call, Outcome.BUSY)
        else:
            picks_up = setup + dice.expovariate(1 / people.ring_seconds)
            later(min(setup, request.max_ring_seconds), self._ring, call)
            if fate is Fate.ANSWERED:
                later(picks_up, self._pick_up, call, Outcome.ANSWERED)
            elif fate is Fate.VOICEMAIL:
                later(picks_up, self._pick_up, call, Outcome.VOICEMAIL)
            elif fate is Fate.REJECTED:
                later(picks_up, self._end, call, Outcome.REJECTED)
            elif fate is Fate.LOST_LATE:
                later(picks_up, self._end, call, Outcome.FAILED)
        later(
            request.max_ring_seconds + dice.choice((0.0, LIMIT_SLACK)),
            self._end,
            call,
            Outcome.NO_ANSWER,
            "carrier_max_ring",
        )

    def _fate(self, luck: float) -> Fate:
        people = self._people
        for fate, share in (
            (Fate.ANSWERED, people.answer),
            (Fate.VOICEMAIL, people.voicemail),
            (Fate.BUSY, people.busy),
            (Fate.REJECTED, people.reject),
            (Fate.LOST, people.fail_fast),
            (Fate.LOST_LATE, people.fail_late),
        ):
            luck -= share
            if luck < 0:
                return fate
        return Fate.SILENT

    def _ring(self, call: Call) -> None:
        if call.ended is None and call.rang_at is None:
            call.rang_at = self._agenda.now
            self._tell(call, CallEvent(call.request.call, CallProgress.RINGING))

    def _pick_up(self, call: Call, outcome: Outcome) -> None:
        if call.ended is not None or call.ending:
            return
        call.answered_at = self._agenda.now
        dice, longest = call.dice, call.request.max_call_seconds
        talk = dice.expovariate(1 / self._people.talk_seconds)
        if outcome is Outcome.ANSWERED:
            self._tell(call, CallEvent(call.request.call, CallProgress.ANSWERED))
            wish = "callback" if dice.random() < self._people.callback else None
            self._agenda.later(talk, self._end, call, outcome, None, wish)
        else:
            self._agenda.later(min(talk / 6, longest), self._end, call, outcome)
        self._agenda.later(
            longest + dice.choice((0.0, LIMIT_SLACK)), self._end, call, outcome, "carrier_max_call"
        )

    def _obey(self, call: Call) -> None:
        outcome = Outcome.CANCELED if call.answered_at is None else Outcome.ANSWERED
        self._end(call, outcome, "hung_up")

    def _end(self, call: Call, outcome: Outcome, cause: str | None = None, wish: str | None = None) -> None:
        if call.ended is not None:
            return
        if cause == "carrier_max_ring" and call.answered_at is not None:
            return
        now = self._agenda.now
        ring = None if call.rang_at is None else (call.answered_at or now) - call.rang_at
        talk = None if call.answered_at is None else now - call.answered_at
        event = call.ended = CallEvent(
            call.request.call, CallProgress.ENDED, outcome, cause, ring, talk, wish
        )
        self._judge.end(call.request, now, fast=outcome is Outcome.FAILED and ring is None)
        self._tell(call, event)

    # What the engine hears

    def _tell(self, call: Call, event: CallEvent) -> None:
        faults, dice = self.faults, call.dice
        if faults is _NONE:
            self._deliver(call, event)
            return
        if dice.random() < faults.lose:
            self.hit(f"{event.progress.value} lost")
            return
        times = 1
        if dice.random() < faults.duplicate:
            self.hit("event twice")
            times = 2
        for _ in range(times):
            if dice.random() < faults.late:
                self.hit("event late")
                self._agenda.later(dice.uniform(0, 40), self._deliver, call, event)
            else:
                self._deliver(call, event)
        if dice.random() < faults.stray:
            self.hit("stray event")
            self._agenda.later(dice.uniform(0, 600), self._deliver, call, event)

    def _deliver(self, call: Call, event: CallEvent) -> None:
        if call.life != self.world.life:
            self.unheard.append((call, event))
            return
        if event.progress is CallProgress.ENDED:
            call.told_end = True
        call.report(event)


_NONE = Faults()
