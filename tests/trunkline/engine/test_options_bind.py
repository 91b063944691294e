"""Each option of the configuration in a run that goes otherwise without it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.trunkline.engine.pilots import (
    BAY,
    DELHI,
    EAST,
    FR,
    GB,
    LONDON,
    NEVER,
    NEW_YORK,
    TORONTO,
    US,
    always,
    ends,
    grants,
    named,
    peak,
    pilot,
    placed_at,
)
from tests.trunkline.engine.stepping import run_stepped

START = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


# Limits


def test_a_tenants_cap_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["tenants"][0]["max_concurrent"] = 7
    assert peak(dial(tables, {"spring": US[:60]})[1], "tenant") == {"acme": 7}


def test_a_connections_limit_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["connections"][0]["max_concurrent"] = 6
    assert peak(dial(tables, {"spring": US[:60]})[1], "connection") == {"east": 6}


def test_a_numbers_limit_binds(dial: Any) -> None:
    tables = pilot({"number": EAST, "max_concurrent": 3}, NEW_YORK, prefer_country_match=False)
    most = peak(dial(tables, {"spring": US[:80]})[1], "number")
    assert most[EAST] == 3
    assert most[NEW_YORK] > 3


def test_a_campaigns_limit_binds(dial: Any) -> None:
    assert peak(dial(pilot(max_concurrent=4), {"spring": US[:60]})[1], "campaign") == {"spring": 4}


def test_a_call_rate_binds(dial: Any) -> None:
    tables = pilot(retry_after=NEVER)
    tables["connections"][0]["max_calls_per_second"] = 2
    placed = placed_at(dial(tables, {"spring": US[:40]})[1])
    assert placed[:8] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert all(later - earlier >= 1 for earlier, later in zip(placed, placed[2:], strict=False))


def test_a_numbers_day_cap_binds_until_its_day_ends_where_it_lives(dial: Any) -> None:
    tables = pilot(
        {"number": EAST, "max_calls_per_day": 10, "timezone": "Asia/Kolkata"}, options=always("rejected")
    )
    _, log = dial(tables, {"spring": US[:30]})
    times = [START + seconds for seconds in placed_at(log)]
    days = Counter(datetime.fromtimestamp(time, ZoneInfo("Asia/Kolkata")).date() for time in times)
    assert list(days.values()) == [10, 10, 10]
    assert (times[10] - START) / 3600 == 18.5  # midnight in Kolkata
    assert [event.by for event in named(log, "number.rested")] == ["day_ended"] * 2


def test_an_offer_that_comes_to_nothing_gives_the_days_count_back(dial: Any) -> None:
    """A rate of 1 a second refuses what the pool had charged already."""
    tables = pilot({"number": EAST, "max_calls_per_day": 10}, options=always("rejected"))
    tables["connections"][0]["max_calls_per_second"] = 1
    _, log = dial(tables, {"spring": US[:10]})
    assert named(log, "dispatch.refused")
    assert placed_at(log) == list(range(10))


def test_the_breakers_failure_rate_binds(dial: Any) -> None:
    def opened(rate: float) -> int:
        tables = pilot(options={**always("failed"), "failure_rate": 0.4, "voicemail_rate": 0.6})
        tables["connections"][0]["breaker_failure_rate"] = rate
        return len(named(dial(tables, {"spring": US[:100]})[1], "connection.opened"))

    assert opened(0.2) > 0
    assert opened(0.9) == 0


def test_a_disabled_connection_carries_no_call(dial: Any) -> None:
    tables = pilot(EAST, {"number": NEW_YORK, "connection": "west"}, prefer_country_match=False)
    tables["connections"].append({"name": "west", "max_concurrent": 20, "enabled": False})
    assert {call.connection for call in grants(dial(tables, {"spring": US[:40]})[1])} == {"east"}


@pytest.mark.parametrize("status", ["paused", "spam"])
def test_a_number_that_is_not_active_is_not_dialed_from(dial: Any, status: str) -> None:
    tables = pilot(EAST, {"number": NEW_YORK, "status": status})
    assert {call.number for call in grants(dial(tables, {"spring": US[:40]})[1])} == {EAST}


# Which number


def test_the_primary_joins_the_pool_and_the_pool_is_dialed_from(dial: Any) -> None:
    assert {call.number for call in grants(dial(pilot(EAST, NEW_YORK), {"spring": US[:40]})[1])} == {
        EAST,
        NEW_YORK,
    }


def test_contacts_are_called_from_their_country_unless_told_otherwise(dial: Any) -> None:
    def matched(**options: Any) -> set[tuple[str, str]]:
        calls = grants(dial(pilot(EAST, LONDON, **options), {"spring": GB[:40]})[1])
        return {(call.tier, call.number) for call in calls if call.tier != "sticky"}

    assert matched() == {("country", LONDON)}
    assert matched(prefer_country_match=False) == {("pool", EAST), ("pool", LONDON)}


def test_contacts_are_called_from_their_area_if_wanted(dial: Any) -> None:
    def tiers(**options: Any) -> set[tuple[str, str]]:
        calls = grants(dial(pilot(EAST, NEW_YORK, **options), {"spring": BAY[:30]})[1])
        return {(call.tier, call.number) for call in calls if call.tier != "sticky"}

    assert tiers(prefer_area_match=True) == {("area", EAST)}
    assert tiers() == {("country", EAST), ("country", NEW_YORK)}


def test_nearby_is_as_far_as_the_campaign_says(dial: Any) -> None:
    def tiers(hours: float) -> set[tuple[str, str]]:
        calls = grants(dial(pilot(DELHI, LONDON, nearby_hours=hours), {"spring": FR[:40]})[1])
        return {(call.tier, call.number) for call in calls if call.tier != "sticky"}

    assert tiers(1) == {("timezone", LONDON)}  # Paris is an hour ahead of London, Delhi four and a half of it
    assert tiers(0.5) == {("pool", LONDON), ("pool", DELHI)}


def test_a_full_match_is_waited_for_or_spilled_from(dial: Any) -> None:
    def tiers(when_full: str) -> set[tuple[str, str | None]]:
        tables = pilot({"number": LONDON, "max_concurrent": 1}, EAST, match_when_full=when_full)
        calls = grants(dial(tables, {"spring": GB[:20]})[1])
        return {(call.tier, call.spilled) for call in calls if call.tier != "sticky"}

    assert tiers("wait") == {("country", None)}
    assert tiers("spill") == {("country", None), ("pool", "country")}


def test_a_full_sticky_number_is_waited_for_or_spilled_from(dial: Any) -> None:
    """Two callbacks at once on a number that carries one call."""

    def tiers(when_full: str) -> set[tuple[str, str | None]]:
        tables = pilot(
            {"number": EAST, "max_concurrent": 1},
            NEW_YORK,
            options=always("answered", callback_rate=1.0),
            sticky_when_full=when_full,
            max_attempts=4,
            retry_after={"callback": "10s"},
            prefer_country_match=False,
        )
        calls = grants(dial(tables, {"spring": US[:30]})[1])
        return {(call.tier, call.spilled) for call in calls if call.attempt > 1}

    assert tiers("wait") == {("sticky", None)}
    assert tiers("spill") == {("sticky", None), ("pool", "sticky")}


def test_nobody_spills_from_a_match_that_has_room(dial: Any) -> None:
    """The pool's lane is older than the country's: the first contacts match nothing."""
    tables = pilot(LONDON, EAST, match_when_full="spill", max_concurrent=1, retry_after=NEVER)
    calls = grants(dial(tables, {"spring": ["+80012345678", *GB[:20]]})[1])
    assert {(call.region, call.tier, call.spilled) for call in calls} == {
        ("001", "pool", None),
        ("GB", "country", None),
    }


def test_the_rotation_says_how_a_number_is_drawn(dial: Any) -> None:
    numbers = (
        {"number": EAST, "simulated": {"answer_rate": 0.7, "voicemail_rate": 0.0}},
        {"number": NEW_YORK, "simulated": {"answer_rate": 0.05}},
    )

    def shares(rotation: str) -> list[float | None]:
        tables = pilot(*numbers, rotation=rotation, retry_after=NEVER, max_concurrent=5)
        calls = grants(dial(tables, {"spring": US[:200]})[1])
        return [call.share for call in calls if call.candidates == 2]

    assert set(shares("uniform")) == {0.5}
    assert set(shares("thompson")) == {None}
    assert len(set(shares("proportional"))) > 100


def test_weights_are_slow_to_part_with_much_prior(dial: Any) -> None:
    def last_weights(prior: float) -> dict[str, float]:
        numbers = (
            {"number": EAST, "simulated": always("answered")},
            {"number": NEW_YORK, "simulated": always("no_answer")},
        )
        tables = pilot(*numbers, prior_attempts=prior, retry_after=NEVER, max_concurrent=5)
        return {call.number: call.weight for call in grants(dial(tables, {"spring": US[:80]})[1])}

    near, far = last_weights(1000), last_weights(1)
    assert near[EAST] / near[NEW_YORK] < 1.2
    assert far[EAST] / far[NEW_YORK] > 10


def test_a_short_half_life_forgets_what_was(dial: Any) -> None:
    """The number is answered by everybody for an hour, then by nobody."""
    turned = {**always("answered"), "changes": [{"at": "1h", "answer_rate": 0.0}]}

    def last_weight(half_life: float) -> float:
        tables = pilot(
            {"number": EAST, "simulated": turned},
            half_life_attempts=half_life,
            prior_attempts=1,
            retry_after=NEVER,
            max_concurrent=1,
        )
        return grants(dial(tables, {"spring": US[:150]})[1])[-1].weight

    assert last_weight(5) < 0.1
    assert last_weight(10_000) > 0.3


def test_exploration_draws_evenly_now_and_then(dial: Any) -> None:
    def shares(part: float) -> set[bool]:
        numbers = (
            {"number": EAST, "simulated": always("answered")},
            {"number": NEW_YORK, "simulated": always("no_answer")},
        )
        tables = pilot(*numbers, exploration=part, prior_attempts=1, retry_after=NEVER, max_concurrent=5)
        calls = grants(dial(tables, {"spring": US[:80]})[1])[20:]
        return {call.share == 0.5 for call in calls if call.candidates == 2}

    assert shares(1.0) == {True}
    assert shares(0.0) == {False}


# How often, when


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


# Whose turn


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


# What the carrier and the log are told


def test_phone_numbers_are_masked_in_the_log_if_wanted(dial: Any) -> None:
    def written(**options: Any) -> tuple[str, bool]:
        call = grants(dial(pilot(**options), {"spring": GB[11:12]})[1])[0]
        return call.to, call.party is None

    assert written() == ("+442071830011", True)
    assert written(log_phone_numbers="masked") == ("+44********11", False)


def test_numbers_written_nationally_are_read_in_the_default_region(dial: Any) -> None:
    result, log = dial(pilot(default_region="GB", retry_after=NEVER), {"spring": ["020 7183 8750"]})
    assert grants(log)[0].to == LONDON
    assert dial(pilot(), {"spring": ["020 7183 8750"]})[0].campaigns["spring"].rejected == 1
    assert result.campaigns["spring"].rejected == 0


def test_a_campaigns_numbers_are_its_tenants(dial: Any) -> None:
    tables = pilot({"number": EAST, "tenant": "acme"}, tenant="acme")
    tables["tenants"].append({"name": "beta", "max_concurrent": 3})
    tables["numbers"].append({"number": LONDON, "tenant": "beta", "connection": "east"})
    tables["campaigns"].append({"name": "fall", "tenant": "beta", "primary": LONDON})
    _, log = dial(tables, {"spring": US[:20], "fall": GB[:20]})
    assert {(call.tenant, call.number) for call in grants(log)} == {("acme", EAST), ("beta", LONDON)}
    assert peak(log, "tenant")["beta"] == 3


def test_a_number_of_its_own_habits_is_answered_otherwise(dial: Any) -> None:
    tables = pilot(
        EAST, {"number": NEW_YORK, "simulated": always("answered")}, options=always("busy"), retry_after=NEVER
    )
    _, log = dial(tables, {"spring": US[:40]})
    assert {(end.number, end.outcome) for end in ends(log)} == {(EAST, "busy"), (NEW_YORK, "answered")}


# What an operator does


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


def test_a_file_is_read_in_the_encoding_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(f"id,phone\nJos\xe9,{US[0]}\n".encode("latin-1"))
    tables = pilot(contacts="people.csv", contacts_encoding="latin-1")
    run = run_stepped(tables, tmp_path)
    assert {event.contact for event in run.named("contact.finished")} == {"José"}


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
