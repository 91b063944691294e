"""Redis loses what it has of contacts while a daemon is dead: nobody is called too often."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from runtime.observe.events import DispatchGranted
from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import LEASE, Daemon, pilot

CONTACTS = 150
ATTEMPTS = 3
KILLED = 40.0
TAIL = 60.0
"""How long a call may be up from when its intent was written, as these journals take it."""


def dialing(folder: Path, seed: int) -> DealingFleet:
    """Make three daemons whose contacts are often called again."""
    tables = pilot(max_attempts=ATTEMPTS, retry_after={"no_answer": 15})
    fleet = DealingFleet(folder, tables, CONTACTS, seed=seed, answer_rate=0.3)
    for _ in range(3):
        fleet.join()
    return fleet


def play(fleet: DealingFleet, lost: str, *, killed: float, back: float) -> Daemon:
    """Lose everything, or all of the last seconds, while a daemon is dead; returns its next life."""
    copies: list[Any] = [{}]
    left: list[Any] = []
    lives: list[Daemon] = []

    def live_again() -> None:
        lives.append(fleet.join(left[0]))
        lives[0].engine.start()

    acts: list[tuple[float, Any]] = [
        (killed - 4.0, lambda: copies.append(fleet.server.copy())),
        (killed, lambda: left.append(fleet.kill(fleet.daemons[0]))),
        (killed + 1.0, lambda: fleet.server.restart(copies[0] if lost == "all" else copies[1])),
        (back, live_again),
    ]
    fleet.run(*sorted(acts, key=lambda act: act[0]))
    return lives[0]


def told(fleet: DealingFleet, name: str) -> Counter[str]:
    return Counter(event.contact for daemon in fleet.daemons for event in daemon.named(name))


@pytest.mark.parametrize("lost", ["all", "the last seconds"])
def test_a_daemon_that_was_killed_comes_back_and_nobody_is_called_too_often(
    tmp_path: Path, lost: str
) -> None:
    fleet = dialing(tmp_path, seed=1)

    play(fleet, lost, killed=KILLED, back=KILLED + 2 * LEASE)

    assert fleet.callees.twice == []
    assert max(fleet.callees.calls.values()) == ATTEMPTS
    assert told(fleet, "contact.finished") == {f"c{row}": 1 for row in range(CONTACTS)}
    assert fleet.arbiter.violations == []


def test_its_contacts_are_not_taken_over_before_it_is_back(tmp_path: Path) -> None:
    fleet = dialing(tmp_path, seed=3)
    back = KILLED + 3 * LEASE

    play(fleet, "all", killed=KILLED, back=back)

    killed, *others = fleet.daemons
    its = {event.contact for event in killed.named("dispatch.granted")}
    grants = [(time - fleet.clock.start, event) for other in others[:2] for time, event in other.log]
    taken = [
        at
        for at, event in grants
        if isinstance(event, DispatchGranted) and event.contact in its and at > KILLED
    ]
    assert taken
    assert min(taken) > back


def test_they_are_when_its_calls_must_be_over(tmp_path: Path) -> None:
    fleet = dialing(tmp_path, seed=4)

    play(fleet, "the last seconds", killed=KILLED, back=400.0)

    assert fleet.callees.twice == []
    assert set(fleet.callees.calls) == {f"c{row}" for row in range(CONTACTS)}
    others = [at for daemon in fleet.daemons[1:3] for at in daemon.placed]
    assert [at for at in others if KILLED + TAIL < at < 400.0]
