"""Events of a scenario, in runs that go otherwise without them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.trunkline.engine.pilots import (
    EAST,
    NEVER,
    NEW_YORK,
    TORONTO,
    US,
    pilot,
    placed_at,
)

START = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("event", "line", "barred"),
    [
        ({"kind": "flag_number", "number": EAST}, "number.flagged", True),
        ({"kind": "pause_number", "number": EAST}, "number.paused", True),
        ({"kind": "remove_number", "number": EAST}, "number.removed", True),
        ({"kind": "add_number", "number": TORONTO, "connection": "east"}, "number.added", False),
        ({"kind": "connection_limit", "connection": "east", "limit": 1}, "connection.limit_changed", False),
        ({"kind": "tenant_cap", "tenant": "acme", "limit": 1}, "tenant.cap_changed", False),
        ({"kind": "cancel_campaign", "campaign": "spring"}, "campaign.canceled", False),
    ],
)
def test_an_event_of_a_scenario_comes_to_pass_at_its_time(
    dial: Any, event: dict[str, Any], line: str, barred: bool
) -> None:
    tables = pilot(EAST, NEW_YORK, max_concurrent=3, prefer_country_match=False, retry_after=NEVER)
    tables["scenario"] = {"events": [{"at": "60s", "reason": "by plan", **event}]}
    result, log = dial(tables, {"spring": US[:60]})
    ((at, said),) = [(time - START, one) for time, one in log if one.event == line]
    later = [call for time, call in log if call.event == "dispatch.granted" and time - START > 60]
    assert (round(at, 3), said.by, said.reason) == (60.0, "scenario", "by plan")
    assert (EAST in {call.number for call in later}) != barred or event["kind"] == "cancel_campaign"
    if event["kind"] == "add_number":
        assert TORONTO in {call.number for call in later}
    if event["kind"] == "cancel_campaign":
        assert later == []
        assert result.campaigns["spring"].canceled > 0


@pytest.mark.parametrize(
    ("lower", "lift", "key"),
    [
        ("flag_number", "unflag_number", {"number": EAST}),
        ("pause_number", "resume_number", {"number": EAST}),
        ("pause_campaign", "resume_campaign", {"campaign": "spring"}),
    ],
)
def test_what_a_scenario_lowers_it_can_lift(dial: Any, lower: str, lift: str, key: dict[str, str]) -> None:
    tables = pilot(max_concurrent=3, retry_after=NEVER)
    tables["scenario"] = {"events": [{"at": "60s", "kind": lower, **key}, {"at": "10m", "kind": lift, **key}]}
    result, log = dial(tables, {"spring": US[:60]})
    pause = max(pairwise(placed_at(log)), key=lambda pair: pair[1] - pair[0])
    assert result.reason == "finished"
    assert pause[0] <= 60
    assert pause[1] == 600
