"""Of a campaign that several daemons share each tells what all of them did, beside its own share."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import Daemon, pilot
from trunkline.cli.tables import print_summary
from trunkline.report.sections import campaigns
from trunkline.summary import Summary, SummaryCollector, summarize
from trunkline.summary.schema import read_summary

CONTACTS = 120
TABLES = pilot(max_attempts=2, retry_after={"no_answer": 15})


def summary_of(daemon: Daemon) -> Summary:
    counted = SummaryCollector()
    for time, event in daemon.log:
        if counted.wants(type(event)):
            counted(time, event)
    return summarize(counted)


@pytest.fixture
def daemons(tmp_path: Path) -> tuple[Summary, Summary]:
    """Two that have shared a campaign."""
    fleet = DealingFleet(tmp_path, TABLES, CONTACTS, answer_rate=0.5)
    one, two = fleet.join(), fleet.join()
    fleet.run()
    return summary_of(one), summary_of(two)


def test_what_all_did_is_the_same_at_every_daemon_and_the_sum_of_their_shares(
    daemons: tuple[Summary, Summary],
) -> None:
    one, two = daemons
    (fleet,) = one.fleet

    assert two.fleet == one.fleet
    assert (fleet.campaign, fleet.rows) == ("spring", CONTACTS)
    assert min(one.attempts, two.attempts) > 0
    for figure in ("rows", "attempts", "reached", "exhausted", "rejected"):
        assert getattr(fleet, figure) == sum(getattr(each.campaigns[0], figure) for each in daemons)
    assert fleet.reach_rate == pytest.approx(fleet.reached / CONTACTS, abs=1e-6)


def test_the_table_at_the_end_and_the_report_say_both(daemons: tuple[Summary, Summary]) -> None:
    one, _ = daemons
    printed = StringIO()

    print_summary(Console(file=printed, width=160), one)

    assert "Contacts, over all daemons" in printed.getvalue()
    assert str(CONTACTS) in printed.getvalue()
    assert "Campaigns over all daemons" in campaigns(one)


def test_a_run_that_shares_nothing_says_nothing_of_a_fleet(daemons: tuple[Summary, Summary]) -> None:
    alone = msgspec.structs.replace(daemons[0], fleet=[])
    printed = StringIO()

    print_summary(Console(file=printed, width=160), alone)

    assert "all daemons" not in printed.getvalue()
    assert "all daemons" not in campaigns(alone)


def test_a_summary_of_before_there_were_fleets_can_be_read(daemons: tuple[Summary, Summary]) -> None:
    written = json.loads(msgspec.json.encode(daemons[0]))
    del written["fleet"]

    assert read_summary(json.dumps(written).encode()).fleet == []
