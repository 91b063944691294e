"""A phone that several campaigns have: who waits for it while its partition goes and comes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import pilot

PHONES = 40
CUT_AT = (20.0, 45.0, 70.0, 95.0)


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_whoever_waits_for_a_phone_while_its_partition_goes_and_comes_is_finished_once(
    tmp_path: Path, seed: int
) -> None:
    tables = pilot(max_attempts=2, retry_after={"no_answer": 5, "unknown": 5}, max_call_seconds=60)
    tables["campaigns"].append(tables["campaigns"][0] | {"name": "autumn", "contacts": "also.csv"})
    rows = "".join(f"a{row},+1212{2000000 + row}\n" for row in range(PHONES))
    (tmp_path / "also.csv").write_text(f"id,phone\n{rows}")
    fleet = DealingFleet(tmp_path, tables, PHONES, seed=seed, answer_rate=0.5)
    daemon = fleet.join()
    cuts = [(at, lambda: fleet.cut(daemon)) for at in CUT_AT]
    mends = [(at + 12.0, lambda: fleet.cut(daemon, off=False)) for at in CUT_AT]

    fleet.run(*cuts, *mends)

    assert fleet.callees.twice == []
    assert max(fleet.callees.calls.values()) <= 2
    told = Counter(event.contact for event in daemon.named("contact.finished"))
    assert told == {f"{campaign}{row}": 1 for row in range(PHONES) for campaign in "ca"}
