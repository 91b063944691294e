"""Options of whose turn it is, in runs that go otherwise without them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trunkline.engine.pilots import GB, NEVER, US, always, grants, pilot


def two(dial: Any, first: dict[str, Any], second: dict[str, Any], contacts: int = 600) -> list[str]:
    """Dial two campaigns of one tenant; whose grants they were, in order."""
    tables = pilot(max_concurrent=50, retry_after=NEVER)
    tables["tenants"][0]["max_concurrent"] = 4
    campaign = tables["campaigns"][0]
    tables["campaigns"] = [{**campaign, "name": "one", **first}, {**campaign, "name": "two", **second}]
    _, log = dial(tables, {"one": US[:contacts], "two": GB[:contacts]})
    return [str(call.campaign) for call in grants(log)]


def test_the_highest_priority_goes_first(dial: Any) -> None:
    turns = two(dial, {}, {"priority": 1}, 100)
    assert turns[4:104].count("two") >= 96  # the first file that is read has the first slots


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 4), (3, 2)])
def test_shares_hold_within_five_percent_over_a_thousand_grants(dial: Any, first: int, second: int) -> None:
    turns = two(dial, {"share": first}, {"share": second}, 1000)
    both = turns[: min(1000, len(turns))]
    part = both.count("one") / len(both)
    assert abs(part - first / (first + second)) <= 0.05 * first / (first + second)


def test_what_one_campaign_leaves_the_other_gets(dial: Any) -> None:
    turns = two(dial, {"share": 1, "max_concurrent": 1}, {"share": 1}, 200)
    assert turns[:200].count("two") > 130


def test_due_callbacks_go_first_and_of_four_grants_one_is_fresh(dial: Any) -> None:
    tables = pilot(
        options=always("answered", callback_rate=1.0, talk_seconds=20),
        max_attempts=6,
        max_concurrent=1,
        retry_after={"callback": 1},
    )
    _, log = dial(tables, {"spring": US[:60]})
    fresh = [call.attempt == 1 for call in grants(log)]
    served = fresh[: len(fresh) - 1 - fresh[::-1].index(True)]  # until the last fresh one
    assert all(any(served[at : at + 4]) for at in range(len(served) - 3))
    assert sum(served) / len(served) < 0.3  # callbacks have all the rest
