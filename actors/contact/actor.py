"""The actor that makes one attempt: three grants, a gate, a call, an end."""

from __future__ import annotations

from enum import Enum
from typing import Any, assert_never

from msgspec.structs import replace

from actors.answers import answer
from actors.contact.attempts import (
    ContactResult,
    Finish,
    Next,
    RetryAt,
    RetryElsewhere,
    RetryKind,
    is_carrier_fault,
    is_unallocated,
    next_attempt,
)
from actors.contact.attempts import (
    Ended as EndedAttempt,
)
from actors.contact.hours import is_open
from actors.contact.surroundings import HANGUP_GRACE_SECONDS, PLACE_WITHIN_SECONDS, Surroundings
from actors.messages import (
    Activate,
    AttemptEnded,
    CallOver,
    Decision,
    Doubt,
    GraceOver,
    Granted,
    HangUp,
    HangUpCall,
    Hold,
    Kind,
    NoOffer,
    Offer,
    Place,
    Placed,
    Profile,
    Reason,
    Ref,
    Refused,
    Release,
    Reported,
    RequestNumber,
    Reserve,
    Return,
    RingOver,
    SetDisposition,
    Voided,
    Withdrawn,
)
from actors.partitions.messages import Block
from runtime.calls import E164, CallEvent, CallProgress, CallRequest, ContactId, Outcome
from runtime.journal.base import Durable, Failed, Record
from runtime.journal.entries import Ended, Intent, NotPlaced
from runtime.kernel import EngineActor, Timer, handles
from runtime.kernel.mailbox import Start as Begun
from runtime.observe.events import (
    CallAnswered,
    CallEnded,
    CallLateEvent,
    CallOverdue,
    CallRinging,
    ContactStickyLost,
    ContactStickySet,
    DispatchGranted,
    DispatchRefused,
    DispatchVoided,
)


class Step(Enum):
    """How far an attempt has come."""

    ASKING = "asking"
    RESERVING = "reserving"
    INTENDING = "intending"
    AT_THE_GATE = "at the gate"
    PLACED = "placed"
    IN_DOUBT = "in doubt"
    TALKING = "talking"
    HANGING_UP = "hanging up"
    ENDING = "ending"
    VOIDING = "voiding"
    OVER = "over"


# Members as names of their own: Python 3.11 searches for `Step.PLACED` at every use.
_ASKING, _RESERVING, _INTENDING, _AT_THE_GATE = Step.ASKING, Step.RESERVING, Step.INTENDING, Step.AT_THE_GATE
_PLACED, _IN_DOUBT, _TALKING, _HANGING_UP = Step.PLACED, Step.IN_DOUBT, Step.TALKING, Step.HANGING_UP
_ENDING, _VOIDING, _OVER = Step.ENDING, Step.VOIDING, Step.OVER
_RINGING, _PICKED_UP = CallProgress.RINGING, CallProgress.ANSWERED
_ANSWERED, _NO_ANSWER, _FAILED = Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.FAILED
_CANCELED, _UNKNOWN = Outcome.CANCELED, Outcome.UNKNOWN
_ELSEWHERE, _RETRY, _FINISH = Decision.ELSEWHERE, Decision.RETRY, Decision.FINISH
_CALLBACK, _CALLED_BACK, _RETRIED = RetryKind.CALLBACK, Kind.CALLBACK, Kind.RETRY
_RESULTS = {result: result.value for result in ContactResult}
_NAMES = {outcome: outcome.value for outcome in Outcome}
_RING_OVER, _CALL_OVER = RingOver(), CallOver()


class ContactActor(EngineActor):
    """One contact during one attempt; it stops when the attempt is over."""

    registered = False

    # How an attempt begins stands on the class: actors are many, and short-lived.
    step = _ASKING
    offer: Offer | None = None
    connection: Ref | None = None
    connection_grant: Granted | None = None
    tenant_grant: Granted | None = None
    sticky_lost = False
    intended_at = 0.0
    ringing_at: float | None = None
    answered_at: float | None = None
    disposition: str | None = None
    void_reason = Reason.LIMIT_LOWERED
    reserve: Reserve | None = None
    grant: DispatchGranted | None = None
    end: Ended | None = None
    told_end = False
    following: AttemptEnded | None = None
    hung_up: tuple[Outcome, str] | None = None
    doomed = False
    timer: Timer | None = None

    def __init__(self, activate: Activate, surroundings: Surroundings) -> None:
        super().__init__()
        record = activate.record
        self.call = activate.call
        self.contact = activate.contact
        self.record = record
        self.around = surroundings
        self.attempt = record.attempts + record.carrier_failures + 1
        self.doubt = activate.doubt

    def on_start(self) -> None:
        if self.doubt is not None:
            self._take_up(self.doubt)
            return
        self.around.pool.tell(
            RequestNumber(self.around.settings.name, self.contact, self.call, self._actor_ref)
        )

    # Three grants

    @handles(NoOffer)
    def no_offer(self, message: NoOffer) -> None:
        """Give up: what was held for us has been taken back."""
        self._leave()

    @handles(Offer)
    def offered(self, offer: Offer) -> None:
        """Ask the number's connection for a slot."""
        if self.step is not _ASKING:
            return  # told twice around a crash of the pool
        self.offer = offer
        self.step = _RESERVING
        around = self.around
        self.connection = connection = around.connections[offer.connection]
        self.reserve = reserve = self._reserve(offer, more=offer.more)
        connection.tell(reserve)

    @handles(Granted)
    def granted(self, message: Granted) -> None:
        """Ask the tenant next; with all three grants, write the intent down."""
        offer, reserve = self.offer, self.reserve
        assert offer is not None
        assert reserve is not None
        if self.connection_grant is None:
            self.connection_grant = message
            if offer.more_tenant is not reserve.more:
                reserve = self._reserve(offer, more=offer.more_tenant)
            self.around.tenant.tell(reserve)
            return
        if message.by == self.connection_grant.by or self.tenant_grant is not None:
            return  # told twice around a crash
        self.tenant_grant = message
        self.intended_at = self.clock.time()
        self.grant = grant = self._grant(offer)
        self.around.journal.tell(Record(self._intent(offer, grant), self._actor_ref))
        self.step = _INTENDING

    @handles(Refused)
    def refused(self, message: Refused) -> None:
        """Return everything that is held; the contact waits again."""
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
        self._return(message.reason, by=message.by, reserved_tenant=by_tenant)

    def _reserve(self, offer: Offer, *, more: bool) -> Reserve:
        settings = self.around.settings
        return Reserve(
            self.call,
            settings.tenant,
            settings.name,
            self.contact,
            offer.number,
            self.record.to,
            offer.probe,
            more,
            self._actor_ref,
        )

    def _intent(self, offer: Offer, grant: DispatchGranted) -> Intent:
        settings = self.around.settings
        not_after = self.intended_at + PLACE_WITHIN_SECONDS
        return Intent(
            self.call,
            self.contact,
            self.record.to,
            self.intended_at,
            not_after,
            not_after + settings.max_ring_seconds + settings.max_call_seconds + HANGUP_GRACE_SECONDS,
            grant,
            None if offer.sticky_lost is not None else self.record.sticky,
        )

    # The gate

    @handles(Durable)
    def durable(self, message: Durable) -> None:
        """Act on what is written: go to the gate, leave it, or end."""
        step = self.step
        if step is _INTENDING:
            self._go_to_gate(message.seq)
        elif step is _ENDING:
            self._finish_end(message.seq)
        elif step is _VOIDING:
            self._finish_void(message.seq)

    def _go_to_gate(self, seq: int | None) -> None:
        offer, settings = self.offer, self.around.settings
        grant = self.grant
        assert offer is not None
        assert grant is not None
        assert self.connection is not None
        hours = settings.calling_hours
        if hours is not None and not is_open(hours, self.record.profile.calling_zones, self.clock.time()):
            self._void(Reason.CALLING_HOURS)
            return
        if offer.sticky_lost is not None and self.record.sticky is not None:
            self.sticky_lost = True
            self.around.observer.emit(
                ContactStickyLost(
                    tenant=settings.tenant,
                    campaign=settings.name,
                    contact=self.record.contact,
                    number=self.record.sticky,
                    reason=offer.sticky_lost,
                )
            )
        if seq is not None:
            grant = replace(grant, seq=seq)
        self.connection.tell(Place(self._request(offer), grant, self._actor_ref))
        self.step = _AT_THE_GATE

    def _request(self, offer: Offer) -> CallRequest:
        settings = self.around.settings
        return CallRequest(
            self.call,
            settings.tenant,
            settings.name,
            ContactId(self.record.contact),
            self.attempt,
            self.record.to,
            offer.number,
            offer.connection,
            settings.max_ring_seconds,
            settings.max_call_seconds,
            self.intended_at + PLACE_WITHIN_SECONDS,
            settings.recording,
            self.record.extra,
        )

    def _grant(self, offer: Offer) -> DispatchGranted:
        settings, profile = self.around.settings, self.record.profile
        connection, tenant = self.connection_grant, self.tenant_grant
        assert connection is not None
        assert tenant is not None
        to, party = self.around.spell(self.record.to)
        return DispatchGranted(
            self.call,
            self.record.contact,
            self.attempt,
            round(self.intended_at - offer.since, 6),
            to,
            party,
            profile.region,
            list(profile.zones),
            _own_timezone(profile),
            offer.number,
            offer.connection,
            offer.tier,
            offer.spilled,
            offer.probe,
            offer.weight,
            offer.share,
            offer.candidates,
            connection.in_use,
            connection.limit,
            tenant.in_use,
            tenant.limit,
            offer.number_in_use,
            offer.number_limit,
            tenant=settings.tenant,
            campaign=settings.name,
        )

    @handles(Voided)
    def voided(self, message: Voided) -> None:
        """Write down that the call was not placed, then return everything."""
        if self.step is _AT_THE_GATE:
            self._void(message.reason)

    def _void(self, reason: Reason) -> None:
        self.step = _VOIDING
        self.void_reason = reason
        entry = NotPlaced(self.call, reason.value, self.clock.time(), self.sticky_lost)
        self.around.journal.tell(Record(entry, self._actor_ref))

    @handles(Failed)
    def failed(self, message: Failed) -> None:
        """Return everything: the intent could not be written."""
        if self.step is _INTENDING:
            self._return(Reason.JOURNAL_AWAY, by=None, reserved_tenant=True)

    def _finish_void(self, seq: int | None) -> None:
        offer = self.offer
        assert offer is not None
        self.around.observer.emit(
            DispatchVoided(
                tenant=self.around.settings.tenant,
                campaign=self.around.settings.name,
                call=self.call,
                contact=self.record.contact,
                number=offer.number,
                reason=self.void_reason.value,
                seq=seq,
            )
        )
        self._return(self.void_reason, by=None, reserved_tenant=True)

    def _return(self, reason: Reason, *, by: str | None, reserved_tenant: bool) -> None:
        """Give back what is held, the shared limits first, so that nobody waits in vain."""
        assert self.connection is not None
        if self.connection_grant is not None or self.doomed:
            self.connection.tell(Release(self.call))
        if self.tenant_grant is not None or self.doomed:
            self.around.tenant.tell(Release(self.call))
        self.around.pool.tell(
            Return(
                self.call,
                by,
                reason,
                reserved=True,
                reserved_tenant=reserved_tenant,
                sticky_lost=self.sticky_lost,
            )
        )
        self._leave()

    def _leave(self, *, given_up: bool = False) -> None:
        self.step = _OVER
        self.around.campaign.tell(Withdrawn(self.contact, self.sticky_lost, given_up))
        self.stop()

    # The call

    @handles(Placed)
    def placed(self, message: Placed) -> None:
        """Watch the call: it may ring so long and no longer."""
        if self.step is not _AT_THE_GATE:
            return
        self._begin_call()
        self.step = _PLACED
        self.timer = self.after(self.around.settings.max_ring_seconds, _RING_OVER)

    def _begin_call(self) -> None:
        self.around.calls.begin()
        if self.offer is not None and self.offer.counts_placed:
            self.around.pool.tell(Placed(self.call))

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
            self._late(event)
            return
        self.ringing_at = self.clock.time()
        if not self.around.observer.spares(CallRinging):
            self._emit_call(CallRinging)

    def _answered(self, event: CallEvent) -> None:
        if self.answered_at is not None or self.step not in (
            _PLACED,
            _HANGING_UP,
            _IN_DOUBT,
        ):
            self._late(event)
            return
        self.answered_at = self.clock.time()
        if not self.around.observer.spares(CallAnswered):
            self._emit_call(CallAnswered)
        if self.step is _PLACED:
            self.step = _TALKING
            self._set_timer(self.around.settings.max_call_seconds, _CALL_OVER)

    def _ended(self, event: CallEvent) -> None:
        step = self.step
        if not (step is _PLACED or step is _TALKING or step is _HANGING_UP or step is _IN_DOUBT):
            self._late(event)
            return
        outcome, cause = self._outcome_of(event)
        ring, talk = event.ring_seconds, event.talk_seconds
        if ring is None:
            ring = self._ring_seconds(outcome)
        if talk is None and self.answered_at is not None:
            talk = self.clock.time() - self.answered_at
        disposition = None
        if outcome is _ANSWERED:
            disposition = self.disposition or event.disposition or "completed"
        self._write_end(outcome, disposition, ring, talk, cause)

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
            self._end_doubt()

    @handles(HangUpCall)
    def hang_up_call(self, message: HangUpCall) -> None:
        """Hang up because a person or the end of the program says so."""
        if self.step in (_PLACED, _TALKING):
            self._hang_up(_CANCELED, message.by)
        elif self.step is _IN_DOUBT:
            self._leave_doubt()

    def _hang_up(self, outcome: Outcome, cause: str) -> None:
        assert self.connection is not None
        self.step = _HANGING_UP
        self.hung_up = (outcome, cause)
        self.connection.tell(HangUp(self.call))
        self._set_timer(HANGUP_GRACE_SECONDS, GraceOver())

    @handles(GraceOver)
    def grace_over(self, message: GraceOver) -> None:
        """Take the call as ended: the carrier has not confirmed in time."""
        if self.step is _IN_DOUBT:
            self._end_doubt()
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
        self._write_end(outcome, disposition, ring, talk, cause)

    # The end

    def _write_end(
        self,
        outcome: Outcome,
        disposition: str | None,
        ring: float | None,
        talk: float | None,
        cause: str | None,
        *,
        final: bool = False,
    ) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.doomed and outcome is _CANCELED:
            outcome = _UNKNOWN
        self.end = end = self._settle(self.clock.time(), outcome, disposition, ring, talk, cause, final)
        self.around.journal.tell(Record(end, self._actor_ref))
        self.step = _ENDING

    def _settle(
        self,
        now: float,
        outcome: Outcome,
        disposition: str | None,
        ring: float | None,
        talk: float | None,
        cause: str | None,
        final: bool,
    ) -> Ended:
        """Say what follows, so that it is durable together with the end.

        With `final` nothing follows: the rule that would say it has crashed.
        """
        offer, settings = self.offer, self.around.settings
        assert offer is not None
        sticky = None if self.sticky_lost else self.record.sticky
        if sticky is None and outcome is _ANSWERED:
            sticky = offer.number
        if final:
            following = self._last_attempt(offer, outcome, disposition, sticky)
        else:
            following = self._attempt_ended(now, offer, outcome, disposition, ring, cause, sticky)
        self.following = following
        return Ended(
            self.call,
            self.contact,
            now,
            CallEnded(
                self.call,
                self.record.contact,
                offer.number,
                offer.connection,
                _NAMES[outcome],
                disposition,
                ring,
                talk,
                cause,
                tenant=settings.tenant,
                campaign=settings.name,
            ),
            following.counted,
            sticky,
            following.decision is _ELSEWHERE,
            following.due,
            int(following.kind),
            following.result,
        )

    def _finish_end(self, seq: int | None) -> None:
        """Log the end, release the slots, and say what follows, in this order."""
        end, offer, following, connection = self.end, self.offer, self.following, self.connection
        assert end is not None
        assert offer is not None
        assert following is not None
        assert connection is not None
        around = self.around
        observer = around.observer
        if not self.told_end:
            around.calls.end()
            observer.emit(end.line if seq is None else replace(end.line, seq=seq))
            self.told_end = True
        if (
            following.answered
            and (self.sticky_lost or self.record.sticky is None)
            and not observer.spares(ContactStickySet)
        ):
            observer.emit(
                ContactStickySet(
                    tenant=around.settings.tenant,
                    campaign=around.settings.name,
                    contact=self.record.contact,
                    number=offer.number,
                )
            )
        outcome, line = following.outcome, end.line
        fault = outcome is _FAILED and not is_unallocated(line.cause)
        rang = self.ringing_at is not None or line.ring_seconds is not None
        ring_delay = None if self.ringing_at is None else self.ringing_at - self.intended_at
        release = Release(self.call, outcome, fault, rang, line.cause, ring_delay)
        connection.tell(release)
        around.tenant.tell(release)
        around.pool.tell(release)
        if following.due is not None and self.clock.time() > end.at:
            # The delay counts from the end's line, which had to wait for the journal.
            following = replace(following, due=following.due + self.clock.time() - end.at)
        self.step = _OVER
        around.campaign.tell(following)
        self.stop()

    def _attempt_ended(
        self,
        now: float,
        offer: Offer,
        outcome: Outcome,
        disposition: str | None,
        ring_seconds: float | None,
        cause: str | None,
        sticky: E164 | None,
    ) -> AttemptEnded:
        answered = outcome is _ANSWERED
        fast_fault = is_carrier_fault(outcome, ring_seconds, cause)
        record = self.record
        if self.around.calls.canceled:
            reached = record.reached or answered
            return AttemptEnded(
                self.contact,
                not fast_fault,
                answered,
                sticky,
                Decision.FINISH,
                None,
                _RETRIED,
                "reached" if reached else "canceled",
                offer.number,
                offer.tier,
                outcome,
                disposition,
            )
        following = next_attempt(
            self.around.settings,
            EndedAttempt(
                outcome,
                disposition,
                ring_seconds,
                record.attempts + (not fast_fault),
                record.carrier_failures + fast_fault,
                record.reached or answered,
                record.sticky is not None and not self.sticky_lost,
                cause,
            ),
            now,
        )
        decision, otherwise = _decision_of(following)
        due: float | None = None
        kind, result = _RETRIED, None
        if isinstance(otherwise, RetryAt):
            due, kind = otherwise.due, _CALLED_BACK if otherwise.kind is _CALLBACK else _RETRIED
        else:
            result = _RESULTS[otherwise.result]
        return AttemptEnded(
            self.contact,
            not fast_fault,
            answered,
            sticky,
            decision,
            due,
            kind,
            result,
            offer.number,
            offer.tier,
            outcome,
            disposition,
        )

    def _last_attempt(
        self, offer: Offer, outcome: Outcome, disposition: str | None, sticky: E164 | None
    ) -> AttemptEnded:
        answered = outcome is Outcome.ANSWERED
        return AttemptEnded(
            self.contact,
            counted=True,
            answered=answered,
            sticky=sticky,
            decision=Decision.FINISH,
            due=None,
            kind=Kind.RETRY,
            result="reached" if answered or self.record.reached else "exhausted",
            number=offer.number,
            tier=offer.tier,
            outcome=outcome,
            disposition=disposition,
        )

    # A call of an earlier life

    def _take_up(self, doubt: Doubt) -> None:
        """Wait for the end of a call that nobody has seen: every slot stays taken, here or in the ledger."""
        intent, around = doubt.intent, self.around
        grant = intent.grant
        self.step = _IN_DOUBT
        self.intended_at = intent.at
        self.sticky_lost = self.record.sticky is not None and intent.sticky is None
        self.connection = around.connections[grant.connection]
        self.offer = Offer(
            self.call,
            E164(grant.number),
            grant.connection,
            grant.tier,
            grant.spilled,
            grant.probe,
            grant.weight,
            grant.share,
            grant.candidates,
            grant.number_in_use,
            grant.number_limit,
            more=False,
            more_tenant=False,
            counts_placed=False,
            sticky_lost=None,
            since=intent.at,
        )
        around.calls.begin()
        self.timer = self.after(max(0.0, doubt.seconds_left - HANGUP_GRACE_SECONDS), CallOver())
        if doubt.elsewhere:
            around.tenant.tell(Block(self.call, self.record.to))
            return
        hold = Hold(
            self.call,
            around.settings.tenant,
            around.settings.name,
            self.contact,
            E164(grant.number),
            self.record.to,
            self.record.profile,
            grant.tier,
            self._actor_ref,
        )
        for ref in (self.connection, around.tenant, around.pool):
            ref.tell(hold)

    def _end_doubt(self) -> None:
        """Hang up where the carrier still may; then take the call as over."""
        assert self.connection is not None
        if self.hung_up is None and not (self.doubt is not None and self.doubt.elsewhere):
            self.hung_up = (_UNKNOWN, "in_doubt")
            self.connection.tell(HangUp(self.call))
            self._set_timer(HANGUP_GRACE_SECONDS, GraceOver())
        else:
            self._write_end(_UNKNOWN, None, None, None, "in_doubt")

    def _leave_doubt(self) -> None:
        """Let go of the slots, not of the doubt: a later life takes the call up again."""
        assert self.connection is not None
        for ref in (self.connection, self.around.tenant, self.around.pool):
            ref.tell(Release(self.call))
        self.around.calls.end()
        self.step = _OVER
        self.stop()

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
            self._retreat(message)
        except Exception as second:
            supervisor.give_up("ContactActor", kind, second)
        return True

    def _retreat(self, message: Any) -> None:
        """Go back from wherever the attempt is; any part of the message may have been done."""
        if isinstance(message, SetDisposition):
            answer(message.done, False)
        match self.step:
            case Step.ASKING:
                if isinstance(message, NoOffer):
                    self._leave()
                elif isinstance(message, Offer):
                    self._give_back()
                elif isinstance(message, Begun):
                    self.on_start()
            case Step.RESERVING:
                self._give_back()
            case Step.INTENDING:
                if not isinstance(message, Failed):
                    entry = NotPlaced(self.call, Reason.CRASHED.value, self.clock.time())
                    self.around.journal.tell(Record(entry, None))
                self._give_back()
            case Step.AT_THE_GATE:
                if isinstance(message, Voided):
                    self._void(message.reason)
                elif isinstance(message, Placed):
                    self._begin_call()
                    self._see_out()
            case Step.VOIDING:
                if isinstance(message, Durable):
                    self._give_back()
            case Step.ENDING:
                if isinstance(message, Durable):
                    self._finish_end(message.seq)
            case Step.IN_DOUBT if isinstance(message, CallOver | GraceOver):
                self._end_doubt()
            case Step.OVER:
                pass
            case _:
                if _is_over(message):
                    self._write_crashed_end()
                else:
                    self._see_out()

    def _give_back(self) -> None:
        """Return all that is held or was asked for; the contact waits for a while.

        What was not granted is returned as well: an answer may be on its way.
        """
        settings, around = self.around.settings, self.around
        again = around.supervisor.contact_crashed(settings.name, self.record.contact)
        if self.connection is not None:
            self.connection.tell(Release(self.call))
            around.tenant.tell(Release(self.call))
        around.pool.tell(
            Return(
                self.call,
                None,
                Reason.CRASHED if again else Reason.GIVEN_UP,
                reserved=self.connection is not None,
                reserved_tenant=self.connection_grant is not None,
                sticky_lost=self.sticky_lost,
            )
        )
        self._leave(given_up=not again)

    def _write_crashed_end(self) -> None:
        """Write down that the call is over; nobody knows what it came to."""
        try:
            self._write_end(Outcome.UNKNOWN, None, None, None, "crashed")
        except Exception:  # the rule of what follows: this contact has no further attempt
            self._write_end(Outcome.UNKNOWN, None, None, None, "crashed", final=True)

    def _see_out(self) -> None:
        """Hang up and keep every slot until the call is over for certain."""
        assert self.connection is not None
        settings = self.around.settings
        self.step = _HANGING_UP
        self.hung_up = (_UNKNOWN, "crashed")
        self.connection.tell(HangUp(self.call))
        over_by = (
            self.intended_at + PLACE_WITHIN_SECONDS + settings.max_ring_seconds + settings.max_call_seconds
        )
        self._set_timer(max(0.0, over_by + HANGUP_GRACE_SECONDS - self.clock.time()), GraceOver())

    def _set_timer(self, seconds: float, message: RingOver | CallOver | GraceOver) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.after(seconds, message)

    def _late(self, event: CallEvent) -> None:
        settings = self.around.settings
        self.around.observer.emit(
            CallLateEvent(
                tenant=settings.tenant, campaign=settings.name, call=self.call, what=event.progress.value
            )
        )

    def _emit_call(self, kind: type[CallRinging] | type[CallAnswered]) -> None:
        offer, settings = self.offer, self.around.settings
        assert offer is not None
        self.around.observer.emit(
            kind(
                tenant=settings.tenant,
                campaign=settings.name,
                call=self.call,
                contact=self.record.contact,
                number=offer.number,
                connection=offer.connection,
            )
        )


def _own_timezone(profile: Profile) -> str | None:
    """Give the timezone of the calling hours where it isn't that of the number."""
    zones = profile.calling_zones
    return None if zones == profile.zones or not zones else zones[0]


def _is_over(message: Any) -> bool:
    """Tell whether the call has ended by this message, or may be taken as ended."""
    if isinstance(message, Reported):
        return message.event.progress is CallProgress.ENDED
    return isinstance(message, GraceOver)


def _decision_of(following: Next) -> tuple[Decision, RetryAt | Finish]:
    match following:
        case RetryElsewhere():
            return _ELSEWHERE, following.otherwise
        case RetryAt():
            return _RETRY, following
        case Finish():
            return _FINISH, following
        case _:
            assert_never(following)
