"""The last gate: what a call is refused for, and how it comes to the carrier."""

from __future__ import annotations

import logging

from msgspec.structs import replace

from actors.connection.breaker import BreakerState
from actors.connection.call_lease import CallLease
from actors.connection.handing_out import await_rate
from actors.connection.trunk import Trunk
from actors.lease.tenure import Tenure
from actors.messages import (
    Place,
    Reason,
    Ref,
    Scope,
)
from runtime.calls import CallEvent, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report

logger = logging.getLogger("trunkline")

# Members as names of their own: Python 3.11 searches for an enum's member at every use.
_CLOSED = BreakerState.CLOSED


def hand_over(trunk: Trunk, lease: CallLease, request: CallRequest, now: float, report: Report) -> None:
    """Have the line place a call that has passed the gate."""
    lease.handed = True
    tenure = trunk.tenure
    try:
        if tenure is None:
            trunk.line.place(request, report)
        else:
            place_within(trunk, tenure, request, report)
    except Exception as error:
        logger.exception("the carrier of connection %s failed to place %s", trunk.name, request.call)
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.FAILED, cause=f"carrier_error: {error!r}"))
    # The second counts from when line and carrier have it: writing the line takes its time.
    count_place(trunk, lease, now)


def place_within(trunk: Trunk, tenure: Tenure, request: CallRequest, report: Report) -> None:
    """Place a call unless its lease has ended; the carrier gets to know until when it may."""
    left = tenure.left(request)
    if left <= 0:
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.CANCELED, cause="not_after"))
        return
    not_after = min(request.not_after, trunk.clock.time() + left)
    trunk.line.place(
        replace(request, not_after=not_after, epoch=tenure.epoch(trunk.name)),
        report,
    )


def count_place(trunk: Trunk, lease: CallLease, now: float) -> None:
    """Count the call for the second that it is placed in."""
    limited = trunk.rate.per_second is not None
    trunk.rate.placed(trunk.clock.time() if limited else now)
    lease.counted = True
    if limited:
        await_rate(trunk)


def objection(trunk: Trunk, lease: CallLease, request: CallRequest, now: float) -> Reason | None:
    """Say why a call may not be placed any more; None where it may."""
    if trunk.gate_closed is not None:
        return trunk.gate_closed
    if lease.void is not None:
        return lease.void
    if trunk.barred:
        if (Scope.CAMPAIGN, request.campaign, None) in trunk.barred:
            return Reason.CAMPAIGN_BARRED
        if (Scope.NUMBER, request.number, None) in trunk.barred:
            return Reason.NUMBER_BARRED
        if (Scope.POOLED_NUMBER, request.number, request.campaign) in trunk.barred:
            return Reason.NUMBER_BARRED
    if trunk.breaker.state is not _CLOSED and not lease.probe:
        return Reason.CONNECTION_OPEN
    if now > request.not_after:
        return Reason.TOO_LATE
    if trunk.tenure is not None and trunk.tenure.left(request) <= 0:
        return Reason.LEASE_LAPSED
    return None


def void_granted(trunk: Trunk, pool: str | None) -> None:
    """Void what is granted to a pool, or to all, and has not passed the gate."""
    for lease in trunk.slots.leases.values():
        if not lease.placed and pool in (None, lease.pool):
            lease.void = Reason.LIMIT_LOWERED


def contact_of(lease: CallLease | None, message: Place) -> Ref:
    """Find whom to tell: the lease's contact, else who asks."""
    return message.ref if lease is None else lease.ref
