"""Many who want the same: turns, throughput, and no herd."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.trunkline.engine.pilots import (
    EAST,
    GB,
    LONDON,
    NEVER,
    NEW_YORK,
    US,
    always,
    grants,
    named,
    peak,
    pilot,
)


def test_tenants_on_one_connection_take_equal_turns(dial: Any) -> None:
    tables = pilot({"number": EAST, "tenant": "acme"}, tenant="acme", retry_after=NEVER)
    tables["tenants"] = [{"name": name, "max_concurrent": 50} for name in ("acme", "beta")]
    tables["numbers"].append({"number": NEW_YORK, "tenant": "beta", "connection": "east"})
    tables["campaigns"].append({"name": "fall", "tenant": "beta", "primary": NEW_YORK, "retry_after": NEVER})
    tables["connections"][0]["max_concurrent"] = 6
    _, log = dial(tables, {"spring": US[:300], "fall": GB[:300]})
    turns = [call.tenant for call in grants(log)][6:]  # who came first filled the connection
    both = turns[: 2 * min(turns.count("acme"), turns.count("beta")) - 20]
    assert abs(both.count("acme") / len(both) - 0.5) < 0.02
    longest = max(len(run) for run in "".join(str(turn)[0] for turn in both).replace("ab", "a b").split())
    assert longest < 12  # neither waits while the other has turn after turn


def test_a_small_tenant_has_its_turn_beside_a_large_one(dial: Any) -> None:
    tables = pilot({"number": EAST, "tenant": "acme"}, tenant="acme", retry_after=NEVER)
    tables["tenants"] = [{"name": "acme", "max_concurrent": 50}, {"name": "beta", "max_concurrent": 50}]
    tables["numbers"].append({"number": NEW_YORK, "tenant": "beta", "connection": "east"})
    tables["campaigns"].append({"name": "fall", "tenant": "beta", "primary": NEW_YORK, "retry_after": NEVER})
    tables["connections"][0]["max_concurrent"] = 4
    _, log = dial(tables, {"spring": US[:400], "fall": GB[:20]})
    order = [call.tenant for call in grants(log)]
    assert max(place for place, tenant in enumerate(order) if tenant == "beta") < 60


def test_a_thousand_contacts_on_one_slot_are_no_herd(dial: Any) -> None:
    tables = pilot(retry_after=NEVER, options=always("rejected"))
    tables["connections"][0]["max_concurrent"] = 1
    result, log = dial(tables, {"spring": US[:1000]})
    assert result.campaigns["spring"].attempts == 1000
    assert peak(log, "connection") == {"east": 1}
    assert len(named(log, "dispatch.refused")) <= 2 * 1000


def test_at_saturation_shared_by_tenants_refusals_stay_few(dial: Any) -> None:
    tables = pilot({"number": EAST, "tenant": "acme"}, tenant="acme", retry_after=NEVER)
    tables["tenants"] = [{"name": name, "max_concurrent": 50} for name in ("acme", "beta")]
    tables["numbers"].append({"number": NEW_YORK, "tenant": "beta", "connection": "east"})
    tables["campaigns"].append({"name": "fall", "tenant": "beta", "primary": NEW_YORK, "retry_after": NEVER})
    tables["connections"][0].update(max_concurrent=3, max_calls_per_second=2)
    _, log = dial(tables, {"spring": US[:200], "fall": GB[:200]})
    assert len(grants(log)) == 400
    assert len(named(log, "dispatch.refused")) <= 2 * 400


def two_countries(cap: int) -> dict[str, Any]:
    tables = pilot(EAST, {"number": LONDON, "connection": "west"}, max_attempts=1)
    tables["connections"] = [
        {"name": "east", "max_concurrent": 8, "options": {"failure_rate": 0}},
        {"name": "west", "max_concurrent": 6, "options": {"failure_rate": 0}},
    ]
    tables["tenants"][0]["max_concurrent"] = cap
    return tables


def seconds(dial: Any, cap: int) -> tuple[float, float]:
    people = US[:400] + GB[:300]  # as many for each slot: neither country's trunk is the bottleneck
    mixed = Random(3).sample(people, len(people))
    return tuple(
        dial(two_countries(cap), {"spring": one})[0].campaigns["spring"].seconds for one in (people, mixed)
    )


def test_a_file_sorted_by_country_is_as_fast_as_a_shuffled_one(dial: Any) -> None:
    ordered, shuffled = seconds(dial, 50)
    assert shuffled >= 0.95 * ordered


def test_under_a_binding_cap_a_sorted_file_keeps_its_order_and_every_slot_busy(dial: Any) -> None:
    """File order stands above throughput: see docs/choices.md.

    The cap's slots are all in use until those who are left have fewer numbers
    than that; nobody of the file's second half goes before one of the first
    who could have been served.
    """
    people = US[:400] + GB[:300]
    _, log = dial(two_countries(10), {"spring": people})
    calls = grants(log)
    americans = [place for place, call in enumerate(calls) if call.region == "US"]
    in_use = [call.tenant_in_use for call in calls[10 : americans[-1]]]
    assert sum(use == 10 for use in in_use) / len(in_use) > 0.95  # the rest refill what ended at once
    for region in ("US", "GB"):
        order = [int(call.contact) for call in calls if call.region == region]
        assert order == sorted(order)


@pytest.mark.parametrize("minutes", [10])
def test_a_run_whose_only_trunk_is_away_goes_on_when_it_is_back(dial: Any, minutes: int) -> None:
    tables = pilot(options={"changes": [{"at": "1m", "outage": f"{minutes}m"}]}, retry_after={"failed": 60})
    result, log = dial(tables, {"spring": US[:300]})
    opened, closed = named(log, "connection.opened"), named(log, "connection.closed")
    paused = [event.by for event in named(log, "campaign.paused")]
    resumed = [event.by for event in named(log, "campaign.resumed")]
    back = next(time for time, event in log if event.event == "connection.closed") - log[0][0]
    assert result.reason == "finished"
    assert (len(closed), paused, resumed) == (1, ["breaker"], ["breaker"])
    assert 60 * (minutes + 1) < back < 60 * (minutes + 12)  # the longest rest of a breaker is ten minutes
    assert len(opened) < 8
    during = Counter(
        call.probe
        for time, call in log
        if call.event == "dispatch.granted" and 120 < time - log[0][0] < 60 * minutes
    )
    assert set(during) <= {True}  # nobody is burnt on a dead trunk but its probes


def test_a_connection_that_fails_at_once_takes_nothing_from_the_one_beside_it(dial: Any) -> None:
    def counted(dead: bool) -> tuple[float, int]:
        tables = pilot(EAST, {"number": NEW_YORK, "connection": "west"}, retry_after=NEVER)
        tables["connections"] = [
            {"name": "east", "max_concurrent": 10},
            {"name": "west", "max_concurrent": 10, "options": always("failed")},
        ]
        if not dead:
            tables["connections"][1]["enabled"] = False
        campaign = dial(tables, {"spring": US[:300]})[0].campaigns["spring"]
        return campaign.seconds, campaign.reached

    beside, alone = counted(True), counted(False)
    assert beside[0] <= 1.05 * alone[0]
    assert beside[1] >= 0.95 * alone[1]
