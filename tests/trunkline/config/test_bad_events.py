"""Events of a scenario that can't happen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "an unknown kind of event": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_numbr"\nnumber = "+14155550100"\n',
        ':31:8: scenario.events[0].kind: "flag_numbr" is no value of this option; did you mean "flag_number"?',
    ),
    "an event that lacks its number": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_number"\n',
        ':29:1: scenario.events[0]: missing key "number"; flag_number needs number',
    ),
    "an event with a key too many": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "tenant_cap"\nlimit = 3\ncampaign = "spring"\n',
        ":33:1: scenario.events[0].campaign: tenant_cap takes no campaign, only tenant, limit, factor and lasts",
    ),
    "an event about an unknown number": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_number"\nnumber = "+14155550111"\n',
        ':32:10: scenario.events[0].number: "+14155550111" is not in the inventory; did you mean "+14155550100"?',
    ),
    "an event that adds what is there": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "add_number"\nnumber = "+14155550100"\nconnection = "east"\n',
        ':32:10: scenario.events[0].number: "+14155550100" is in the inventory already',
    ),
    "an event about an unknown campaign": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "pause_campaign"\ncampaign = "autumn"\n',
        ':32:12: scenario.events[0].campaign: no campaign "autumn"; one of "spring"',
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
