"""When a pool doesn't fit its audience or its connections."""

from __future__ import annotations

from typing import Any

from actors.doctor.coverage import (
    LEAK_MINUTES,
    LEAST_CALLS,
    LEAST_WAITING,
    MINUTES,
    Audience,
    CapacityWatch,
)

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


def test_a_cap_that_binds_for_ten_minutes_is_said() -> None:
    watch = CapacityWatch()
    caps = {"tenant_cap": 10, "campaign_cap": None}

    said = [watch.binding("tenant_cap", caps, 30, 5) for _ in range(MINUTES)]

    assert said[:-1] == [None] * (MINUTES - 1)
    assert said[-1] is not None
    assert (said[-1].cap, said[-1].limit, said[-1].raw) == ("tenant_cap", 10, 30)


def test_a_cap_that_keeps_nobody_waiting_binds_nobody() -> None:
    watch = CapacityWatch()

    assert not any(watch.binding("tenant_cap", {"tenant_cap": 10}, 30, 0) for _ in range(99))


def test_contacts_that_wait_for_their_country_while_others_slots_are_free_are_thinly_covered() -> None:
    watch = CapacityWatch()

    for _ in range(MINUTES):
        found = watch.thin({"US": LEAST_WAITING}, available=4, covered=US)

    assert [(one.cause, one.country, one.contacts) for one in found] == [("few_slots", "US", LEAST_WAITING)]
    assert watch.thin({"US": LEAST_WAITING}, available=0, covered=US) == []


def row(in_use: int, carrier: int | None) -> dict[str, Any]:
    return {"connection": "east", "limit": 20, "in_use": in_use, "carrier_in_use": carrier}


def test_slots_that_the_carrier_knows_nothing_of_leak() -> None:
    watch = CapacityWatch()

    for _ in range(LEAK_MINUTES):
        found = watch.leaking([row(12, 4)])

    assert [(one.connection, one.in_use, one.carrier) for one in found] == [("east", 12, 4)]
    assert watch.leaking([row(12, 11)]) == []


def test_a_carrier_that_can_not_tell_is_not_accused() -> None:
    watch = CapacityWatch()

    assert not any(watch.leaking([row(12, None)]) for _ in range(99))
