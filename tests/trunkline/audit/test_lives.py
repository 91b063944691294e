"""A run that goes on after a crash is one run."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from runtime.errors import LogNotAudited
from runtime.observe import events as e
from tests.trunkline.audit.conftest import (
    BERLIN,
    BRITONS,
    CALIFORNIANS,
    EAST,
    LONDON,
    Entries,
    Simulate,
    judge,
    tables,
)
from tests.trunkline.audit.editing import (
    call_of,
    edit,
    find,
    flagged,
    grant,
    insert,
    listed,
    repeat,
    unflagged,
)
from trunkline.audit import Audit


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


@pytest.mark.parametrize(("hours", "rests"), [(1, True), (30, False)])
def test_a_flagged_number_may_rest_over_a_crash_until_its_day_has_ended(
    entries: Entries, hours: float, rests: bool
) -> None:
    capped = listed(entries, "numbers", LONDON, max_calls_per_day=2)
    campaign: Any = capped[find(capped, e.CampaignStarted)][1]
    told = [{**row, "status": "spam"} if row["number"] == LONDON else row for row in campaign.numbers]
    start: Any = entries[0][1]
    called = [
        index
        for index, (_, event) in enumerate(entries)
        if isinstance(event, e.DispatchGranted) and event.region == "GB"
    ]
    time, granted = entries[called[2]]
    again = time + hours * 3600
    log = [
        *capped[: called[2]],
        (time, e.NumberResting(tenant="acme", number=LONDON, by="day_cap", reason="2 calls a day")),
        (time, flagged(LONDON)),
        (again, e.EngineRecovered(run=start.run, versions={}, seed=1, life=2, in_doubt=0)),
        (again, msgspec.structs.replace(campaign, numbers=told)),
        (again, unflagged(LONDON)),
        (again + 60, msgspec.structs.replace(granted, number=BERLIN, connection="west", tier="timezone")),
    ]

    assert ("tier.match" in judge(log).counts) is not rests


@pytest.mark.parametrize(("recovered", "heard"), [(None, 1), (True, 0)])
def test_after_a_restart_the_breaker_hears_anew_of_calls_that_are_up_and_of_no_others(
    entries: Entries, recovered: bool | None, heard: int
) -> None:
    rang = find(entries, e.CallRinging)
    call = call_of(entries, rang)
    time, ended = entries[find(entries, e.CallEnded, lambda event: event.call == call)]
    start: Any = entries[0][1]
    log = [
        *entries[: rang + 1],
        (time, e.EngineRecovered(run=start.run, versions={}, seed=1, life=2, in_doubt=0)),
        (time, entries[find(entries, e.CampaignStarted)][1]),
        (time, msgspec.structs.replace(ended, recovered=recovered)),
    ]
    audit = Audit()

    for line, (at, event) in enumerate(log, start=1):
        audit.feed(line, at, event)

    assert audit._run is not None
    assert sum(len(one.breaker.faults) for one in audit._run.connections.values()) == heard


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


def test_a_number_is_known_to_be_paused_before_any_campaign_has_it(entries: Entries) -> None:
    without = listed(entries, "numbers", LONDON, status="spam")
    started = find(without, e.CampaignStarted)
    paused = e.NumberPaused(tenant="acme", number=LONDON, by="test")
    log = insert(insert(without, started + 1, unflagged(LONDON)), started, paused, flagged(LONDON))

    assert "number.paused" in judge(log).counts
