"""The end of a call: what follows is written down, then told, then the slots are free."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

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
from actors.contact.progress import Attempt
from actors.contact.step import Step
from actors.messages import (
    AttemptEnded,
    Decision,
    Kind,
    Offer,
    Release,
)
from runtime.calls import E164, Outcome
from runtime.journal.base import Record
from runtime.journal.entries import Ended
from runtime.observe.events import (
    CallEnded,
    ContactStickySet,
)

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ENDING, _OVER = Step.ENDING, Step.OVER
_ANSWERED, _FAILED, _CANCELED, _UNKNOWN = Outcome.ANSWERED, Outcome.FAILED, Outcome.CANCELED, Outcome.UNKNOWN
_ELSEWHERE, _RETRY, _FINISH = Decision.ELSEWHERE, Decision.RETRY, Decision.FINISH
_CALLBACK = RetryKind.CALLBACK
_CALLED_BACK, _RETRIED = Kind.CALLBACK, Kind.RETRY
_RESULTS = {result: result.value for result in ContactResult}
_NAMES = {outcome: outcome.value for outcome in Outcome}


def write_end(
    attempt: Attempt,
    outcome: Outcome,
    disposition: str | None,
    ring: float | None,
    talk: float | None,
    cause: str | None,
    *,
    final: bool = False,
) -> None:
    """Have the end written down, together with what follows from it."""
    if attempt.timer is not None:
        attempt.timer.cancel()
    if attempt.doomed and outcome is _CANCELED:
        outcome = _UNKNOWN
    attempt.end = end = settle(attempt, attempt.clock.time(), outcome, disposition, ring, talk, cause, final)
    attempt.around.journal.tell(Record(end, attempt.ref))
    attempt.step = _ENDING


def settle(
    attempt: Attempt,
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
    offer, settings = attempt.offer, attempt.around.settings
    assert offer is not None
    sticky = None if attempt.sticky_lost else attempt.record.sticky
    if sticky is None and outcome is _ANSWERED:
        sticky = offer.number
    if final:
        following = nothing_follows(attempt, offer, outcome, disposition, sticky)
    else:
        following = what_follows(attempt, now, offer, outcome, disposition, ring, cause, sticky)
    attempt.following = following
    return Ended(
        attempt.call,
        attempt.contact,
        now,
        CallEnded(
            attempt.call,
            attempt.record.contact,
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
        None if attempt.doubt is None or not attempt.doubt.elsewhere else attempt.doubt.intent,
    )


def finish_end(attempt: Attempt, seq: int | None) -> None:
    """Log the end, release the slots, and say what follows, in this order."""
    end, offer, following, connection = attempt.end, attempt.offer, attempt.following, attempt.connection
    assert end is not None
    assert offer is not None
    assert following is not None
    assert connection is not None
    around = attempt.around
    observer = around.observer
    if not attempt.told_end:
        if attempt.doubt is None or not attempt.doubt.elsewhere:
            around.calls.end()
        observer.emit(end.line if seq is None else replace(end.line, seq=seq))
        attempt.told_end = True
    if (
        following.answered
        and (attempt.sticky_lost or attempt.record.sticky is None)
        and not observer.spares(ContactStickySet)
    ):
        observer.emit(
            ContactStickySet(
                tenant=around.settings.tenant,
                campaign=around.settings.name,
                contact=attempt.record.contact,
                number=offer.number,
            )
        )
    outcome, line = following.outcome, end.line
    fault = outcome is _FAILED and not is_unallocated(line.cause)
    rang = attempt.ringing_at is not None or line.ring_seconds is not None
    ring_delay = None if attempt.ringing_at is None else attempt.ringing_at - attempt.intended_at
    release = Release(attempt.call, outcome, fault, rang, line.cause, ring_delay)
    connection.tell(release)
    around.tenant.tell(release)
    around.pool.tell(release)
    if following.due is not None and attempt.clock.time() > end.at:
        # The delay counts from the end's line, which had to wait for the journal.
        following = replace(following, due=following.due + attempt.clock.time() - end.at)
    attempt.step = _OVER
    around.campaign.tell(following)
    attempt.stop()


def what_follows(
    attempt: Attempt,
    now: float,
    offer: Offer,
    outcome: Outcome,
    disposition: str | None,
    ring_seconds: float | None,
    cause: str | None,
    sticky: E164 | None,
) -> AttemptEnded:
    """Say what follows an attempt that has ended so."""
    answered = outcome is _ANSWERED
    fast_fault = is_carrier_fault(outcome, ring_seconds, cause)
    record = attempt.record
    if attempt.around.calls.canceled:
        reached = record.reached or answered
        return AttemptEnded(
            attempt.contact,
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
        attempt.around.settings,
        EndedAttempt(
            outcome,
            disposition,
            ring_seconds,
            record.attempts + (not fast_fault),
            record.carrier_failures + fast_fault,
            record.reached or answered,
            record.sticky is not None and not attempt.sticky_lost,
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
        attempt.contact,
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


def nothing_follows(
    attempt: Attempt, offer: Offer, outcome: Outcome, disposition: str | None, sticky: E164 | None
) -> AttemptEnded:
    """Say that nothing follows, whatever the rule would say."""
    answered = outcome is Outcome.ANSWERED
    return AttemptEnded(
        attempt.contact,
        counted=True,
        answered=answered,
        sticky=sticky,
        decision=Decision.FINISH,
        due=None,
        kind=Kind.RETRY,
        result="reached" if answered or attempt.record.reached else "exhausted",
        number=offer.number,
        tier=offer.tier,
        outcome=outcome,
        disposition=disposition,
    )


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
