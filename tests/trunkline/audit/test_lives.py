"""A run that goes on after a crash is one run."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from runtime.errors import LogNotAudited
from runtime.observe import events as e
from tests.trunkline.audit.conftest import BRITONS, CALIFORNIANS, EAST, Entries, Simulate, judge, tables
from tests.trunkline.audit.editing import edit, find, grant, insert, repeat


@pytest.fixture(scope="module")
def entries(simulate: Simulate) -> Entries:
    return simulate(tables(retry_after={"callback": "2m"}), {"spring": [*CALIFORNIANS[:30], *BRITONS[:30]]})


def resumed(log: Entries, run: str | None = None) -> Entries:
    """Let the engine go on in another life from the first retry on."""
    started: Any = log[find(log, e.EngineStarted)][1]
    campaign: Any = log[find(log, e.CampaignStarted)][1]
    index = grant(log, lambda event: event.attempt == 2)
    recovered = e.EngineRecovered(run=run or started.run, versions={}, seed=1, life=2, in_doubt=0)
    return insert(log, index, recovered, campaign)


def test_contacts_stickies_and_calls_go_on_over_a_crash(entries: Entries) -> None:
    report = judge(resumed(entries), complete=True)

    assert report.counts == {}
    assert (report.runs, report.contacts) == (1, 60)


def test_an_attempt_too_many_is_found_across_lives(entries: Entries) -> None:
    log = resumed(entries)
    last = grant(log, lambda event: event.attempt == 2, last=True)

    assert set(judge(edit(log, last, attempt=1)).counts) == {"attempt.number"}


def test_a_flag_of_an_earlier_life_stands(entries: Entries) -> None:
    log = resumed(entries)
    crash = find(log, e.EngineRecovered)
    flagged = insert(log, crash, e.NumberFlagged(tenant="acme", number=EAST, by="test"))

    assert "number.flagged" in judge(flagged).counts


def test_nothing_is_placed_before_its_campaign_has_started_again(entries: Entries) -> None:
    log = resumed(entries)
    again = find(log, e.CampaignStarted, last=True)

    assert "campaign.started" in judge([*log[:again], *log[again + 1 :]]).counts


def test_another_run_does_not_go_on(entries: Entries) -> None:
    with pytest.raises(LogNotAudited, match="run other goes on"):
        judge(resumed(entries, "other"))


def test_of_a_line_that_was_added_after_a_crash_nothing_about_time_is_judged(entries: Entries) -> None:
    log = resumed(entries)
    crash = find(log, e.EngineRecovered)
    first: Any = log[grant(log)][1]
    late = msgspec.structs.replace(
        first, call="late-1", contact="0", attempt=first.attempt, recovered=True, party=None
    )
    judged = judge(insert(log, crash + 1, late))

    assert "connection.rate" not in judged.counts
    assert "calling_hours" not in judged.counts
    assert "attempt.number" in judged.counts


def test_a_journal_lets_an_end_s_line_come_a_moment_later(entries: Entries) -> None:
    def committed(delay: float) -> Entries:
        """Let ends be written so much later than they are, as after a slow sync."""
        log = [
            (time, msgspec.structs.replace(event, seq=1) if isinstance(event, e.CallEnded) else event)
            for time, event in entries
        ]
        started: Any = log[find(log, e.CampaignStarted)][1]
        later = {outcome: seconds + delay for outcome, seconds in started.settings["retry_after"].items()}
        return edit(log, find(log, e.CampaignStarted), settings={**started.settings, "retry_after": later})

    assert judge(committed(0.9)).counts == {}
    assert "attempt.due" in judge(committed(1.1)).counts


def test_a_repeated_line_is_found_in_any_life(entries: Entries) -> None:
    log = resumed(entries)

    assert set(judge(repeat(log, find(log, e.CallEnded, last=True))).counts) == {"call.end"}
