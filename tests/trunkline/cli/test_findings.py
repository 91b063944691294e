"""What `check` finds: each finding from a configuration that has it, and not from one that hasn't."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trunkline.config import Config
from trunkline.preflight import Level, preflight

NOW = 1767603600.0
EAST, LONDON, NEW_YORK = "+14155550100", "+442071838750", "+12125550111"


def tables(**campaign: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 40}],
        "connections": [{"name": "east", "max_concurrent": 3}, {"name": "west", "max_concurrent": 3}],
        "numbers": [
            {"number": EAST, "connection": "east"},
            {"number": LONDON, "connection": "west"},
            {"number": NEW_YORK, "connection": "west"},
        ],
        "campaigns": [
            {"name": "spring", "primary": EAST, "pool": [LONDON], "contacts": "people.csv", **campaign}
        ],
    }


Check = Callable[[dict[str, Any], str], dict[str, tuple[Level, str]]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Check tables over a contacts file's text; level and sentence by the finding's kind."""

    def run(given: dict[str, Any], contacts: str) -> dict[str, tuple[Level, str]]:
        (tmp_path / "people.csv").write_text(contacts)
        (report,) = preflight(Config.from_dict(given, folder=tmp_path), now=NOW)
        return {one.kind: (one.level, one.sentence) for one in report.findings}

    return run


PEOPLE = "phone\n+12125550123\n+442071830001\n"


def test_a_sound_campaign_has_nothing_to_be_warned_of(check: Check) -> None:
    assert {level for level, _ in check(tables(), PEOPLE).values()} == {Level.OK}


def test_a_pool_of_one_number_is_small_for_a_pilot(check: Check) -> None:
    level, sentence = check(tables(pool=[]), PEOPLE)["few_numbers"]
    assert level is Level.WARNING
    assert "1 active number;" in sentence


def test_a_flagged_number_is_named(check: Check) -> None:
    given = tables()
    given["numbers"][1]["status"] = "spam"
    level, sentence = check(given, PEOPLE)["number_flagged"]
    assert level is Level.WARNING
    assert LONDON in sentence


def test_one_connection_that_carries_every_number_is_named(check: Check) -> None:
    found = check(tables(primary=NEW_YORK), PEOPLE)
    assert found["one_connection"][0] is Level.WARNING
    assert "west" in found["one_connection"][1]
    assert "one_connection" not in check(tables(), PEOPLE)


def test_a_ceiling_of_nothing_blocks(check: Check) -> None:
    given = tables()
    for connection in given["connections"]:
        connection["enabled"] = False
    assert check(given, PEOPLE)["no_capacity"][0] is Level.ERROR


def test_a_tenant_cap_that_binds_is_said(check: Check) -> None:
    given = tables()
    given["tenants"][0]["max_concurrent"] = 2
    assert check(given, PEOPLE)["tenant_cap_binds"][0] is Level.WARNING


def test_contacts_that_cannot_be_read_block(check: Check) -> None:
    level, sentence = check(tables(), "name\nann\n")["contacts_unreadable"]
    assert level is Level.ERROR
    assert "people.csv" in sentence


def test_a_file_without_anybody_to_dial_blocks(check: Check) -> None:
    found = check(tables(), "phone\nnobody\n")
    assert found["no_contacts"][0] is Level.ERROR


def test_contacts_from_standard_input_are_said_not_to_have_been_read(check: Check) -> None:
    level, sentence = check(tables(contacts="-"), PEOPLE)["audience_not_read"]
    assert level is Level.WARNING
    assert "the audience was not read" in sentence


@pytest.mark.parametrize(
    ("pool", "contacts", "level"),
    [
        ([LONDON], PEOPLE, Level.WARNING),
        ([NEW_YORK], PEOPLE, Level.OK),
        ([LONDON], "phone\n+12125550123\n", Level.OK),
    ],
)
def test_country_match_that_is_off_is_asked_about_where_there_is_something_to_match(
    check: Check, pool: list[str], contacts: str, level: Level
) -> None:
    found = check(tables(pool=pool, prefer_country_match=False), contacts)
    kind = "country_match_off" if level is Level.WARNING else "country_match"
    assert found[kind][0] is level


def test_contacts_of_no_country_are_not_a_country_that_is_not_covered(check: Check) -> None:
    found = check(tables(), PEOPLE + "+80012345678\n")
    level, sentence = found["no_country"]
    assert level is Level.WARNING
    assert sentence.startswith("The country of 1 contact, 33.3 % of the audience, is not known")
    assert "country_uncovered" not in found


def test_the_findings_are_printed_with_their_marks_and_as_json(
    config: Path, trunkline: Callable[..., Any]
) -> None:
    config.write_text(config.read_text().replace('pool = ["+442071838750"]', "pool = []"))

    printed = trunkline("check", str(config))
    (report,) = json.loads(trunkline("check", str(config), "--json").stdout)

    assert "⚠ The pool has 1 active number;" in printed.stdout
    assert "few_numbers" in [finding["kind"] for finding in report["findings"]]
