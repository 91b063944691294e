"""Run an application's own carrier: one trio task a call."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import AdoptingCarrier, Carrier, Report
from runtime.kernel import ActorSystem

_logger = logging.getLogger(__name__)
_CAUSE_LENGTH = 200
_SHOWN_LENGTH = 60


class TaskLine:
    """Adapt a `Carrier` to a connection's line.

    Sees to what the protocol promises: a call later than its `not_after`
    never reaches the carrier, and every call gets an end. An exception in
    `place` is logged and ends the call as failed with cause
    "carrier_error: …"; returning without an end, with cause "no_end". A call
    hung up before its task has begun never reaches the carrier either.
    Reports may come from any thread; they arrive on the loop's. Reporting
    about another call, or an end without an outcome, raises ValueError in
    the carrier, and what is no CallEvent or holds values of other types
    TypeError. What it reports after the end is passed on as it is.
    """

    def __init__(self, carrier: Carrier, system: ActorSystem) -> None:
        self._carrier = carrier
        self._system = system
        self._up: dict[CallId, _Reporter] = {}

    def place(self, request: CallRequest, report: Report) -> None:
        if request.call in self._up:
            raise ValueError(f"call {request.call!r} is up already")
        reporter = self._up[request.call] = _Reporter(request.call, report, self._system)
        self._system.spawn(self._place, request, reporter, name=f"place {request.call}")

    def hang_up(self, call: CallId) -> None:
        """Ask the carrier to end the call; no-op for one that isn't up."""
        reporter = self._up.get(call)
        if reporter is None or reporter.ended:
            return
        if not reporter.begun:
            reporter.hung_up = True
        else:
            self._system.spawn(self._hang_up, call, name=f"hang up {call}")

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Ask the carrier for calls of an earlier life, if it can be asked."""
        carrier = self._carrier
        if not isinstance(carrier, AdoptingCarrier):
            return
        for call in calls:
            reporter = self._up[call] = _Reporter(call, report, self._system)
            self._system.spawn(self._adopt, carrier, call, reporter, name=f"adopt {call}")

    async def _adopt(self, carrier: AdoptingCarrier, call: CallId, reporter: _Reporter) -> None:
        reporter.begin()
        try:
            await carrier.adopt(call, reporter)
        except Exception:
            _logger.exception("carrier failed to adopt call %s", call)
        finally:
            del self._up[call]

    async def _place(self, request: CallRequest, reporter: _Reporter) -> None:
        reporter.begin()
        try:
            if reporter.hung_up:
                reporter.close(Outcome.CANCELED, "hung_up")
                return
            if self._system.clock.time() > request.not_after:
                reporter.close(Outcome.CANCELED, "not_after")
                return
            await self._carrier.place(request, reporter)
            reporter.close(Outcome.FAILED, "no_end")
        except Exception as error:
            _logger.exception("carrier failed to place call %s", request.call)
            reporter.close(Outcome.FAILED, f"carrier_error: {type(error).__name__}: {error}"[:_CAUSE_LENGTH])
        finally:
            del self._up[request.call]

    async def _hang_up(self, call: CallId) -> None:
        try:
            await self._carrier.hang_up(call)
        except Exception:
            _logger.exception("carrier failed to hang up call %s", call)


class _Reporter:
    """Take a carrier's events from any thread to the loop, and mark the end."""

    def __init__(self, call: CallId, report: Report, system: ActorSystem) -> None:
        self.ended = False
        self.hung_up = False
        self._call = call
        self._report = report
        self._system = system
        self._loop: int | None = None

    @property
    def begun(self) -> bool:
        """Whether the call's task is running."""
        return self._loop is not None

    def begin(self) -> None:
        """Remember the loop's thread: this one."""
        self._loop = threading.get_ident()

    def close(self, outcome: Outcome, cause: str) -> None:
        """Report the end that the carrier owes, if it does."""
        if not self.ended:
            self(CallEvent(self._call, CallProgress.ENDED, outcome, cause))

    def __call__(self, event: CallEvent) -> None:
        _check_types(event)
        if event.call != self._call:
            raise ValueError(f"call {self._call!r} can't report about call {event.call!r}")
        if event.progress is CallProgress.ENDED:
            if event.outcome is None:
                raise ValueError(f"the end of call {self._call!r} needs an outcome")
            self.ended = True
        if threading.get_ident() == self._loop:
            self._report(event)
        else:
            self._system.call_soon_threadsafe(self._report, event)


def _check_types(event: object) -> None:
    """Refuse what a carrier may not say: everyone who hears of it takes these types for granted."""
    if not isinstance(event, CallEvent):
        raise TypeError(f"a carrier reports a CallEvent, not {_shown(event)}")
    if not isinstance(event.progress, CallProgress):
        raise TypeError(f"progress is a CallProgress, not {_shown(event.progress)}")
    if not isinstance(event.outcome, Outcome | None):
        raise TypeError(f"outcome is an Outcome, not {_shown(event.outcome)}")
    for name in ("cause", "disposition"):
        if not isinstance(said := getattr(event, name), str | None):
            raise TypeError(f"{name} is text, not {_shown(said)}")
    for name in ("ring_seconds", "talk_seconds"):
        seconds = getattr(event, name)
        if seconds is not None and not (isinstance(seconds, int | float) and 0 <= seconds < math.inf):
            raise TypeError(f"{name} is a number of seconds, not {_shown(seconds)}")


def _shown(value: object) -> str:
    return repr(value)[:_SHOWN_LENGTH]
