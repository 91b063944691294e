"""What a daemon does when the ledger is away, or its own clocks can't be trusted."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from actors.lease.jumps import Reading
from tests.trunkline.sharing.fleet import LEASE, Daemon, Fleet, pilot

CUT, MENDED = 40.0, 75.0
LONGEST_RENEWAL = LEASE / 3 + 1.0


def set_cut(daemon: Daemon, cut: bool) -> None:
    daemon.wire.cut = cut


@pytest.fixture
def cut_off(tmp_path: Path) -> Fleet:
    """Two daemons; the first can't reach the ledger for a while."""
    fleet = Fleet(tmp_path, pilot(connection=12), talk_seconds=(2.0, 6.0))
    first = fleet.daemon(150)
    fleet.daemon(150)
    fleet.run((CUT, lambda: set_cut(first, True)), (MENDED, lambda: set_cut(first, False)))
    return fleet


def test_a_daemon_that_is_cut_off_dials_on_within_its_lease_then_stops_and_resumes(cut_off: Fleet) -> None:
    first = cut_off.daemons[0]
    away = [at for at in first.placed if CUT < at < MENDED]
    assert away, "it dials on at first"
    assert max(away) <= CUT + LEASE
    assert max(first.placed) > MENDED
    assert len(first.placed) == 150


def test_its_slots_go_to_nobody_before_its_calls_must_be_over(cut_off: Fleet) -> None:
    assert cut_off.arbiter.violations == []
    assert cut_off.arbiter.placed == {"d0": 150, "d1": 150}
    assert not any(cut_off.held().values())


def test_its_calls_in_progress_end_normally(cut_off: Fleet) -> None:
    ended = cut_off.daemons[0].named("call.ended")
    assert len(ended) == 150
    assert {event.outcome for event in ended} == {"answered"}


def test_the_log_tells_of_it(cut_off: Fleet) -> None:
    lines = [event for _, event in cut_off.daemons[0].log if event.event.startswith(("state.", "lease."))]
    told = [name for name, _ in groupby(event.event for event in lines)]
    assert told == ["state.learning", "state.learned", "state.away", "lease.lapsed", "state.back"]
    lapsed = [name for event in cut_off.daemons[0].named("lease.lapsed") for name in event.resources]
    assert sorted(lapsed) == ["connection:east", "tenant:acme"]
    assert not any(event.event == "lease.lapsed" for _, event in cut_off.daemons[1].log)


def test_the_others_dial_on(cut_off: Fleet) -> None:
    assert [at for at in cut_off.daemons[1].placed if CUT + LEASE < at < MENDED]


def test_a_call_may_be_placed_within_the_lease_only_and_carries_its_epoch(cut_off: Fleet) -> None:
    requests = cut_off.arbiter.requests
    first = [one for one in requests if one.call.startswith(cut_off.daemons[0].engine.run)]
    assert cut_off.arbiter.late == []
    assert {one.epoch for one in requests if one not in first} == {1}
    epochs = [one.epoch for one in first]
    assert epochs == sorted(epochs)
    assert len(set(epochs)) == 2, "the lapse has ended an epoch"
    last_before = max(one.not_after for one in first if one.epoch == epochs[0])
    assert last_before <= cut_off.clock.start + CUT + LEASE


def test_a_host_that_slept_or_had_its_clock_set_uses_nothing_until_it_has_asked_again(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=4))
    stepped = {"by": 0.0}
    clock = fleet.clock
    daemon = fleet.daemon(
        40, clocks=lambda: Reading(clock.monotonic(), clock.monotonic(), clock.time() + stepped["by"])
    )
    fleet.run((40.0, lambda: stepped.update(by=3600.0)))
    (lapsed,) = daemon.named("lease.lapsed")
    assert lapsed.reason == "the host's clock was set by +3600.0 s"
    assert len(daemon.placed) == 40
    assert fleet.arbiter.violations == []


def test_a_ledger_that_was_away_at_the_start_is_back_though_a_limit_is_asked_for_no_more(
    tmp_path: Path,
) -> None:
    tables = pilot(connection=8)
    tables["connections"].append({**tables["connections"][0], "name": "idle", "max_concurrent": 5})
    tables["numbers"].append({**tables["numbers"][0], "number": "+14155550177", "connection": "idle"})
    fleet = Fleet(tmp_path, tables)
    daemon = fleet.daemon(20)
    daemon.wire.cut = True
    fleet.run((20.0, lambda: set_cut(daemon, False)))
    lines = [event.event for _, event in daemon.log if event.event.startswith("state.")]
    told = [name for name, _ in groupby(lines)]
    assert told[:4] == ["state.away", "state.back", "state.learning", "state.learned"]
    assert len(daemon.placed) == 20
