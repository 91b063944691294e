"""Calls whose end a daemon can't see: whoever placed them has the first word, and it is told once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from runtime.observe.events import CallEnded, DispatchGranted, DispatchVoided
from tests.runtime.journal.kept import KeptJournal
from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import pilot
from trunkline.log_tail import LogTail
from trunkline.recovered_lines import missing_lines

CONTACTS = 200


def ends(fleet: DealingFleet, event: str) -> Counter[str]:
    """Count how often each contact's, or each call's, end is told in all logs."""
    told = [one for daemon in fleet.daemons for one in daemon.named(event)]
    return Counter(one.call if isinstance(one, CallEnded) else one.contact for one in told)


def tables(**options: Any) -> dict[str, Any]:
    return pilot(retry_after={"no_answer": 5, "unknown": 5}, max_call_seconds=20, **options)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_daemon_that_was_cut_off_knows_of_its_calls_is_told_once(tmp_path: Path, seed: int) -> None:
    fleet = DealingFleet(tmp_path, tables(max_attempts=2), CONTACTS, seed=seed, answer_rate=0.5)
    lost = fleet.join()
    for _ in range(3):
        fleet.join()

    fleet.run((40.0, lambda: fleet.cut(lost)), (70.0, lambda: fleet.cut(lost, off=False)))

    assert ends(fleet, "contact.finished") == {f"c{row}": 1 for row in range(CONTACTS)}
    assert set(ends(fleet, "call.ended").values()) == {1}
    assert max(fleet.callees.calls.values()) <= 2


@pytest.mark.parametrize("tells", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 3])
def test_a_call_that_was_intended_and_that_nobody_heard_of_is_taken_back_in_the_next_life(
    tmp_path: Path, seed: int, tells: bool
) -> None:
    fleet = DealingFleet(tmp_path, tables(max_attempts=1), CONTACTS, seed=seed)
    fleet.callees.tells = tells
    killed = fleet.join()
    fleet.join()
    left: list[Any] = []

    def silence() -> None:
        fleet.links[0].cut = True

    def kill() -> None:
        left.append(fleet.kill(killed))

    def live_again() -> None:
        fleet.join(left[0]).engine.start()

    fleet.run((40.0, silence), (42.5, kill), (50.0, live_again))

    again = fleet.daemons[2]
    granted = {one.call for one in killed.named("dispatch.granted") if isinstance(one, DispatchGranted)}
    voided = {one.call for one in again.named("dispatch.voided") if isinstance(one, DispatchVoided)}
    assert voided
    assert not voided & granted
    assert fleet.callees.calls == {f"c{row}": 1 for row in range(CONTACTS)}
    assert ends(fleet, "contact.finished") == {f"c{row}": 1 for row in range(CONTACTS)}
    assert set(ends(fleet, "call.ended").values()) == {1}


def test_the_end_of_a_call_that_died_with_its_daemon_comes_back_to_a_log_that_lacks_it(
    tmp_path: Path,
) -> None:
    fleet = DealingFleet(tmp_path, tables(max_attempts=1), CONTACTS)
    killed = fleet.join()
    others = [fleet.join() for _ in range(2)]

    fleet.run((40.0, lambda: fleet.kill(killed)))

    placed = {one.call for one in killed.named("dispatch.granted")}
    told = [one for other in others for one in other.named("call.ended")]
    assert [one for one in told if one.call in placed and one.outcome == "unknown"]
    for other in others:
        journal = KeptJournal(fleet.disks[fleet.daemons.index(other)])
        recovered = journal.recover()
        assert recovered is not None
        missing = list(missing_lines(journal, recovered, LogTail(whole=True)))
        for event, what in (("call.ended", "call"), ("contact.finished", "contact")):
            back = Counter((getattr(one, what), _attempts(one)) for one in missing if one.event == event)
            assert back == Counter((getattr(one, what), _attempts(one)) for one in other.named(event))


def _attempts(event: Any) -> int | None:
    return getattr(event, "attempts", None)
