"""The life of a call: granted once, rung, answered, ended once."""

from __future__ import annotations

from typing import Any

from runtime.observe.events import (
    CallAnswered,
    CallEnded,
    CallOverdue,
    CallRinging,
    DispatchRefused,
    DispatchVoided,
    EngineStopped,
)
from trunkline.audit.limits import SHORTLY_SECONDS
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import CallScene, Scene

HANGUP_GRACE_SECONDS = 10.0
"""How long a carrier may take to confirm a hang-up."""

PLACE_WITHIN_SECONDS = 10.0


def call_not_granted(scene: Scene[DispatchRefused | DispatchVoided]) -> str | None:
    """A call that is refused or voided has not been granted."""
    event = scene.event
    return f"{event.call} has been granted or given up before" if event.call in scene.run.used else None


def call_rings(scene: CallScene[CallRinging]) -> str | None:
    """A call rings once, before it is answered."""
    call = scene.call
    if _heard_by_another(scene):
        return None
    if call.answered_at is not None:
        return f"{call.id} has been answered"
    return f"{call.id} rings already" if call.rang else None


def call_answered(scene: CallScene[CallAnswered]) -> str | None:
    """A call is answered once."""
    return (
        None
        if _heard_by_another(scene) or scene.call.answered_at is None
        else f"{scene.call.id} has been answered already"
    )


def _heard_by_another(scene: CallScene[Any]) -> bool:
    """Tell whether the call is of an earlier life: what that one had heard, this one can't know."""
    return scene.run.disturbed_at >= scene.call.granted_at


def call_overdue(scene: CallScene[CallOverdue]) -> str | None:
    """A hang-up is overdue once."""
    return f"the end of {scene.call.id}, which was overdue before" if scene.call.overdue else None


def call_same(scene: CallScene[CallRinging | CallAnswered | CallEnded]) -> str | None:
    """Every line of a call names the contact, number and connection of its grant."""
    call, event = scene.call, scene.event
    if (event.contact, event.number, event.connection, event.campaign) == (
        call.contact,
        call.number.number,
        call.connection.name,
        call.campaign.name,
    ):
        return None
    return (
        f"contact {call.contact}, number {call.number.number}, connection {call.connection.name}, "
        f"campaign {call.campaign.name}, as granted in line {call.line}"
    )


def call_length(scene: CallScene[CallEnded]) -> str | None:
    """A call rings and lasts no longer than max_ring_seconds and max_call_seconds, with the grace."""
    call, settings = scene.call, scene.campaign.settings
    if scene.run.disturbed_at >= call.granted_at:
        return None
    if call.answered_at is None:
        lasted, most, what = scene.time - call.granted_at, settings.max_ring_seconds, "max_ring_seconds"
    else:
        lasted, most, what = scene.time - call.answered_at, settings.max_call_seconds, "max_call_seconds"
    if scene.run.crashed:
        most = settings.max_ring_seconds + settings.max_call_seconds + PLACE_WITHIN_SECONDS
    if lasted <= most + HANGUP_GRACE_SECONDS + SHORTLY_SECONDS:
        return None
    return f"an end {lasted - most - HANGUP_GRACE_SECONDS:g} s earlier: {what} is {most:g}, and 10 s of grace"


def call_seconds(scene: CallScene[CallEnded]) -> str | None:
    """Ring and talk times are none or not negative, and no longer than the call."""
    event = scene.event
    lasted = scene.time - scene.call.granted_at
    for what, seconds in (("ring_seconds", event.ring_seconds), ("talk_seconds", event.talk_seconds)):
        if seconds is not None and not 0.0 <= seconds <= lasted + SHORTLY_SECONDS:
            return f"{what} from 0 to {lasted:g}"
    return None


def call_disposition(scene: CallScene[CallEnded]) -> str | None:
    """An answered call has a disposition, any other has none."""
    event = scene.event
    if (event.outcome == "answered") == (event.disposition is not None):
        return None
    return "a disposition" if event.outcome == "answered" else "no disposition: it was not answered"


def calls_over(scene: Scene[EngineStopped]) -> str | None:
    """When the engine stops every call has ended."""
    calls = scene.run.calls
    if not calls:
        return None
    shown = ", ".join(f"{call.id} (line {call.line})" for call in list(calls.values())[:5])
    return f"an end of each call first: {len(calls)} are in progress, {shown}"


RULES = (
    Rule(
        "call.once",
        "Each call is granted once; an id that was used is never used again, also after a refusal or a void.",
        {
            DispatchRefused: call_not_granted,
            DispatchVoided: call_not_granted,
        },
    ),
    Rule(
        "call.end",
        "Each granted call ends once: not before it is granted, not twice, and before the engine stops.",
        {EngineStopped: calls_over},
    ),
    Rule(
        "call.sequence",
        "A call in progress rings at most once, then is answered at most once, and then ends.",
        {CallRinging: call_rings, CallAnswered: call_answered, CallOverdue: call_overdue},
    ),
    Rule(
        "call.same",
        "Every line of a call names the contact, number, connection and campaign of its grant.",
        {CallRinging: call_same, CallAnswered: call_same, CallEnded: call_same},
    ),
    Rule(
        "call.length",
        "A call ends within max_ring_seconds of its grant or max_call_seconds of its answer, "
        "and the hang-up's grace.",
        {CallEnded: call_length},
    ),
    Rule(
        "call.seconds",
        "A call's ring and talk times are not negative, and not longer than the call.",
        {CallEnded: call_seconds},
    ),
    Rule(
        "call.disposition",
        "An answered call has a disposition, any other has none.",
        {CallEnded: call_disposition},
    ),
)
