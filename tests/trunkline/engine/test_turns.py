"""Who goes first, and what rests, in whole audited runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

NUMBER = "+14155550100"
PEOPLE = [f"+1212555{index:04d}" for index in range(1000)]


def one_trunk(*campaigns: dict[str, Any], **number: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 4}],
        "connections": [{"name": "east", "max_concurrent": 4}],
        "numbers": [{"number": NUMBER, "connection": "east", **number}],
        "campaigns": [{"primary": NUMBER, "max_attempts": 1, **one} for one in campaigns],
    }


def grants(log: Any) -> list[Any]:
    return [event for _, event in log if event.event == "dispatch.granted"]


def test_the_higher_priority_goes_first(dial: Any) -> None:
    tables = one_trunk({"name": "low"}, {"name": "high", "priority": 5})
    _, log = dial(tables, {"low": PEOPLE[:50], "high": PEOPLE[50:100]})
    assert Counter(one.campaign for one in grants(log)[4:44]) == {"high": 40}


def test_shares_hold_within_five_percent(dial: Any) -> None:
    tables = one_trunk({"name": "one"}, {"name": "three", "share": 3})
    _, log = dial(tables, {"one": PEOPLE[:400], "three": PEOPLE[400:]})
    assert 0.70 <= sum(one.campaign == "three" for one in grants(log)[:400]) / 400 <= 0.80


def test_a_day_cap_holds_each_day(dial: Any) -> None:
    result, log = dial(one_trunk({"name": "spring"}, max_calls_per_day=20), {"spring": PEOPLE[:50]})
    days = Counter(int(time // 86400) for time, event in log if event.event == "dispatch.granted")
    assert result.reason == "finished"
    assert max(days.values()) <= 20
