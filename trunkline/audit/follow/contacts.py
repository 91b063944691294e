"""Follow a contact's sticky number and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.observe.events import (
    ContactFinished,
    ContactRejected,
    ContactStickyLost,
    ContactStickySet,
    Event,
)
from trunkline.audit.contacts import FINISHED, NO_NUMBER
from trunkline.audit.scenes import ContactScene, Scene


def follow_sticky_set(scene: ContactScene[ContactStickySet]) -> None:
    """A contact has a sticky number."""
    event, run = scene.event, scene.run
    run.sticky_due.pop(scene.row, None)
    member = scene.campaign.members.get(event.number)
    if member is not None:
        run.contacts.sticky[scene.row] = member.number.index


def follow_sticky_lost(scene: ContactScene[Event]) -> None:
    """A contact has no sticky number any more."""
    scene.run.contacts.sticky[scene.row] = NO_NUMBER


def follow_finished(scene: ContactScene[ContactFinished]) -> None:
    """A contact is done with."""
    event, campaign, contacts = scene.event, scene.campaign, scene.run.contacts
    if scene.flags & FINISHED:
        return
    if not scene.flags and contacts.attempts[scene.row] + contacts.faults[scene.row] == 0:
        campaign.contacts += 1
    campaign.results[event.result] += 1
    campaign.turned_away.discard(event.contact)
    contacts.flags[scene.row] |= FINISHED
    scene.run.fast.pop(scene.row, None)
    scene.run.sticky_due.pop(scene.row, None)


def follow_rejected(scene: Scene[Event]) -> None:
    """A row can't be dialed; it may come before its campaign has started."""
    scene.run.rejected[scene.event.campaign or ""] += 1


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    ContactStickySet: follow_sticky_set,
    ContactStickyLost: follow_sticky_lost,
    ContactFinished: follow_finished,
    ContactRejected: follow_rejected,
}
