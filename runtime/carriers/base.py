"""The two faces of a carrier: what applications write, and what connections use.

An application writes a `Carrier`: one coroutine a call. A ConnectionActor
speaks to a `Line`: plain calls that return at once, so that the simulated
carrier needs neither tasks nor threads and runs under virtual time.
"""

from __future__ import annotations

from collections.abc import Callable
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
