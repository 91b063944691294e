"""A carrier that does nothing: each call is answered and over at once."""

from __future__ import annotations

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.carriers.timers import Timekeeper

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_PICKED_UP, _ENDED = CallProgress.ANSWERED, CallProgress.ENDED
_ANSWERED = Outcome.ANSWERED


class InstantLine:
    """Answer and end every call in the turn after it was placed.

    For benches: what remains is the engine's own cost. It keeps nothing, so
    there is never a call to hang up.
    """

    def __init__(self, system: Timekeeper) -> None:
        self._system = system

    def place(self, request: CallRequest, report: Report) -> None:
        self._system.call_later(0.0, self._end, request, report)

    def hang_up(self, call: CallId) -> None:
        """Do nothing: a call that is up ends by itself in this very turn."""

    def _end(self, request: CallRequest, report: Report) -> None:
        if self._system.clock.time() > request.not_after:
            report(CallEvent(request.call, _ENDED, Outcome.CANCELED, "not_after"))
            return
        report(CallEvent(request.call, _PICKED_UP))
        report(CallEvent(request.call, _ENDED, _ANSWERED, None, 0.0, 0.0))
