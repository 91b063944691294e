"""Events of a scenario that can't be are errors of the configuration."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import ConfigError
from trunkline.config import Config
from trunkline.config.fields import KINDS
from trunkline.config.scenario import MAY, NEEDS

PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"
EAST, WEST, NEW = "+14155550100", "+442071838750", "+4930901820"


def problems(pilot: str, *events: dict[str, Any], **changed: Any) -> list[str]:
    tables = tomllib.loads(pilot)
    tables["scenario"] = {"events": list(events)}
    tables["connections"][0].update(changed)
    try:
        Config.from_dict(tables, carriers=["sip"])
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


VALUES: dict[str, Any] = {
    "number": EAST,
    "connection": "east",
    "campaign": "spring",
    "tenant": "acme",
    "limit": 3,
    "factor": 0.5,
    "real_limit": 3,
    "rate": 0.1,
    "answer_rate": 0.1,
    "count": 5,
    "lasts": "5m",
    "contacts": "more.csv",
    "region": "GB",
}


def test_every_kind_says_what_it_needs() -> None:
    assert set(NEEDS) == set(KINDS)
    assert set(MAY) <= set(KINDS)


def test_the_page_tells_every_kind_with_all_that_it_takes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", PAGE.read_text(), re.MULTILINE)
    told = {kind: set(re.findall(r"`(\w+)`", needs + may)) for kind, needs, may in rows}

    assert told == {kind: {*NEEDS[kind], *MAY.get(kind, ())} for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_content_with_what_it_needs(pilot: str, kind: str) -> None:
    event = {"at": "5s", "kind": kind, **{key: VALUES[key] for key in NEEDS[kind]}}
    if kind == "add_number":
        event["number"] = NEW

    assert problems(pilot, event) == []


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in KINDS for key in NEEDS[kind]])
def test_what_a_kind_needs_must_be_there(pilot: str, kind: str, key: str) -> None:
    event = {"at": "5s", "kind": kind, **{one: VALUES[one] for one in NEEDS[kind] if one != key}}
    if kind == "add_number" and key != "number":
        event["number"] = NEW

    said = problems(pilot, event)

    if key == "tenant":
        assert said == [], "there is only one"
    else:
        assert len(said) == 1
        assert f'scenario.events[0]: missing key "{key}"; {kind} needs' in said[0]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_does_not_take_is_refused(pilot: str, kind: str) -> None:
    event = {"at": "5s", "kind": kind, **{key: VALUES[key] for key in NEEDS[kind]}}
    if kind == "add_number":
        event["number"] = NEW
    for key in set(VALUES) - set(NEEDS[kind]) - set(MAY.get(kind, ())):
        (said,) = problems(pilot, {**event, key: VALUES[key]})
        assert f"scenario.events[0].{key}: {kind} takes no {key}, only" in said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            {"kind": "conection_down", "connection": "east", "lasts": "1m"},
            'scenario.events[0].kind: "conection_down" is no value of this option; '
            'did you mean "connection_down"?',
        ),
        (
            {"kind": "connection_down", "connection": "eats", "lasts": "1m"},
            'scenario.events[0].connection: no connection "eats"; did you mean "east"?',
        ),
        (
            {"kind": "tenant_cap", "limit": 3, "factor": 0.5},
            "scenario.events[0].factor: tenant_cap takes limit or factor, not both",
        ),
        (
            {"kind": "contacts_join", "campaign": "spring", "contacts": "a.csv", "region": "GB"},
            "scenario.events[0].region: a file says itself where its contacts are",
        ),
        (
            {"kind": "label_number", "number": EAST, "answer_rate": 0.9},
            "scenario.events[0].answer_rate: answer_rate 0.9 + voicemail_rate 0.25 + busy_rate 0.05 + "
            "reject_rate 0.02 + failure_rate 0.01 = 1.23 of the attempts; the sum must be at most 1",
        ),
        (
            {"kind": "connection_down", "connection": "east", "lasts": "0s"},
            "scenario.events[0].lasts: must be longer than 0 seconds",
        ),
    ],
)
def test_an_event_that_can_not_be_is_one_clear_error(pilot: str, event: dict[str, Any], said: str) -> None:
    assert problems(pilot, {"at": "5s", **event}) == [said]


def test_a_real_carrier_can_not_be_made_to_fail(pilot: str) -> None:
    event = {"at": "5s", "kind": "connection_down", "connection": "east", "lasts": "1m"}

    said = 'connection "east" has carrier "sip"; connection_down needs the simulated one'
    assert problems(pilot, event, carrier="sip") == [f"scenario.events[0].kind: {said}"]


def test_a_number_can_be_flagged_from_when_it_is_added(pilot: str) -> None:
    add = {"at": "1h", "kind": "add_number", "number": NEW, "connection": "east"}
    flag = {"kind": "flag_number", "number": NEW}

    assert problems(pilot, add, {"at": "2h", **flag}) == []
    assert problems(pilot, add, {"at": "10m", **flag}) == [
        f'scenario.events[1].number: "{NEW}" is added only later'
    ]


def test_a_number_that_was_removed_is_not_there_any_more(pilot: str) -> None:
    remove = {"at": "1h", "kind": "remove_number", "number": WEST}

    assert problems(pilot, remove, {"at": "10m", "kind": "flag_number", "number": WEST}) == []
    assert problems(pilot, remove, {"at": "2h", "kind": "unflag_number", "number": WEST}) == [
        f'scenario.events[1].number: "{WEST}" has been removed before'
    ]


def test_contacts_can_not_be_made_up_in_no_country(pilot: str) -> None:
    text = pilot.replace("+14155550100", "+80012345678")

    (said,) = problems(text, {"at": "5s", "kind": "contacts_join", "campaign": "spring", "count": 5})

    assert said.startswith('scenario.events[0]: missing key "region": "+80012345678", the primary number')
