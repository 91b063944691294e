"""Several daemons on one ledger: limits, fairness, and what is left at rest."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.trunkline.sharing.fleet import Fleet, limits_of, pilot

FIRST_LEARNED = 16.0
"""After so many seconds the ledger has learned what there is, and every daemon of it."""


def test_two_daemons_never_pass_a_limit_and_leave_all_slots_free(tmp_path: Path) -> None:
    tables = pilot(connection=5)
    fleet = Fleet(tmp_path, tables)
    fleet.daemon(60)
    fleet.daemon(60)
    fleet.run()
    assert fleet.arbiter.violations == []
    assert fleet.arbiter.placed == {"d0": 60, "d1": 60}
    assert fleet.arbiter.most["connection", "east"] == 5
    assert not any(fleet.held().values())


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_limits_nobody_passes_one_and_everybody_is_called(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    tables = pilot(
        connection=random.randint(1, 12),
        tenant=random.randint(1, 12),
        rate=random.choice((None, 1, 3)),
        number=random.choice((None, 1, 2)),
        campaign=random.choice((None, 1, 8)),
    )
    fleet = Fleet(tmp_path, tables, seed=seed)
    for _ in range(random.randint(2, 4)):
        fleet.daemon(12)
    fleet.run()
    assert fleet.arbiter.violations == []
    assert set(fleet.arbiter.placed.values()) == {12}
    assert not any(fleet.held().values())


def test_with_ten_slots_eight_daemons_all_have_work_and_no_slot_idles_for_long(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=10))
    for _ in range(8):
        fleet.daemon(30)
    fleet.run()
    assert fleet.arbiter.violations == []
    for daemon in fleet.daemons:
        in_time = [at for at in daemon.placed if FIRST_LEARNED <= at < FIRST_LEARNED + 60.0]
        assert len(in_time) >= 3, f"{daemon.name} starves"
    start = fleet.clock.start
    over = min(daemon.placed[-1] for daemon in fleet.daemons)
    idled = [idle for at, idle in fleet.arbiter.idled if FIRST_LEARNED <= at - start <= over]
    assert len(idled) > 100
    assert max(idled) <= 2.0


def test_a_daemon_that_joins_has_work_within_two_leases(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=6))
    fleet.daemon(100)
    late = fleet.daemon(12)
    fleet.run((60.0, late.engine.start), first=1)
    assert fleet.arbiter.violations == []
    assert 60.0 < late.placed[0] <= 80.0


def test_slots_move_to_the_daemon_that_has_work(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=6))
    fleet.daemon(5)
    busy = fleet.daemon(100)
    fleet.run()
    in_use = [event.connection_in_use for event in busy.named("dispatch.granted")]
    assert max(in_use) == 6
    assert limits_of(fleet.tables)["connection", "east"] == 6


def test_with_a_short_lease_and_a_call_rate_nobody_starves(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=6, tenant=12, rate=20), talk_seconds=(1.0, 4.0))
    for _ in range(2):
        fleet.daemon(40, lease=2.0)
    fleet.run()
    assert fleet.arbiter.violations == []
    for daemon in fleet.daemons:
        assert daemon.placed[0] < 12.0
        assert len([at for at in daemon.placed if at < 25.0]) >= 8
