"""Options of how often and when, in runs that go otherwise without them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.trunkline.engine.pilots import NEVER, US, always, ends, named, pilot, placed_at

START = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


def test_a_contact_is_tried_so_many_times(dial: Any) -> None:
    tables = pilot(options=always("no_answer"), max_attempts=4)
    _, log = dial(tables, {"spring": US[:5]})
    assert {event.attempts for event in named(log, "contact.finished")} == {4}


def test_carrier_failures_have_a_limit_of_their_own(dial: Any) -> None:
    tables = pilot(options=always("failed"), max_attempts=1, max_carrier_failures=3)
    tables["connections"][0]["breaker_failure_rate"] = 1.0
    _, log = dial(tables, {"spring": US[:5]})
    assert {event.attempts for event in named(log, "contact.finished")} == {3}


@pytest.mark.parametrize(
    ("outcome", "said", "options"),
    [
        ("no_answer", 7200, {}),
        ("busy", 900, {}),
        ("failed", 300, {}),
        ("voicemail", 14400, {}),
        ("busy", 60, {"retry_after": {"busy": "1m"}}),
        ("rejected", 120, {"retry_after": {"rejected": 120}}),
        ("busy", None, {"retry_after": {"busy": "never"}}),
        ("rejected", None, {}),
    ],
)
def test_a_retry_comes_when_its_outcome_says(
    dial: Any, outcome: str, said: int | None, options: dict[str, Any]
) -> None:
    tables = pilot(options=always(outcome), max_attempts=2, max_carrier_failures=2, **options)
    _, log = dial(tables, {"spring": US[:1]})
    times = {event.event: time for time, event in log if event.event == "call.ended"}
    calls = [time for time, event in log if event.event in ("dispatch.granted", "call.ended")]
    assert times
    if said is None:
        assert len(calls) == 2
    else:
        assert round(calls[2] - calls[1], 3) == said


def test_an_unknown_end_is_tried_again_after_the_longest_call(dial: Any) -> None:
    """Every event is lost: the call is hung up, and nobody confirms it."""
    tables = pilot(options=always("answered", lose_events=1.0), max_attempts=2, max_call_seconds=100)
    _, log = dial(tables, {"spring": US[:1]})
    assert {event.outcome for event in ends(log)} <= {"unknown", "no_answer", "answered"}


@pytest.mark.parametrize(("delay", "tried"), [("30s", 30), ("never", None)])
def test_a_callback_comes_when_its_disposition_says(dial: Any, delay: str, tried: int | None) -> None:
    tables = pilot(
        options=always("answered", callback_rate=1.0), max_attempts=2, retry_after={"callback": delay}
    )
    _, log = dial(tables, {"spring": US[:1]})
    calls = [time for time, event in log if event.event in ("dispatch.granted", "call.ended")]
    assert (round(calls[2] - calls[1], 3) if len(calls) > 2 else None) == tried


def test_calls_are_placed_inside_the_calling_hours_on_the_calling_days(dial: Any) -> None:
    tables = pilot(calling_hours=["09:00-09:30", "23:30-00:30"], calling_days=["tue"], max_concurrent=1)
    _, log = dial(tables, {"spring": US[:120]})
    walls = [
        datetime.fromtimestamp(START + seconds, ZoneInfo("America/New_York")) for seconds in placed_at(log)
    ]
    assert walls[0].isoformat() == "2026-01-06T09:00:00-05:00"
    assert {(wall.strftime("%a"), wall.hour) for wall in walls} == {("Tue", 9), ("Tue", 23), ("Wed", 0)}
    assert all(wall.minute < 30 for wall in walls if wall.hour != 23)


def test_a_contacts_own_column_says_where_its_clock_hangs(dial: Any) -> None:
    tables = pilot(calling_hours="09:00-10:00", retry_after=NEVER)
    _, log = dial(tables, {"spring": [(US[0], "Asia/Tokyo"), (US[1], "")]})
    assert [round(seconds / 3600, 3) for seconds in placed_at(log)] == [0.0, 14.0]


def test_the_default_timezone_is_for_those_who_have_none(dial: Any) -> None:
    def ended(**options: Any) -> Any:
        tables = pilot(calling_hours="09:00-10:00", retry_after=NEVER, **options)
        return dial(tables, {"spring": ["+80012345678"]})

    result, log = ended()
    assert result.campaigns["spring"].rejected == 1
    assert [event.reason for event in named(log, "contact.rejected")] == ["no_timezone"]
    _, log = ended(default_timezone="Europe/Paris")
    assert placed_at(log) == [8 * 3600.0]


def test_a_campaign_begins_when_it_says(dial: Any) -> None:
    _, log = dial(pilot(start_at="2026-01-05T03:00:00+01:00"), {"spring": US[:5]})
    assert placed_at(log)[0] == 2 * 3600.0


def test_a_call_rings_so_long_and_no_longer(dial: Any) -> None:
    tables = pilot(options=always("no_answer"), max_ring_seconds=20, retry_after=NEVER)
    _, log = dial(tables, {"spring": US[:5]})
    assert {(end.outcome, end.cause) for end in ends(log)} == {("no_answer", "max_ring")}
    assert {round(end.ring_seconds or 0, 3) for end in ends(log)} == {20.0}


def test_a_call_lasts_so_long_and_no_longer(dial: Any) -> None:
    tables = pilot(options=always("answered", talk_seconds=500), max_call_seconds=10, max_ring_seconds=300)
    _, log = dial(tables, {"spring": US[:20]})
    cut = [end for end in ends(log) if end.cause == "max_duration"]
    assert len(cut) >= 18
    assert {end.outcome for end in cut} == {"answered"}
    assert {round(end.talk_seconds or 0, 1) for end in cut} == {10.0}
