"""Whole runs in virtual time, audited from their events."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

EAST, WEST, BERLIN = "+14155550100", "+442071838750", "+4930901820"
PEOPLE = [f"+1212555{index:04d}" for index in range(1000)]
BRITONS = [f"+44207183{index:04d}" for index in range(1000)]


def exchange(**campaign: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 12}],
        "connections": [
            {"name": "east", "max_concurrent": 10},
            {"name": "west", "max_concurrent": 6, "max_calls_per_second": 2},
        ],
        "numbers": [
            {"number": EAST, "connection": "east"},
            {"number": WEST, "connection": "west", "max_concurrent": 4},
            {"number": BERLIN, "connection": "west"},
        ],
        "campaigns": [{"name": "spring", "primary": EAST, "pool": [WEST, BERLIN], **campaign}],
    }


def test_the_same_seed_gives_the_same_events(dial: Any) -> None:
    people = {"spring": PEOPLE[:40] + BRITONS[:40]}
    assert dial(exchange(), people, 7)[1] == dial(exchange(), people, 7)[1]


def test_a_thousand_contacts_pass_through_one_slot(dial: Any) -> None:
    tables = exchange(max_attempts=1)
    tables["tenants"][0]["max_concurrent"] = 1
    assert dial(tables, {"spring": PEOPLE})[0].reason == "finished"


def test_people_in_two_campaigns_are_called_once_at_a_time(dial: Any) -> None:
    tables = exchange()
    tables["campaigns"].append({**tables["campaigns"][0], "name": "summer"})
    people = PEOPLE[:60]
    assert dial(tables, {"spring": people, "summer": people})[0].reason == "finished"


def test_a_file_sorted_by_country_is_as_fast_as_a_shuffled_one(dial: Any) -> None:
    people = PEOPLE[:300] + BRITONS[:300]
    mixed = Random(3).sample(people, len(people))
    tables = exchange(max_attempts=1)
    tables["tenants"][0]["max_concurrent"] = 14  # what the numbers of both countries can carry
    ordered, shuffled = (dial(tables, {"spring": one})[0].campaigns["spring"] for one in (people, mixed))
    assert shuffled.seconds >= 0.95 * ordered.seconds


def test_a_healthy_connection_dials_on_beside_a_dead_one(dial: Any) -> None:
    tables = exchange(prefer_country_match=False)
    tables["connections"][1]["options"] = {
        "failure_rate": 1,
        "answer_rate": 0,
        "voicemail_rate": 0,
        "busy_rate": 0,
        "reject_rate": 0,
    }
    result, log = dial(tables, {"spring": PEOPLE[:200]})
    assert result.reason == "finished"
    assert any(event.event == "connection.opened" for _, event in log)


def test_a_run_goes_on_after_its_trunks_were_away_for_ten_minutes(dial: Any) -> None:
    tables = exchange()
    for connection in tables["connections"]:
        connection["options"] = {"changes": [{"at": "1m", "outage": "10m"}]}
    assert dial(tables, {"spring": PEOPLE[:200] + BRITONS[:100]})[0].reason == "finished"


def test_a_run_without_a_number_left_stalls(dial: Any) -> None:
    tables = exchange()
    tables["scenario"] = {
        "events": [{"at": "30s", "kind": "flag_number", "number": one} for one in (EAST, WEST, BERLIN)]
    }
    assert dial(tables, {"spring": PEOPLE[:200]})[0].reason == "stalled"


@pytest.mark.parametrize("seed", range(20))
def test_operators_and_faults_break_no_rule(dial: Any, seed: int) -> None:
    random = Random(seed)
    tables = exchange(
        match_when_full=random.choice(["wait", "spill"]),
        sticky_when_full=random.choice(["wait", "spill"]),
        max_concurrent=random.choice([3, 50]),
    )
    for connection in tables["connections"]:
        connection["options"] = {
            key: random.choice([0, 0.1]) for key in ("lose_events", "late_events", "duplicate_events")
        }
    number = random.choice([EAST, WEST, BERLIN])
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"kind": "flag_number", "number": number}, {"kind": "unflag_number", "number": number}),
        ({"kind": "pause_number", "number": WEST}, {"kind": "resume_number", "number": WEST}),
        (
            {"kind": "pause_campaign", "campaign": "spring"},
            {"kind": "resume_campaign", "campaign": "spring"},
        ),
        ({"kind": "tenant_cap", "limit": 1}, {"kind": "tenant_cap", "limit": 12}),
        (
            {"kind": "connection_limit", "connection": "east", "limit": 2},
            {"kind": "connection_limit", "connection": "east", "limit": 10},
        ),
    ]
    events = []
    for first, second in pairs:
        start = random.uniform(1, 400)
        events += [{"at": start, **first}, {"at": start + random.uniform(0, 300), **second}]
    tables["scenario"] = {"events": events}
    people = random.sample(PEOPLE, 60) + random.sample(BRITONS, 60)
    assert dial(tables, {"spring": people}, seed)[0].reason == "finished"


def test_calling_hours_that_come_in_vain_keep_no_run_alive(dial: Any) -> None:
    tables = exchange(calling_hours="09:00-17:30", pool=[WEST])
    tables["scenario"] = {
        "events": [{"at": "30s", "kind": "remove_number", "number": one} for one in (EAST, WEST)]
    }
    result, _ = dial(tables, {"spring": PEOPLE[:20]})
    assert result.stalled == {"spring": "no_eligible_number"}


def test_a_paused_campaign_waits_for_no_opening(dial: Any) -> None:
    tables = exchange(calling_hours="09:00-17:30")
    tables["scenario"] = {"events": [{"at": "30s", "kind": "pause_campaign", "campaign": "spring"}]}
    assert dial(tables, {"spring": PEOPLE[:20]})[0].stalled == {"spring": "paused"}


def test_hours_open_again_for_those_who_got_their_number_back(dial: Any) -> None:
    tables = exchange(calling_hours="09:00-17:30", pool=[], max_attempts=1)
    tables["scenario"] = {
        "events": [
            {"at": "30s", "kind": "pause_number", "number": EAST},
            {"at": "2d", "kind": "resume_number", "number": EAST},
        ]
    }
    result, log = dial(tables, {"spring": PEOPLE[:20]})
    first = next(time for time, event in log if event.event == "dispatch.granted")
    assert result.reason == "finished"
    assert (first - log[0][0]) / 86400 == 2 + 14 / 24  # nine o'clock in New York
