"""When a pool doesn't fit its audience or its connections."""

from __future__ import annotations

from typing import Any

from actors.doctor.coverage import LEAST_CALLS, LEAST_WAITING, Audience, CapacityWatch

US = frozenset({"US"})


def test_a_country_that_matters_and_has_no_number_is_uncovered() -> None:
    audience = Audience()
    for index in range(LEAST_CALLS):
        audience.hear("FR" if index % 5 == 0 else "US", matched=index % 5 != 0)

    (found,) = audience.uncovered(US)

    assert (found.cause, found.country, found.share) == ("no_number", "FR", 0.2)


def test_a_country_of_few_calls_is_left_alone() -> None:
    audience = Audience()
    for index in range(1000):
        audience.hear("FR" if index % 50 == 0 else "US", matched=index % 50 != 0)

    assert audience.uncovered(US) == []


def test_an_audience_of_few_calls_is_not_judged() -> None:
    audience = Audience()
    for _ in range(LEAST_CALLS - 1):
        audience.hear("FR", matched=False)

    assert audience.uncovered(US) == []


def binding(watch: CapacityWatch, minutes: range, waiting: int, cap: str = "tenant_cap") -> list[bool]:
    """Look once a minute; tell at which of them something bound."""
    caps = {"tenant_cap": 10, "campaign_cap": None}
    return [bool(watch.binding(60.0 * minute, cap, caps, 30, waiting)) for minute in minutes]


def test_a_cap_that_binds_for_ten_minutes_is_said_until_it_has_not_for_as_long() -> None:
    watch = CapacityWatch()

    assert binding(watch, range(10), waiting=5) == [False] * 9 + [True]
    assert binding(watch, range(10, 19), waiting=5, cap="connections") == [True] * 9
    assert binding(watch, range(19, 21), waiting=5, cap="connections") == [False] * 2


def test_a_cap_that_binds_goes_on_while_nobody_waits() -> None:
    watch = CapacityWatch()
    binding(watch, range(10), waiting=5)

    assert binding(watch, range(10, 99), waiting=0) == [True] * 89


def test_reports_that_come_more_often_bind_no_sooner() -> None:
    watch = CapacityWatch()
    caps = {"tenant_cap": 10}

    said = [bool(watch.binding(10.0 * report, "tenant_cap", caps, 30, 5)) for report in range(54)]

    assert not any(said)


def test_a_cap_that_keeps_nobody_waiting_binds_nobody() -> None:
    assert not any(binding(CapacityWatch(), range(99), waiting=0))


def thin(watch: CapacityWatch, minutes: range, waiting: int, pace: int, available: int = 4) -> list[Any]:
    """Look once a minute at a country that gets `pace` calls a minute; give the last finding."""
    found: list[Any] = []
    for minute in minutes:
        found = watch.thin(
            60.0 * minute, {"US": waiting}, {"US": pace * minute}, available=available, covered=US
        )
    return found


def test_contacts_that_will_wait_long_for_their_country_while_others_are_free_are_thinly_covered() -> None:
    watch = CapacityWatch()

    found = thin(watch, range(10), waiting=400, pace=4)

    assert [(one.cause, one.country, one.contacts) for one in found] == [("few_slots", "US", 400)]
    assert found[0].seconds_left == 6000.0


def test_the_last_contacts_of_a_country_that_are_soon_done_are_no_concern() -> None:
    assert thin(CapacityWatch(), range(30), waiting=LEAST_WAITING, pace=4) == []


def test_a_country_waits_for_others_slots_only_while_some_are_free() -> None:
    assert thin(CapacityWatch(), range(30), waiting=400, pace=4, available=0) == []


def row(in_use: int, carrier: int | None) -> dict[str, Any]:
    return {"connection": "east", "limit": 20, "in_use": in_use, "carrier_in_use": carrier}


def test_slots_that_the_carrier_knows_nothing_of_leak_until_they_have_not_for_five_minutes() -> None:
    watch = CapacityWatch()

    leaks = [bool(watch.leaking(60.0 * minute, [row(12, 4)])) for minute in range(3)]
    mended = [bool(watch.leaking(60.0 * minute, [row(12, 11)])) for minute in range(3, 9)]

    assert leaks == [False, False, True]
    assert mended == [True] * 5 + [False]


def test_a_carrier_that_can_not_tell_is_not_accused() -> None:
    watch = CapacityWatch()

    assert not any(watch.leaking(60.0 * minute, [row(12, None)]) for minute in range(99))


def test_slots_that_leak_go_on_leaking_while_the_carrier_does_not_say() -> None:
    watch = CapacityWatch()
    for minute in range(3):
        watch.leaking(60.0 * minute, [row(12, 4)])

    silent = [bool(watch.leaking(60.0 * minute, [row(12, None)])) for minute in range(3, 20)]

    assert silent == [True] * 17


def test_a_country_that_was_said_stays_until_it_has_a_number() -> None:
    audience = Audience()
    for index in range(1000):
        audience.hear("FR" if index % 25 == 0 else "US", matched=index % 25 != 0)

    assert audience.uncovered(US) == []
    assert [one.country for one in audience.uncovered(US, {"FR"})] == ["FR"]
    assert audience.uncovered(frozenset({"US", "FR"}), {"FR"}) == []
