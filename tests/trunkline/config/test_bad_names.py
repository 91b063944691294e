"""Tenants, connections, numbers and campaigns that stand twice, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "a second tenant of the same name": (
        (
            '\n[[connections]]\nname = "east"',
            '\n[[tenants]]\nname = "acme"\nmax_concurrent = 1\n\n[[connections]]\nname = "east"',
        ),
        ':6:8: tenants[1].name: "acme" stands twice; first in tenants[0]',
    ),
    "a second connection of the same name": (
        '\n[[connections]]\nname = "east"\nmax_concurrent = 1\n',
        ':30:8: connections[2].name: "east" stands twice; first in connections[0]',
    ),
    "the same number written otherwise": (
        '\n[[numbers]]\nnumber = "+1 (415) 555-0100"\nconnection = "east"\n',
        ':30:10: numbers[2].number: "+14155550100" stands twice; first in numbers[0]',
    ),
    "a second campaign of the same name": (
        '\n[[campaigns]]\nname = "spring"\nprimary = "+14155550100"\n',
        ':30:8: campaigns[1].name: "spring" stands twice; first in campaigns[0]',
    ),
    "a number twice in the pool": (
        ('["+14155550100", "+4', '["+14155550100", "+1 415 555 0100", "+4'),
        ':26:25: campaigns[0].pool[1]: "+14155550100" stands twice in the pool',
    ),
    "a number written nationally": (
        ('number = "+14155550100"', 'number = "(415) 555-0100"'),
        ':15:10: numbers[0].number: "(415) 555-0100" must be written internationally, as in "+14155550100"',
    ),
    "a number written with 00": (
        ('number = "+14155550100"', 'number = "00 1 415 555 0100"'),
        ':15:10: numbers[0].number: "00 1 415 555 0100" must be written internationally, as in "+14155550100"',
    ),
    "a number with letters": (
        ('number = "+14155550100"', 'number = "+1 800 FLOWERS"'),
        ':15:10: numbers[0].number: "+1 800 FLOWERS" is no phone number; write it as in "+14155550100"',
    ),
    "a number that is too short": (
        ('number = "+14155550100"', 'number = "+1415555"'),
        ':15:10: numbers[0].number: "+1415555" is no valid phone number: too short',
    ),
    "a number in no range": (
        ('number = "+14155550100"', 'number = "+14150000100"'),
        ':15:10: numbers[0].number: "+14150000100" is no valid phone number: no such range in its country',
    ),
    "a number of no country": (
        ('number = "+14155550100"', 'number = "+999155550100"'),
        ':15:10: numbers[0].number: "+999155550100" is no valid phone number: no such country code, or too few or too many digits',
    ),
    "a number without quotes": (
        ('number = "+14155550100"', "number = 14155550100"),
        ':15:10: numbers[0].number: must be text, not 14155550100; put it in quotes, as in "+14155550100"',
    ),
    "a number not in the inventory": (
        ('primary = "+14155550100"', 'primary = "+14155550101"'),
        ':25:11: campaigns[0].primary: "+14155550101" is not in the inventory; did you mean "+14155550100"?',
    ),
    "an unknown connection": (
        ('connection = "east"', 'connection = "eats"'),
        ':16:14: numbers[0].connection: no connection "eats"; did you mean "east"?',
    ),
    "an unknown tenant": (
        'tenant = "acne"\n',
        ':28:10: campaigns[0].tenant: no tenant "acne"; did you mean "acme"?',
    ),
    "an unknown carrier": (
        ('name = "east"', 'name = "east"\ncarrier = "simulatd"'),
        ':7:11: connections[0].carrier: no carrier "simulatd"; did you mean "simulated"?',
    ),
    "an unknown option of the simulated carrier": (
        ('name = "east"', 'name = "east"\noptions.answer_rat = 0.1'),
        ':7:9: connections[0].options.answer_rat: unknown key; did you mean "answer_rate"?',
    ),
    "an unknown campaign to run": (
        '\n[run]\ncampaign = "sprng"\n',
        ':30:12: run.campaign: no campaign "sprng"; did you mean "spring"?',
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
