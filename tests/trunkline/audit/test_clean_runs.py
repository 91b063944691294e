"""What the engine does breaks none of the rules, as they are written down a second time."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.trunkline.audit.conftest import (
    BERLIN,
    BRITONS,
    CALIFORNIANS,
    EAST,
    FRENCH,
    LONDON,
    NEW_YORKERS,
    Simulate,
    judge,
    tables,
)

EVERYBODY = [f"{phone}," for phone in CALIFORNIANS[:25] + NEW_YORKERS[:15] + BRITONS[:25] + FRENCH[:15]]


@pytest.mark.parametrize(
    "campaign",
    [
        {},
        {"prefer_country_match": False, "max_concurrent": 3},
        {"prefer_area_match": True, "match_when_full": "spill"},
        {"sticky_when_full": "spill", "match_when_full": "spill", "retry_after": {"callback": "30s"}},
        {"rotation": "thompson", "log_phone_numbers": "masked"},
        {"rotation": "uniform", "max_attempts": 6, "retry_after": {"no_answer": "1m", "busy": "never"}},
        {"calling_hours": ["09:00-12:00", "13:00-20:00"], "calling_days": ["mon", "wed", "sat"]},
        {"calling_hours": "22:00-02:00", "default_timezone": "Asia/Tokyo"},
        {"start_at": "2026-01-05T06:00:00Z", "nearby_hours": 1},
    ],
    ids=lambda campaign: " ".join(campaign) or "defaults",
)
def test_a_campaign_is_clean_whatever_its_options(simulate: Simulate, campaign: dict[str, Any]) -> None:
    phones = [*EVERYBODY, "+442071830999,America/Denver"]

    report = judge(simulate(tables(**campaign), {"spring": phones}))

    assert report.counts == {}
    assert report.complete
    assert report.contacts == 81


@pytest.mark.parametrize("seed", range(6))
def test_operators_faults_and_outages_break_no_rule(simulate: Simulate, seed: int) -> None:
    random = Random(seed)
    config = tables(match_when_full=random.choice(["wait", "spill"]))
    config["numbers"][0]["max_calls_per_day"] = 20
    for connection in config["connections"]:
        connection["options"] = {
            "lose_events": random.choice([0, 0.1]),
            "late_events": random.choice([0, 0.1]),
            "duplicate_events": random.choice([0, 0.3]),
            "changes": [{"at": "1m", "outage": "10m"}],
        }
    config["scenario"] = {
        "events": [
            {"at": random.uniform(0, 500), "kind": kind, **what}
            for kind, what in (
                ("flag_number", {"number": LONDON}),
                ("unflag_number", {"number": LONDON}),
                ("pause_number", {"number": BERLIN}),
                ("resume_number", {"number": BERLIN}),
                ("remove_number", {"number": EAST}),
                ("add_number", {"number": "+390612345678", "connection": "east"}),
                ("connection_limit", {"connection": "east", "limit": 2}),
                ("connection_limit", {"connection": "east", "limit": 10}),
                ("tenant_cap", {"limit": 1}),
                ("tenant_cap", {"limit": 9}),
            )
        ]
    }

    report = judge(simulate(config, {"spring": EVERYBODY}, seed))

    assert report.counts == {}


def test_campaigns_of_one_tenant_share_people_and_numbers(simulate: Simulate) -> None:
    config = tables(prefer_country_match=False)
    config["campaigns"].append({**config["campaigns"][0], "name": "summer", "priority": 1})

    report = judge(simulate(config, {"spring": EVERYBODY, "summer": EVERYBODY[:30]}))

    assert report.counts == {}


def test_a_campaign_canceled_before_it_starts_is_clean(simulate: Simulate) -> None:
    config = tables(start_at="2026-01-06T00:00:00Z")
    config["scenario"] = {"events": [{"at": "1h", "kind": "cancel_campaign", "campaign": "spring"}]}

    report = judge(simulate(config, {"spring": EVERYBODY}))

    assert report.counts == {}
    assert report.calls == 0
