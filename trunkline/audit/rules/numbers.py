"""Which numbers may be dialed from, and when."""

from __future__ import annotations

from runtime.observe.events import ConnectionClosed, ConnectionOpened, DispatchGranted
from trunkline.audit.breaker import GOOD_PROBES, LEAST
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import GrantScene, Scene


def number_pool(grant: GrantScene) -> str | None:
    """Only numbers of the campaign's pool are dialed from."""
    if grant.member.present or grant.number.removed:
        return None
    return f"{grant.number.number} is not in the pool of {grant.campaign.name}"


def number_removed(grant: GrantScene) -> str | None:
    """No removed number is dialed from."""
    return f"{grant.number.number} has been removed" if grant.number.removed else None


def number_flagged(grant: GrantScene) -> str | None:
    """No number that is flagged as spam is dialed from."""
    return f"{grant.number.number} is flagged as spam" if grant.number.flagged else None


def number_paused(grant: GrantScene) -> str | None:
    """No paused number is dialed from."""
    return f"{grant.number.number} is paused" if grant.number.paused else None


def number_resting(grant: GrantScene) -> str | None:
    """No number that the doctor lets rest is dialed from."""
    return f"{grant.number.number} rests by the doctor's order" if grant.number.quarantined else None


def number_connection(grant: GrantScene) -> str | None:
    """A number's calls go through its own connection."""
    if grant.event.connection == grant.number.connection:
        return None
    return f"{grant.number.number} goes through {grant.number.connection}"


def connection_disabled(grant: GrantScene) -> str | None:
    """No call goes through a disabled connection."""
    return None if grant.connection.enabled else f"{grant.connection.name} is disabled"


def connection_breaker(grant: GrantScene) -> str | None:
    """While a breaker is open only probes are placed, and no probes while it isn't."""
    opened, probe = grant.connection.breaker.opened, grant.event.probe
    if opened == probe:
        return None
    name = grant.connection.name
    return f"the breaker of {name} is open: only probes" if opened else f"{name} is not open: no probe"


def connection_probe(grant: GrantScene) -> str | None:
    """One probe at a time, the first when the connection has rested."""
    breaker = grant.connection.breaker
    if not (grant.event.probe and breaker.opened):
        return None
    if breaker.probe is not None:
        return f"one probe of {grant.connection.name} at a time"
    early = breaker.probe_from - grant.time
    if early > 0.01:
        return f"{grant.connection.name} rests; the next probe is due in {early:g} s"
    return None


ELSEWHERE = "shared state"
"""Who opens a breaker because another daemon's has opened."""


def connection_opens(scene: Scene[ConnectionOpened]) -> str | None:
    """A breaker opens when enough of the last calls have failed, or a probe has."""
    event = scene.event
    connection = scene.run.connections.get(event.connection)
    if connection is None or scene.run.crashed:
        return None
    breaker = connection.breaker
    if breaker.failed_probe or (not breaker.opened and breaker.may_open(scene.time)):
        return None
    if event.by == ELSEWHERE and not breaker.opened:
        return None
    if breaker.opened:
        return "no probe has failed"
    return (
        f"{sum(breaker.faults)} of the last {len(breaker.faults)} calls failed: "
        f"it opens at {breaker.failure_rate:g}, once there are {LEAST}"
    )


def connection_closes(scene: Scene[ConnectionClosed]) -> str | None:
    """A breaker closes when three probes in a row were good."""
    event = scene.event
    connection = scene.run.connections.get(event.connection)
    if connection is None:
        return None
    breaker = connection.breaker
    # The line that says that a probe rings may come right after this one.
    good = breaker.good + (breaker.probe is not None)
    if breaker.opened and good >= GOOD_PROBES:
        return None
    return f"{GOOD_PROBES} good probes close it; there were {good}"


RULES = (
    Rule(
        "number.pool", "Only numbers of the campaign's pool are dialed from.", {DispatchGranted: number_pool}
    ),
    Rule("number.removed", "No removed number is dialed from.", {DispatchGranted: number_removed}),
    Rule(
        "number.flagged",
        "No number that is flagged as spam is dialed from.",
        {DispatchGranted: number_flagged},
    ),
    Rule("number.paused", "No paused number is dialed from.", {DispatchGranted: number_paused}),
    Rule(
        "number.resting",
        "No number that the doctor lets rest is dialed from.",
        {DispatchGranted: number_resting},
    ),
    Rule(
        "number.connection",
        "A number's calls go through its own connection.",
        {DispatchGranted: number_connection},
        timeless=True,
    ),
    Rule(
        "connection.disabled",
        "No call goes through a connection that is not enabled.",
        {DispatchGranted: connection_disabled},
    ),
    Rule(
        "connection.breaker",
        "While a connection's breaker is open only probes are placed on it, and none while it is closed.",
        {DispatchGranted: connection_breaker},
    ),
    Rule(
        "connection.probe",
        "An open connection is probed by one call at a time, after a rest of 30 s that doubles to 10 min.",
        {DispatchGranted: connection_probe},
    ),
    Rule(
        "connection.opens",
        "A breaker opens when the faults among the last 50 calls, at least 20, reach its rate, and reopens "
        "when a probe fails.",
        {ConnectionOpened: connection_opens},
    ),
    Rule(
        "connection.closes",
        "A breaker closes after three good probes in a row.",
        {ConnectionClosed: connection_closes},
    ),
)
