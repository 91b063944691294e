"""Follow the engine itself: its stop, its journal, its crashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.observe.events import ActorCrashed, EngineStopped, Event, JournalAway, JournalBack
from trunkline.audit.scenes import Scene


def follow_stopped(scene: Scene[Event]) -> None:
    """Nothing is placed any more."""
    scene.run.stopped = True


def follow_away(scene: Scene[Event]) -> None:
    """The journal can't be written: ends wait for it."""
    scene.run.away_since = scene.time
    scene.run.disturbed_at = scene.time


def follow_back(scene: Scene[Event]) -> None:
    """The journal can be written again."""
    scene.run.away_since = None
    scene.run.disturbed_at = scene.time


def follow_crashed(scene: Scene[Event]) -> None:
    """An actor has failed: its call may last until it counts as over for certain."""
    scene.run.crashed = True


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    EngineStopped: follow_stopped,
    JournalAway: follow_away,
    JournalBack: follow_back,
    ActorCrashed: follow_crashed,
}
