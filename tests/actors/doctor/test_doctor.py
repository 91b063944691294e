"""One campaign's doctor: what it makes of calls and of capacity, said once each."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from actors.doctor.advice import AdviceKind, Finding
from actors.doctor.doctor import CampaignDoctor
from actors.doctor.heard import Heard
from runtime.calls import E164
from runtime.observe.events import CampaignStarted, NumberAdded, PoolCapacity

FIRST, SECOND = E164("+14155550000"), E164("+14155550001")


def call(at: float, number: E164 = FIRST, *, answered: bool = False, cause: str | None = None) -> Heard:
    return Heard(at, number, "east", "US", None, True, False, answered, False, cause, None)


def started(numbers: dict[E164, str], limit: int = 20) -> CampaignStarted:
    rows: list[Mapping[str, Any]] = [
        {"number": one, "connection": connection, "status": "active", "region": "US"}
        for one, connection in numbers.items()
    ]
    connections: list[Mapping[str, Any]] = [
        {"name": one, "max_concurrent": limit} for one in dict.fromkeys(numbers.values())
    ]
    return CampaignStarted(
        tenant="acme",
        campaign="spring",
        settings={},
        numbers=rows,
        connections=connections,
        ceiling=20,
        tenant_cap=20,
        contacts=None,
    )


def capacity(in_use: int = 5, limit: int = 20, **what: Any) -> PoolCapacity:
    row = {
        "connection": "east",
        "limit": limit,
        "in_use": in_use,
        "eligible_numbers": 2,
        "breaker": "closed",
        "carrier_in_use": in_use,
    }
    given = {
        "binds_now": "connections",
        "available": limit - in_use,
        "tenant_cap": 100,
        "waiting": {"turn": 9},
    }
    return PoolCapacity(
        tenant="acme",
        campaign="spring",
        **{
            "ceiling": limit,
            "binds": "connections",
            "tenant_in_use": in_use,
            "campaign_cap": None,
            "campaign_in_use": in_use,
            "connections": [row],
            **given,
            **what,
        },
    )


def keys(said: list[Finding]) -> list[tuple[str, str, str | None, bool]]:
    return [(one.kind.value, one.cause, one.subject, one.over) for one in said]


def test_calls_whose_carrier_says_no_cause_count_against_a_refusal_as_well() -> None:
    doctor = CampaignDoctor()
    draws = random.Random(1)

    said: list[Finding] = []
    for index in range(5000):
        refused = draws.random() < 0.01
        said += doctor.hear(call(float(index), answered=not refused, cause="608" if refused else None))

    assert said == []


def test_a_refused_number_that_is_accepted_again_is_over_once() -> None:
    doctor = CampaignDoctor()
    said: list[Finding] = []
    for index in range(400):
        refused = index < 40 and index % 3 == 0
        said += doctor.hear(call(float(index), answered=not refused, cause="607" if refused else None))

    assert keys(said) == [("blocked", "network", FIRST, False), ("blocked", "network", FIRST, True)]


def test_a_cap_that_binds_no_longer_is_over() -> None:
    doctor = CampaignDoctor()
    said: list[Finding] = []
    for minute in range(60):
        cap = 10 if minute < 30 else 100
        binds = "tenant_cap" if minute < 30 else "connections"
        said += doctor.observe(60.0 * minute, capacity(placed=minute, tenant_cap=cap, binds_now=binds))

    assert keys(said) == [("cap_binds", "tenant_cap", None, False), ("cap_binds", "tenant_cap", None, True)]


def test_a_number_added_to_a_full_connection_is_useless_until_it_has_room() -> None:
    doctor = CampaignDoctor()
    doctor.observe(0.0, started({FIRST: "east"}))
    said: list[Finding] = []
    for minute in range(60):
        in_use = 20 if minute < 20 else 5
        said += doctor.observe(60.0 * minute, capacity(in_use, placed=minute))
        if minute == 10:
            added = NumberAdded(
                tenant="acme",
                campaign="spring",
                number=SECOND,
                by="person",
                connection="east",
                region="US",
                settings={},
                connection_settings={},
            )
            said += doctor.observe(60.0 * minute, added)

    assert keys(said) == [
        ("useless_number", "connection_full", "east", False),
        ("useless_number", "connection_full", "east", True),
    ]


def test_a_stall_for_a_cap_that_others_use_up_says_who() -> None:
    doctor = CampaignDoctor()
    said: list[Finding] = []
    for minute in range(15):
        waiting = {"tenant_full": 40}
        said += doctor.observe(
            60.0 * minute, capacity(0, waiting=waiting, tenant_cap=12, tenant_in_use=12, available=0)
        )

    (stall,) = [one for one in said if one.kind is AdviceKind.STALLED]
    assert stall.cause == "tenant_full"
    assert (stall.evidence["tenant_in_use"], stall.evidence["campaign_in_use"]) == (12, 0)


def test_numbers_of_one_connection_that_drop_one_after_the_other_are_its_connections_matter() -> None:
    doctor = CampaignDoctor()
    west = [E164(f"+1415555010{index}") for index in range(6)]
    doctor.observe(0.0, started({FIRST: "east", SECOND: "east", **dict.fromkeys(west, "west")}))
    draws = random.Random(2)
    said: list[Finding] = []
    for index in range(16_000):
        number = draws.choice([FIRST, SECOND, *west])
        onset = {FIRST: 5000, SECOND: 9000}.get(number, 99_999)
        answered = draws.random() < (0.03 if index > onset else 0.25)
        connection = "west" if number in west else "east"
        said += doctor.hear(
            Heard(float(index), number, connection, "US", None, True, False, answered, False, None, None)
        )

    assert [key[:3] for key in keys(said)] == [
        ("answer_rate_drop", "number", FIRST),
        ("answer_rate_drop", "number", SECOND),
        ("correlated_decline", "connection", "east"),
    ]
