"""Daemons draw their numbers by what all of them have counted of answers."""

from __future__ import annotations

from collections import Counter
from math import inf
from pathlib import Path

import pytest

from runtime.observe.events import CallEnded, DispatchGranted
from tests.runtime.journal.kept import KeptDisk
from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import LEASE, NUMBERS, Daemon, pilot

ANSWERED = {NUMBERS[0]: 1.0, NUMBERS[1]: 0.0, NUMBERS[2]: 0.0}


def fleet(folder: Path, contacts: int = 200) -> DealingFleet:
    """Make a fleet whose first number always gets through, the others never; it forgets little."""
    tables = pilot(exploration=0.5, half_life_attempts=1_000_000)
    return DealingFleet(folder, tables, contacts, answers=ANSWERED)


def grants(daemon: Daemon) -> list[DispatchGranted]:
    return [event for _, event in daemon.log if isinstance(event, DispatchGranted)]


def first_weights(daemon: Daemon) -> dict[str, float]:
    """Give the weight that each number had when the daemon drew it first."""
    weights: dict[str, float] = {}
    for event in grants(daemon):
        assert event.weight is not None
        weights.setdefault(event.number, event.weight)
    return weights


def draws_by_what_was_counted(daemon: Daemon) -> bool:
    """Tell whether it preferred the number that gets through when it drew first."""
    weights = first_weights(daemon)
    return weights[NUMBERS[0]] > 1.5 * max(weights[NUMBERS[1]], weights[NUMBERS[2]])


def results(daemon: Daemon, until: float = inf) -> Counter[str]:
    """Count a daemon's results of each number up to a time."""
    return Counter(
        event.number for time, event in daemon.log if isinstance(event, CallEnded) and time < until
    )


def knows(daemon: Daemon, of: Counter[str]) -> bool:
    """Tell whether so many results of each number were in what a daemon told last."""
    table = daemon.named("number.weights")[-1]
    counted = {row["number"]: row["counted"] for row in table.numbers}
    return sum(of.values()) > 30 and all(counted[number] > count - 0.5 for number, count in of.items())


def told(daemon: Daemon) -> float:
    """Give when a daemon told last what it knows."""
    return max(time for time, event in daemon.log if event.event == "number.weights")


def test_a_daemon_that_joins_draws_by_what_the_others_have_counted(tmp_path: Path) -> None:
    daemons = fleet(tmp_path)
    early, late = daemons.join(), daemons.join()

    daemons.run((70.0, late.engine.start), first=1)

    assert draws_by_what_was_counted(late)
    assert not draws_by_what_was_counted(early)


def test_daemons_that_dial_at_once_know_one_anothers_results_within_two_thirds_of_a_lease(
    tmp_path: Path,
) -> None:
    daemons = fleet(tmp_path)
    one, two = daemons.join(), daemons.join()

    daemons.run()

    for daemon, other in ((one, two), (two, one)):
        at = told(daemon)
        assert knows(daemon, results(daemon, at) + results(other, at - 2 * LEASE / 3 - 0.2))


def test_a_daemon_that_restarts_draws_by_what_the_whole_fleet_has_counted(tmp_path: Path) -> None:
    daemons = fleet(tmp_path)
    disk = KeptDisk()
    first = daemons.join(disk)
    daemons.join()

    def restart() -> None:
        life = daemons.join(disk)
        life.engine.start()

    daemons.run((60.0, lambda: first.engine.close(drain=30.0)), (75.0, restart))

    assert draws_by_what_was_counted(daemons.daemons[2])


def test_what_a_daemon_has_counted_up_to_its_end_is_known_to_the_others(tmp_path: Path) -> None:
    daemons = fleet(tmp_path)
    ends, stays = daemons.join(), daemons.join()

    daemons.run((61.0, lambda: ends.engine.close(drain=30.0)))

    assert knows(stays, results(stays, told(stays)) + results(ends))


@pytest.mark.parametrize("loss", [{}, None], ids=["all of it", "what it had since the copy"])
def test_what_the_shared_state_has_lost_is_said_again_also_for_a_daemon_that_is_no_more(
    tmp_path: Path, loss: dict[str, dict[str, str]] | None
) -> None:
    daemons = fleet(tmp_path)
    gone, stays, late = daemons.join(), daemons.join(), daemons.join()
    copy: list[dict[str, dict[str, str]]] = []

    daemons.run(
        (30.0, lambda: copy.append(daemons.server.copy())),
        (60.0, lambda: gone.engine.close(drain=30.0)),
        (110.0, lambda: daemons.server.restart(copy[0] if loss is None else loss)),
        (110.1, late.engine.start),
        first=2,
    )

    (joined,) = [time for time, event in late.log if event.event == "campaign.started"]
    assert draws_by_what_was_counted(late)
    assert knows(late, results(gone) + results(stays, joined))
