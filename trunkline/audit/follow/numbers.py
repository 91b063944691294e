"""Follow what becomes of numbers, connections and the tenant's cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.observe.events import (
    ConnectionClosed,
    ConnectionLimitChanged,
    ConnectionOpened,
    Event,
    NumberAdded,
    NumberChanged,
    NumberFlagged,
    NumberPaused,
    NumberRemoved,
    NumberRested,
    NumberResting,
    NumberResumed,
    NumberUnflagged,
    TenantCapChanged,
)
from trunkline.audit.follow.campaigns import join
from trunkline.audit.pool import Number
from trunkline.audit.scenes import Scene
from trunkline.audit.settings import ConnectionRow, NumberRow, read_table

STATES: Mapping[type[Event], tuple[str, bool]] = {
    NumberFlagged: ("flagged", True),
    NumberUnflagged: ("flagged", False),
    NumberPaused: ("paused", True),
    NumberResumed: ("paused", False),
    NumberResting: ("resting", True),
    NumberRested: ("resting", False),
}
DOCTOR = "doctor"
"""Whom a number rests by whose answers dropped; others rest by their day cap."""


def follow_state(scene: Scene[NumberChanged]) -> None:
    """A number may be dialed from, or not any more."""
    event = scene.event
    state, value = STATES[type(event)]
    if state == "resting" and event.by == DOCTOR:
        state = "quarantined"
    number = _number(scene)
    if number is None:
        scene.run.tenant(event.tenant or "").states.setdefault(event.number, {})[state] = value
        return
    scene.run.changes.set(scene.time, number, state, value)


def follow_added(scene: Scene[NumberAdded]) -> None:
    """A number joins the inventory, or a campaign's pool."""
    event, run, now = scene.event, scene.run, scene.time
    row = read_table(event.settings, NumberRow)
    run.connection(read_table(event.connection_settings, ConnectionRow))
    number = run.number(run.tenant(event.tenant or ""), row)
    run.changes.set(now, number, "removed", False)
    campaign = run.campaigns.get(event.campaign or "")
    if campaign is not None:
        join(run, campaign, row, now)


def follow_removed(scene: Scene[NumberRemoved]) -> None:
    """A number leaves a campaign's pool, or all of them and the inventory."""
    event, run, now = scene.event, scene.run, scene.time
    number = _number(scene)
    if number is None:
        return
    if event.campaign is None:
        run.changes.set(now, number, "removed", True)
    for campaign in run.tenant(event.tenant or "").campaigns.values():
        member = campaign.members.get(number.number)
        if member is None or not member.present or event.campaign not in (None, campaign.name):
            continue
        run.changes.set(now, member, "present", False)
        campaign.weights.leave(number.number, now)
        if number.in_use.count:
            # Whether its calls' results will count depends on whether it comes back before they end.
            campaign.weights.known = False


def _number(scene: Scene[NumberChanged]) -> Number | None:
    event = scene.event
    return scene.run.tenant(event.tenant or "").numbers.get(event.number)


def follow_opened(scene: Scene[ConnectionOpened]) -> None:
    """A breaker opens: the connection's numbers rest."""
    event, run, now = scene.event, scene.run, scene.time
    connection = run.connections.get(event.connection)
    if connection is not None:
        connection.breaker.open(now)
        run.changes.set(now, connection, "usable", False)


def follow_closed(scene: Scene[ConnectionClosed]) -> None:
    """A breaker closes: the connection's numbers are dialed from again."""
    event, run, now = scene.event, scene.run, scene.time
    connection = run.connections.get(event.connection)
    if connection is not None:
        connection.breaker.close()
        run.changes.set(now, connection, "usable", connection.enabled)


def follow_limit(scene: Scene[ConnectionLimitChanged]) -> None:
    """A connection's limit is another."""
    event, run = scene.event, scene.run
    run.limit(event.connection).change(event.limit, scene.time)


def follow_cap(scene: Scene[TenantCapChanged]) -> None:
    """A tenant's cap is another."""
    event = scene.event
    scene.run.tenant(event.tenant or "").cap.change(event.limit, scene.time)


FOLLOW: Mapping[type[Event], Callable[[Any], None]] = {
    **dict.fromkeys(STATES, follow_state),
    NumberAdded: follow_added,
    NumberRemoved: follow_removed,
    ConnectionOpened: follow_opened,
    ConnectionClosed: follow_closed,
    ConnectionLimitChanged: follow_limit,
    TenantCapChanged: follow_cap,
}
