"""Daemons that deal one campaign's contacts out among themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from runtime.calls import E164
from runtime.journal.entries import NumberChange
from runtime.observe.events import CampaignFinished, DispatchGranted
from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import LEASE, NUMBERS, Daemon, pilot


def finished(daemon: Daemon) -> CampaignFinished:
    """Give a daemon's last word on the campaign."""
    (last,) = daemon.named("campaign.finished")
    assert isinstance(last, CampaignFinished)
    return last


def test_two_daemons_call_everybody_of_one_file_once(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=200)
    fleet.join()
    fleet.join()

    fleet.run()

    assert fleet.callees.calls == {f"c{row}": 1 for row in range(200)}
    assert min(fleet.arbiter.placed.values()) > 50
    assert fleet.arbiter.violations == []
    assert sum(finished(daemon).rows for daemon in fleet.daemons) == 200
    assert not any(fleet.held().values())


def test_a_daemon_that_joins_later_has_work_within_two_leases(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=400)
    fleet.join()
    late = fleet.join()

    fleet.run((100.0, late.engine.start), first=1)

    assert late.placed[0] <= 100.0 + 2 * LEASE
    assert len(late.placed) > 100
    assert set(fleet.callees.calls.values()) == {1}
    assert fleet.callees.twice == []


def test_who_leaves_hands_its_contacts_over(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=300)
    leaver = fleet.join()
    stays = fleet.join()

    fleet.run((60.0, lambda: leaver.engine.close(drain=30.0)))

    assert fleet.callees.calls == {f"c{row}": 1 for row in range(300)}
    assert max(leaver.placed) < 61.0
    assert finished(stays).rows == 300 - len(leaver.placed)


def test_who_is_cut_off_loses_its_contacts_and_nobody_is_called_twice_at_once(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(max_attempts=3, retry_after={"no_answer": 20}), 200, answer_rate=0.5)
    lost = fleet.join()
    fleet.join()

    fleet.run((60.0, lambda: fleet.cut(lost)), (110.0, lambda: fleet.cut(lost, off=False)))

    assert not [at for at in lost.placed if 60.0 + LEASE < at < 110.0]
    assert [at for at in lost.placed if at > 110.0]
    assert fleet.callees.twice == []
    assert set(fleet.callees.calls) == {f"c{row}" for row in range(200)}
    assert max(fleet.callees.calls.values()) <= 3
    assert fleet.arbiter.violations == []


def test_a_contact_that_moves_keeps_its_sticky_number(tmp_path: Path) -> None:
    tables = pilot(max_attempts=2, retry_after={"completed": 60})
    fleet = DealingFleet(tmp_path, tables, contacts=120)
    leaves, stays = fleet.join(), fleet.join()

    fleet.run((60.0, lambda: leaves.engine.close(drain=30.0)))

    first = {event.contact: event.number for _, event in grants(leaves) if event.attempt == 1}
    again = [event for _, event in grants(stays) if event.attempt == 2 and event.contact in first]
    assert len(again) > 10
    assert {event.tier for event in again} == {"sticky"}
    assert all(event.number == first[event.contact] for event in again)


def test_a_flag_holds_at_every_daemon_also_at_one_that_begins_later(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=300)
    early, late = fleet.join(), fleet.join()
    number = NUMBERS[1]

    fleet.run(
        (40.0, lambda: fleet.tell(NumberChange("flagged", E164(number), "ann"))),
        (60.0, late.engine.start),
        first=1,
    )

    (flagged,) = [time for time, event in early.log if event.event == "number.flagged"]
    assert 40.0 < flagged - fleet.clock.start < 40.0 + LEASE
    assert not [one for time, one in grants(early) if one.number == number and time > flagged]
    assert {one.number for _, one in grants(late)} == {NUMBERS[0], NUMBERS[2]}


def test_a_flag_is_in_force_at_once_where_a_nudge_comes_with_it(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=200)
    daemons = fleet.join(), fleet.join()

    def flag() -> None:
        fleet.tell(NumberChange("flagged", E164(NUMBERS[1]), "ann"))
        fleet.nudge()
        fleet.nudge()  # one that comes twice changes nothing

    fleet.run((40.0, flag))

    for daemon in daemons:
        (flagged,) = [time for time, event in daemon.log if event.event == "number.flagged"]
        # To the ledger and back takes up to 0.04 s.
        assert flagged - fleet.clock.start < 40.0 + 0.2


@pytest.mark.parametrize("loss", [{}, None], ids=["all of it", "what it had since the copy"])
def test_a_flag_that_the_shared_state_has_lost_holds_at_a_daemon_that_begins_after_that(
    tmp_path: Path, loss: dict[str, dict[str, str]] | None
) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=600)
    early, late = fleet.join(), fleet.join()
    number = NUMBERS[1]
    copy: list[dict[str, dict[str, str]]] = []

    fleet.run(
        (30.0, lambda: copy.append(fleet.server.copy())),
        (31.0, lambda: fleet.tell(NumberChange("flagged", E164(number), "ann"))),
        (50.0, lambda: fleet.server.restart(copy[0] if loss is None else loss)),
        (50.1, late.engine.start),
        first=1,
    )

    assert len(grants(late)) > 50
    assert {one.number for _, one in grants(late)} == {NUMBERS[0], NUMBERS[2]}
    assert len(early.named("number.flagged")) == 1


def test_nobody_begins_on_more_contacts_while_a_live_daemon_may_know_of_a_flag_that_was_lost(
    tmp_path: Path,
) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=400)
    fleet.join()  # it knows
    dies, late = fleet.join(), fleet.join()
    link = fleet.links[0]

    def lose() -> None:
        fleet.server.restart({})
        link.cut = True  # it states its lease, and can't say what it has carried out
        fleet.cut(dies)

    fleet.run(
        (25.0, lambda: fleet.tell(NumberChange("flagged", E164(NUMBERS[1]), "ann"))),
        (35.0, lose),
        (35.1, late.engine.start),
        (160.0, lambda: setattr(link, "cut", False)),
        (170.0, lambda: fleet.cut(dies, off=False)),
        first=2,
    )

    assert late.placed
    assert min(late.placed) > 160.0
    assert {one.number for _, one in grants(late)} <= {NUMBERS[0], NUMBERS[2]}


def test_a_command_after_a_loss_goes_before_what_was_lost(tmp_path: Path) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=600)
    early, late = fleet.join(), fleet.join()
    number = E164(NUMBERS[1])

    def lose_and_command() -> None:
        fleet.server.restart({})
        fleet.tell(NumberChange("unflagged", number, "ann"))

    fleet.run(
        (20.0, lambda: fleet.tell(NumberChange("paused", E164(NUMBERS[0]), "ann"))),
        (25.0, lambda: fleet.tell(NumberChange("flagged", number, "ann"))),
        (50.0, lose_and_command),
        (50.1, late.engine.start),
        first=1,
    )

    (unflagged,) = [time for time, event in early.log if event.event == "number.unflagged"]
    assert 50.0 < unflagged - fleet.clock.start < 50.0 + LEASE
    assert number in {one.number for _, one in grants(late)}


def test_a_change_of_which_a_daemon_had_heard_when_it_was_lost_keeps_it_behind_no_longer(
    tmp_path: Path,
) -> None:
    fleet = DealingFleet(tmp_path, pilot(), contacts=600)
    first, second = fleet.join(), fleet.join()

    def hear_of_what_is_lost() -> None:
        for fields in fleet.server.data.values():
            if "told" in fields:
                fields["told"] = "9"

    fleet.run(
        (40.0, hear_of_what_is_lost),
        (46.0, lambda: fleet.server.restart({})),
        (46.1, second.engine.start),
        (80.0, lambda: first.engine.close(drain=30.0)),
        first=1,
    )

    assert finished(second).rows == 600 - len(first.placed)


def grants(daemon: Daemon) -> list[tuple[float, DispatchGranted]]:
    """List what a daemon dialed, and when."""
    return [(time, event) for time, event in daemon.log if isinstance(event, DispatchGranted)]


@pytest.mark.parametrize("seed", range(5))
def test_however_daemons_come_and_go_everybody_is_called_and_nobody_too_often(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    tables = pilot(max_attempts=3, retry_after={"no_answer": 15, "unknown": 5}, max_call_seconds=20)
    fleet = DealingFleet(tmp_path, tables, 150, seed=seed, answer_rate=0.4)
    daemons = [fleet.join() for _ in range(4)]
    acts: list[tuple[float, Callable[[], object]]] = []
    for daemon in daemons[2:]:
        acts.append((random.uniform(1, 60), daemon.engine.start))
    for daemon in daemons[:3]:
        begin = random.uniform(20, 90)
        end = begin + random.uniform(2, 60)
        acts += [(begin, _cut(fleet, daemon, off=True)), (end, _cut(fleet, daemon, off=False))]
    acts.append((random.uniform(70, 120), lambda: daemons[3].engine.close(drain=30.0)))

    fleet.run(*acts, first=2)

    assert fleet.callees.twice == []
    assert set(fleet.callees.calls) == {f"c{row}" for row in range(150)}
    told = [event.contact for daemon in daemons for event in daemon.named("contact.finished")]
    assert set(told) == set(fleet.callees.calls)
    assert max(fleet.callees.calls.values()) <= 3
    assert fleet.arbiter.violations == []
    assert not any(fleet.held().values())


def _cut(fleet: DealingFleet, daemon: Daemon, *, off: bool) -> Callable[[], None]:
    return lambda: fleet.cut(daemon, off=off)
