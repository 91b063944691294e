"""The two faces of a carrier: what applications write, and what connections use.

An application writes a `Carrier`: one coroutine a call. A ConnectionActor
speaks to a `Line`: plain calls that return at once, so that the simulated
carrier needs neither tasks nor threads and runs under virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from runtime.calls import CallEvent, CallId, CallRequest

Report = Callable[[CallEvent], None]
"""Tells the engine about a call; callable from any thread, never blocks."""


@runtime_checkable
class Carrier(Protocol):
    """Place calls with a provider: the protocol an application implements."""

    async def place(self, request: CallRequest, report: Report) -> None:
        """Place the call and report its events; return when it has ended.

        Report RINGING and ANSWERED as they happen and exactly one ENDED. An
        exception is logged and counts as ENDED with outcome `failed`;
        returning without an ENDED counts the same way.
        """
        ...

    async def hang_up(self, call: CallId) -> None:
        """End the call, if it is still up; its ENDED is reported by `place`."""
        ...


class Line(Protocol):
    """A connection's way to its carrier; both methods return at once.

    No event is reported before `place` or `hang_up` has returned.
    """

    def place(self, request: CallRequest, report: Report) -> None:
        """Start placing the call; its events go to `report`."""
        ...

    def hang_up(self, call: CallId) -> None:
        """Start ending the call; no-op for a call that isn't up."""
        ...


@runtime_checkable
class AdoptingLine(Protocol):
    """A line that can tell what became of calls that an earlier life has placed."""

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Report what comes of these calls from here on; returns at once.

        A call that is over for certain is reported as ENDED, with outcome
        `unknown` where the true one can't be told. A call of which nothing
        is reported keeps its slots until it must be over.
        """
        ...


@runtime_checkable
class AdoptingCarrier(Carrier, Protocol):
    """A carrier that can be asked for calls that an earlier life has placed."""

    async def adopt(self, call: CallId, report: Report) -> None:
        """Report what comes of the call from here on; return when it has ended.

        Report ENDED at once for a call that is over. Return without a report
        where the carrier can't tell: the call keeps its slots until it must
        be over.
        """
        ...


@runtime_checkable
class CountsCalls(Protocol):
    """A line that can tell which calls are up; the doctor compares them with the leases."""

    def calls_up(self) -> tuple[CallId, ...]:
        """Name the calls that are up on this line."""
        ...
