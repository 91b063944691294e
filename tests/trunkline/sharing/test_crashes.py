"""The actor that leases crashes: nothing is used that isn't held, and it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actors.lease.actor import LeaseActor
from tests.trunkline.sharing.fleet import Fleet, pilot

STEPS = ["_look_at_clocks", "_ask", "_see_what_is_due", "_state", "_hear", "_lend", "_tell_condition"]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_in_any_step_changes_nothing(
    step: str, late: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = {"count": 0}
    whole = getattr(LeaseActor, step)

    def crashing(self: LeaseActor, *args: Any, **kwargs: Any) -> Any:
        steps["count"] += 1
        crash = steps["count"] in (40, 75)
        if crash and not late:
            raise RuntimeError("crashed")
        result = whole(self, *args, **kwargs)
        if crash:
            raise RuntimeError("crashed")
        return result

    monkeypatch.setattr(LeaseActor, step, crashing)
    fleet = Fleet(tmp_path, pilot(connection=4, rate=3))
    for _ in range(2):
        fleet.daemon(20)
    fleet.run()
    assert sum(len(daemon.named("actor.crashed")) for daemon in fleet.daemons) >= 2
    assert fleet.arbiter.violations == []
    assert fleet.arbiter.placed == {"d0": 20, "d1": 20}
    assert not any(fleet.held().values())
