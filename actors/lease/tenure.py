"""Until when this daemon may place calls, as the last gate looks at it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from actors.messages import Ref
from runtime.calls import CallRequest
from runtime.ledger.resource import Kind, Resource

_CONNECTION, _RATE, _TENANT, _CAMPAIGN = Kind.CONNECTION, Kind.RATE, Kind.TENANT, Kind.CAMPAIGN
_NUMBER, _DAY, _PARTITIONS = Kind.NUMBER, Kind.DAY, Kind.PARTITIONS
_ALWAYS = float("inf")


class Membership(msgspec.Struct, frozen=True):
    """What an actor needs whose limits are shared: whom to tell, and until when it holds.

    Call rates are leased from `rates_after` seconds on.
    """

    ref: Ref
    tenure: Tenure
    rates_after: float = 0.0


class Tenure:
    """The deadline and epoch of each lease; the lease's actor writes, the gates read.

    All of them are on one loop. `boot` gives CLOCK_BOOTTIME in seconds: it
    goes on while the host sleeps, so a deadline passes in its sleep too.
    """

    __slots__ = ("_deadlines", "_epochs", "boot")

    def __init__(self, boot: Callable[[], float]) -> None:
        self.boot = boot
        self._deadlines: dict[tuple[Kind, str], float] = {}
        self._epochs: dict[tuple[Kind, str], int] = {}

    def set(self, resource: Resource, deadline: float, epoch: int) -> None:
        """Take a lease's deadline, in seconds of `boot`."""
        self._deadlines[resource.kind, resource.name] = deadline
        self._epochs[resource.kind, resource.name] = epoch

    def left(self, request: CallRequest) -> float:
        """Count the seconds for which everything that the call needs is still held."""
        of = self._deadlines.get
        deadline = min(
            of((_CONNECTION, request.connection), _ALWAYS),
            of((_RATE, request.connection), _ALWAYS),
            of((_TENANT, request.tenant), _ALWAYS),
            of((_CAMPAIGN, request.campaign), _ALWAYS),
            of((_NUMBER, request.number), _ALWAYS),
            of((_DAY, request.number), _ALWAYS),
            of((_PARTITIONS, request.tenant), _ALWAYS),
        )
        return deadline - self.boot()

    def epoch(self, connection: str) -> int:
        """Give the epoch under which a connection's calls are placed: it rises with each lapse."""
        return self._epochs.get((_CONNECTION, connection), 0)
