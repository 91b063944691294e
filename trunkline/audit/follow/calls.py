"""Follow a call to its end, and what the end means for its contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from runtime.observe.events import (
    CallAnswered,
    CallEnded,
    CallLateEvent,
    CallOverdue,
    CallRinging,
    Event,
)
from trunkline.audit.breaker import Breaker
from trunkline.audit.causes import is_unallocated
from trunkline.audit.contacts import FINAL, HUNG_UP, IN_CALL, NO_NUMBER, REACHED
from trunkline.audit.limits import SHORTLY_SECONDS
from trunkline.audit.pool import Call
from trunkline.audit.run import Fast, Run
from trunkline.audit.scenes import CallScene, Scene

COMPLETED = "completed"


def follow_ringing(scene: CallScene[Event]) -> None:
    """A call rings; a probe that rings is good."""
    scene.call.rang = True
    _heard(scene.call, scene.time)


def follow_answered(scene: CallScene[Event]) -> None:
    """A call is answered."""
    scene.call.answered_at = scene.time
    _heard(scene.call, scene.time)


def follow_late(scene: Scene[CallLateEvent]) -> None:
    """A carrier says something that changes nothing, but a probe has been heard of."""
    call = scene.run.calls.get(scene.event.call)
    if call is not None and scene.event.what != "ended":
        _heard(call, scene.time)


def follow_overdue(scene: CallScene[Event]) -> None:
    """A hang-up is not confirmed."""
    scene.call.overdue = True


def _heard(call: Call, now: float) -> None:
    """Let the breaker know that a call is no fault of its carrier's."""
    if call.judged:
        return
    call.judged = True
    breaker = call.connection.breaker
    if breaker.probe is call:
        breaker.settle(good=True, now=now)
    else:
        breaker.count(fault=False, now=now)


def follow_ended(scene: CallScene[CallEnded]) -> None:
    """A call is over: its slots are free, and its contact has another attempt or none."""
    event, call, run, now = scene.event, scene.call, scene.run, scene.time
    close(run, call, now)
    _judge(scene, call, event)
    member = call.campaign.members.get(call.number.number)
    if member is not None and member.present:
        call.campaign.weights.count(call.number.number, event.outcome, now)
    _count_attempt(scene, event)


def _judge(scene: CallScene[Event], call: Call, event: CallEnded) -> None:
    """Let the breaker know how a call has ended that never rang; one of before a crash it never hears of."""
    if call.judged or event.recovered:
        return
    call.judged = True
    breaker = call.connection.breaker
    fault = event.outcome == "failed" and event.ring_seconds is None and not is_unallocated(event.cause)
    if breaker.probe is call:
        breaker.settle(good=not fault, now=scene.time)
        return
    breaker.count(fault=fault, now=scene.time)
    if breaker.ripe_at == scene.time and not breaker.opened:
        _expect_opening(scene, breaker)


def _expect_opening(scene: CallScene[Event], breaker: Breaker) -> None:
    faults = f"{sum(breaker.faults)} of the last {len(breaker.faults)} calls failed"
    scene.run.suspect(
        scene,
        "connection.opens",
        f"connection.opened of {scene.call.connection.name} at once: {faults}",
        lambda: breaker.ripe_at is None,
        lapses=True,
    )


def close(run: Run, call: Call, now: float) -> None:
    """Give back what a call held."""
    del run.calls[call.id]
    campaign = call.campaign
    for in_use in (call.connection.in_use, campaign.tenant.in_use, campaign.in_use, call.number.in_use):
        in_use.end(now)
    if campaign.tenant.parties.get(call.party) is call:
        del campaign.tenant.parties[call.party]
    run.contacts.flags[call.row] &= ~IN_CALL


def _count_attempt(scene: CallScene[Event], event: CallEnded) -> None:
    run, call, now, row = scene.run, scene.call, scene.time, scene.row
    contacts, settings = run.contacts, scene.campaign.settings
    answered = event.outcome == "answered"
    if answered:
        contacts.flags[row] |= REACHED
        if contacts.sticky[row] == NO_NUMBER:
            run.sticky_due[row] = call.number.number
    nobody = not answered and is_unallocated(event.cause)
    delay = None if nobody else _delay(settings.retry_after, event)
    ended_at = _ended_at_least(run, call, event, now)
    contacts.due[row] = inf if delay is None else ended_at + delay
    tried = run.fast.pop(row, None)
    if event.outcome == "failed" and event.ring_seconds is None and not nobody:
        contacts.faults[row] += 1
        if contacts.sticky[row] == NO_NUMBER:
            others = () if tried is None else tried.tried
            run.fast[row] = Fast(call.tier, (*others, call.number.number), ended_at)
    else:
        contacts.attempts[row] += 1
    final = 0 if delay is not None else FINAL
    hung_up = HUNG_UP if event.outcome == "canceled" and delay is None else 0
    contacts.flags[row] = contacts.flags[row] & ~(FINAL | HUNG_UP) | final | hung_up


def _ended_at_least(run: Run, call: Call, event: CallEnded, now: float) -> float:
    """Say when a call has ended at the earliest: its line waits until the end is durable.

    A line with a journal's position comes shortly after the end; one that a
    crash or a journal's trouble held up may come much later.
    """
    if event.recovered or run.disturbed_at >= call.granted_at:
        return call.granted_at
    return now if event.seq is None else max(call.granted_at, now - SHORTLY_SECONDS)


def _delay(retry_after: Mapping[str, float], event: CallEnded) -> float | None:
    """Look up when to try again: an answered call by its disposition first."""
    if event.outcome != "answered":
        return retry_after.get(event.outcome)
    delay = retry_after.get(event.disposition or COMPLETED)
    return retry_after.get("answered") if delay is None else delay


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    CallRinging: follow_ringing,
    CallAnswered: follow_answered,
    CallEnded: follow_ended,
    CallLateEvent: follow_late,
    CallOverdue: follow_overdue,
}
