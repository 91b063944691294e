"""The actor that makes one attempt: three grants, a gate, a call, an end."""

from __future__ import annotations

from typing import Any

from actors.answers import answer
from actors.contact.doubt import (
    drop_doubt,
    end_doubt,
    finish_drop,
    leave_doubt,
    take_up,
    write_unseen_end,
)
from actors.contact.ending import finish_end, write_end
from actors.contact.gate import finish_void, go_to_gate, leave, return_all, void
from actors.contact.lines import grant_of, intent_of, reservation, tell_call, tell_late
from actors.contact.progress import Attempt
from actors.contact.retreat import retreat_from
from actors.contact.step import Step
from actors.contact.surroundings import HANGUP_GRACE_SECONDS
from actors.messages import (
    CallOver,
    DoubtOver,
    DropDoubt,
    EndDoubt,
    GraceOver,
    Granted,
    HangUp,
    HangUpCall,
    NoOffer,
    Offer,
    Placed,
    Reason,
    Refused,
    Reported,
    RequestNumber,
    RingOver,
    SetDisposition,
    Voided,
)
from runtime.calls import CallEvent, CallProgress, Outcome
from runtime.journal.base import Durable, Failed, Record
from runtime.kernel import handles
from runtime.observe.events import (
    CallAnswered,
    CallOverdue,
    CallRinging,
    DispatchRefused,
)

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ASKING, _RESERVING, _INTENDING, _AT_THE_GATE = Step.ASKING, Step.RESERVING, Step.INTENDING, Step.AT_THE_GATE
_PLACED, _IN_DOUBT, _TALKING, _HANGING_UP = Step.PLACED, Step.IN_DOUBT, Step.TALKING, Step.HANGING_UP
_ENDING, _VOIDING = Step.ENDING, Step.VOIDING
_RINGING, _PICKED_UP = CallProgress.RINGING, CallProgress.ANSWERED
_ANSWERED, _NO_ANSWER, _FAILED = Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.FAILED
_CANCELED, _UNKNOWN = Outcome.CANCELED, Outcome.UNKNOWN
_RING_OVER = RingOver()
_CALL_OVER = CallOver()


class ContactActor(Attempt):
    """One contact during one attempt; it stops when the attempt is over."""

    def on_start(self) -> None:
        if self.doubt is not None:
            take_up(self, self.doubt)
            return
        self.around.pool.tell(RequestNumber(self.around.settings.name, self.contact, self.call, self.ref))

    # Three grants

    @handles(NoOffer)
    def no_offer(self, message: NoOffer) -> None:
        """Give up: what was held for us has been taken back."""
        leave(self)

    @handles(Offer)
    def offered(self, offer: Offer) -> None:
        """Ask the number's connection for a slot."""
        if self.step is not _ASKING:
            return  # told twice around a crash of the pool
        self.offer = offer
        self.step = _RESERVING
        around = self.around
        self.connection = connection = around.connections[offer.connection]
        reserve = reservation(self, offer, more=offer.more)
        connection.tell(reserve)
        self.reserve = reserve  # told: from here on it has used the slot that was held for it

    @handles(Granted)
    def granted(self, message: Granted) -> None:
        """Ask the tenant next; with all three grants, write the intent down."""
        offer, reserve = self.offer, self.reserve
        assert offer is not None
        assert reserve is not None
        if self.connection_grant is None:
            if offer.more_tenant is not reserve.more:
                reserve = reservation(self, offer, more=offer.more_tenant)
            self.around.tenant.tell(reserve)
            self.connection_grant = message
            return
        if message.by == self.connection_grant.by or self.tenant_grant is not None:
            return  # told twice around a crash
        self.tenant_grant = message
        self.intended_at = self.clock.time()
        self.grant = grant = grant_of(self, offer)
        self.around.journal.tell(Record(intent_of(self, offer, grant), self.ref))
        self.step = _INTENDING

    @handles(Refused)
    def refused(self, message: Refused) -> None:
        """Return everything that is held; the contact waits again."""
        if self.step is not _RESERVING:
            return  # told twice around a crash
        offer = self.offer
        assert offer is not None
        by_tenant = self.connection_grant is not None
        self.around.observer.emit(
            DispatchRefused(
                tenant=self.around.settings.tenant,
                campaign=self.around.settings.name,
                call=self.call,
                contact=self.record.contact,
                number=offer.number,
                connection=offer.connection,
                weight=offer.weight,
                share=offer.share,
                candidates=offer.candidates,
                by="tenant" if by_tenant else "connection",
                reason=message.reason.value,
            )
        )
        return_all(self, message.reason, by=message.by, reserved_tenant=by_tenant)

    # The gate

    @handles(Durable)
    def durable(self, message: Durable) -> None:
        """Act on what is written: go to the gate, leave it, or end."""
        step = self.step
        if step is _INTENDING:
            go_to_gate(self, message.seq)
        elif step is _ENDING:
            finish_end(self, message.seq)
        elif step is _VOIDING:
            if self.doubt is None:
                finish_void(self, message.seq)
            else:
                finish_drop(self, message.seq)

    @handles(Voided)
    def voided(self, message: Voided) -> None:
        """Write down that the call was not placed, then return everything."""
        if self.step is _AT_THE_GATE:
            void(self, message.reason)

    @handles(Failed)
    def failed(self, message: Failed) -> None:
        """Return everything: the intent could not be written."""
        if self.step is _INTENDING:
            return_all(self, Reason.JOURNAL_AWAY, by=None, reserved_tenant=True)

    # The call

    @handles(Placed)
    def placed(self, message: Placed) -> None:
        """Watch the call: it may ring so long and no longer."""
        if self.step is not _AT_THE_GATE:
            return
        self.begin_call()
        self.step = _PLACED
        self.timer = self.after(self.around.settings.max_ring_seconds, _RING_OVER)

    @handles(Reported)
    def reported(self, message: Reported) -> None:
        """Follow what the carrier says of the call."""
        event = message.event
        progress = event.progress
        if progress is _RINGING:
            self._ringing(event)
        elif progress is _PICKED_UP:
            self._answered(event)
        else:
            self._ended(event)

    def _ringing(self, event: CallEvent) -> None:
        step = self.step
        if (step is not _PLACED and step is not _IN_DOUBT) or self.ringing_at is not None:
            tell_late(self, event)
            return
        self.ringing_at = self.clock.time()
        if not self.around.observer.spares(CallRinging):
            tell_call(self, CallRinging)

    def _answered(self, event: CallEvent) -> None:
        if self.answered_at is not None or self.step not in (
            _PLACED,
            _HANGING_UP,
            _IN_DOUBT,
        ):
            tell_late(self, event)
            return
        self.answered_at = self.clock.time()
        if not self.around.observer.spares(CallAnswered):
            tell_call(self, CallAnswered)
        if self.step is _PLACED:
            self.step = _TALKING
            self.set_timer(self.around.settings.max_call_seconds, _CALL_OVER)

    def _ended(self, event: CallEvent) -> None:
        step = self.step
        if not (step is _PLACED or step is _TALKING or step is _HANGING_UP or step is _IN_DOUBT):
            tell_late(self, event)
            return
        outcome, cause = self._outcome_of(event)
        if outcome is _UNKNOWN and step is _IN_DOUBT and self.doubt is not None and self.doubt.asks:
            # It is gone, or never was: who has its contact knows, if others share them.
            self.around.campaign.tell(DoubtOver(self.contact))
            return
        ring, talk = event.ring_seconds, event.talk_seconds
        if ring is None:
            ring = self._ring_seconds(outcome)
        if talk is None and self.answered_at is not None:
            talk = self.clock.time() - self.answered_at
        disposition = None
        if outcome is _ANSWERED:
            disposition = self.disposition or event.disposition or "completed"
        write_end(self, outcome, disposition, ring, talk, cause)

    def _outcome_of(self, event: CallEvent) -> tuple[Outcome, str | None]:
        if self.hung_up is not None:
            outcome, cause = self.hung_up
            obeyed = event.outcome in (None, _CANCELED, _NO_ANSWER, _UNKNOWN)
            if obeyed or outcome in (_ANSWERED, _CANCELED):
                if outcome is _NO_ANSWER and self.answered_at is not None:
                    return _ANSWERED, cause
                return outcome, cause
        if event.outcome is None:
            return (_UNKNOWN if self.answered_at is None else _ANSWERED), event.cause
        return event.outcome, event.cause

    def _ring_seconds(self, outcome: Outcome) -> float | None:
        until = self.clock.time() if self.answered_at is None else self.answered_at
        if self.ringing_at is not None:
            return max(0.0, until - self.ringing_at)
        return None if outcome is _FAILED or self.answered_at is None else until - self.intended_at

    @handles(SetDisposition)
    def set_disposition(self, message: SetDisposition) -> None:
        """Take what the application says the call came to, until it ends."""
        taken = self.step is _TALKING
        if taken:
            self.disposition = message.disposition
        answer(message.done, taken)

    @handles(RingOver)
    def ring_over(self, message: RingOver) -> None:
        """Hang up: nobody answered in time."""
        if self.step is _PLACED:
            self._hang_up(_NO_ANSWER, "max_ring")

    @handles(CallOver)
    def call_over(self, message: CallOver) -> None:
        """Hang up: the call has lasted as long as it may."""
        if self.step is _TALKING:
            self._hang_up(_ANSWERED, "max_duration")
        elif self.step is _IN_DOUBT:
            end_doubt(self)

    @handles(EndDoubt)
    def doubt_stands(self, message: EndDoubt) -> None:
        """Take the call as ended: nobody has said how."""
        if self.step is _IN_DOUBT:
            write_unseen_end(self)

    @handles(DropDoubt)
    def drop_doubt(self, message: DropDoubt) -> None:
        """Let go of a call that has another end, or never was one."""
        if self.step is _IN_DOUBT:
            drop_doubt(self)

    @handles(HangUpCall)
    def hang_up_call(self, message: HangUpCall) -> None:
        """Hang up because a person or the end of the program says so."""
        if self.step in (_PLACED, _TALKING):
            self._hang_up(_CANCELED, message.by)
        elif self.step is _IN_DOUBT:
            leave_doubt(self)

    def _hang_up(self, outcome: Outcome, cause: str) -> None:
        assert self.connection is not None
        self.step = _HANGING_UP
        self.hung_up = (outcome, cause)
        self.connection.tell(HangUp(self.call))
        self.set_timer(HANGUP_GRACE_SECONDS, GraceOver())

    @handles(GraceOver)
    def grace_over(self, message: GraceOver) -> None:
        """Take the call as ended: the carrier has not confirmed in time."""
        if self.step is _IN_DOUBT:
            end_doubt(self)
            return
        if self.step is not _HANGING_UP or self.hung_up is None:
            return
        settings = self.around.settings
        self.around.observer.emit(
            CallOverdue(tenant=settings.tenant, campaign=settings.name, call=self.call, what="hangup")
        )
        outcome, cause = self.hung_up
        if outcome is _NO_ANSWER and self.answered_at is not None:
            outcome = _ANSWERED
        disposition = (self.disposition or "completed") if outcome is _ANSWERED else None
        ring = None if self.ringing_at is None else (self.answered_at or self.clock.time()) - self.ringing_at
        talk = None if self.answered_at is None else self.clock.time() - self.answered_at
        write_end(self, outcome, disposition, ring, talk, cause)

    # When something goes wrong

    def on_crash(self, exception: Exception, message: Any) -> bool:
        """Lose no slot and no contact: return what is held, or see the call out."""
        settings, supervisor = self.around.settings, self.around.supervisor
        kind = type(message).__name__
        supervisor.crashed("ContactActor", kind, exception, tenant=settings.tenant, campaign=settings.name)
        if self.step is Step.OVER:
            return False
        self.doomed = True
        try:
            retreat_from(self, message)
        except Exception as second:
            supervisor.give_up("ContactActor", kind, second)
        return True
