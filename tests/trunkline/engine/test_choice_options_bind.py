"""Options of which number calls, in runs that go otherwise without them."""

from __future__ import annotations

from typing import Any

from tests.trunkline.engine.pilots import (
    BAY,
    DELHI,
    EAST,
    FR,
    GB,
    LONDON,
    NEVER,
    NEW_YORK,
    US,
    always,
    grants,
    peak,
    pilot,
)


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


def test_a_campaigns_numbers_are_its_tenants(dial: Any) -> None:
    tables = pilot({"number": EAST, "tenant": "acme"}, tenant="acme")
    tables["tenants"].append({"name": "beta", "max_concurrent": 3})
    tables["numbers"].append({"number": LONDON, "tenant": "beta", "connection": "east"})
    tables["campaigns"].append({"name": "fall", "tenant": "beta", "primary": LONDON})
    _, log = dial(tables, {"spring": US[:20], "fall": GB[:20]})
    assert {(call.tenant, call.number) for call in grants(log)} == {("acme", EAST), ("beta", LONDON)}
    assert peak(log, "tenant")["beta"] == 3
