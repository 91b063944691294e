"""What an attempt has come to."""

from __future__ import annotations

from actors.contact.step import Step
from actors.contact.surroundings import Surroundings
from actors.messages import (
    Activate,
    AttemptEnded,
    CallOver,
    GraceOver,
    Granted,
    Offer,
    Placed,
    Reason,
    Ref,
    Reserve,
    RingOver,
)
from runtime.calls import Outcome
from runtime.journal.entries import Ended
from runtime.kernel import EngineActor, Timer
from runtime.observe.events import (
    DispatchGranted,
)

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_ASKING = Step.ASKING


class Attempt(EngineActor):
    """One contact's attempt: whom it calls, what it holds, how far it has come."""

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
        self.ref: Ref = self._actor_ref
        record = activate.record
        self.call = activate.call
        self.contact = activate.contact
        self.record = record
        self.around = surroundings
        self.number = record.attempts + record.carrier_failures + 1
        self.doubt = activate.doubt

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether another daemon has placed the call: it takes no slot, and counts, there."""
        return self.doubt is not None and self.doubt.elsewhere

    def begin_call(self) -> None:
        """Count the call as placed."""
        self.around.calls.begin()
        if self.offer is not None and self.offer.counts_placed:
            self.around.pool.tell(Placed(self.call))

    def set_timer(self, seconds: float, message: RingOver | CallOver | GraceOver) -> None:
        """Be told `message` in `seconds`, in place of what it waited for."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.after(seconds, message)
