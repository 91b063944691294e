"""Options of the simulated carrier, in runs that go otherwise without them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trunkline.engine.pilots import (
    EAST,
    GB,
    NEVER,
    NEW_YORK,
    US,
    always,
    ends,
    grants,
    pilot,
)


@pytest.mark.parametrize(("rate", "cause"), [("blocked_rate", "608"), ("unallocated_rate", "404")])
def test_blocked_and_unallocated_calls_say_so(dial: Any, rate: str, cause: str) -> None:
    tables = pilot(options={**always("nothing"), rate: 1.0}, retry_after=NEVER)
    assert {end.cause for end in ends(dial(tables, {"spring": US[:10]})[1])} == {cause}


@pytest.mark.parametrize(
    "factors",
    [
        {"country_factors": {"GB": 0.0}},
        {
            "hour_factors": [float(hour == 19) for hour in range(24)]
        },  # midnight in London is seven in New York
    ],
)
def test_factors_say_who_answers_where_and_at_which_hour(dial: Any, factors: dict[str, Any]) -> None:
    tables = pilot(options=always("answered", **factors), retry_after=NEVER)
    _, log = dial(tables, {"spring": US[:10] + GB[:10]})
    regions = {call.call: call.region for call in grants(log)}
    assert {(regions[end.call], end.outcome == "answered") for end in ends(log)} == {
        ("US", True),
        ("GB", False),
    }


def test_a_number_of_its_own_habits_is_answered_otherwise(dial: Any) -> None:
    tables = pilot(
        EAST, {"number": NEW_YORK, "simulated": always("answered")}, options=always("busy"), retry_after=NEVER
    )
    _, log = dial(tables, {"spring": US[:40]})
    assert {(end.number, end.outcome) for end in ends(log)} == {(EAST, "busy"), (NEW_YORK, "answered")}
