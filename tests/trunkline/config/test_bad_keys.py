"""Keys and tables that don't exist, are missing or are of another shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "an unknown key": (
        ('\nconnection = "east"', '\nconnection = "east"\nenabld = true'),
        ':17:1: numbers[0].enabld: unknown key; one of "number", "tenant", "connection", "status", "max_concurrent", "max_calls_per_day", "timezone", "simulated"',
    ),
    "a mistyped key that is needed": (
        ('connection = "east"', 'conection = "east"'),
        ':16:1: numbers[0].conection: unknown key; did you mean "connection"?',
    ),
    "a key of another table": (
        ("max_concurrent = 40", "max_concurrent = 40\nmax_attempts = 3"),
        ":4:1: tenants[0].max_attempts: unknown key; it is an option of [[campaigns]]",
    ),
    "a key unlike any": (
        ("max_concurrent = 40", "max_concurrent = 40\nzzz = 3"),
        ':4:1: tenants[0].zzz: unknown key; one of "name", "max_concurrent"',
    ),
    "an unknown table": ("\n[runn]\nseed = 1\n", ':29:2: runn: unknown key; did you mean "run"?'),
    "a mistyped list of tables": (
        ("[[campaigns]]", "[[campaign]]"),
        ':23:3: campaign: unknown key; did you mean "campaigns"?',
    ),
    "a list of tables written as one": (
        ("[[campaigns]]", "[campaigns]"),
        ":23:1: campaigns: must be a list of tables, not a table; write [[campaigns]]",
    ),
    "a table written as a list": (
        "\n[[run]]\nseed = 1\n",
        ":29:1: run: must be one table, not a list; write [run]",
    ),
    "a value where a table stands": (
        ("\n[[campaigns]]", '\n[scenario]\nevents = ["x"]\n\n[[campaigns]]'),
        ':24:11: scenario.events[0]: must be a table, not "x"; write [[scenario.events]]',
    ),
    "a missing key": (("max_concurrent = 40\n", ""), ':1:1: tenants[0]: missing key "max_concurrent"'),
    "no primary": (('primary = "+14155550100"\n', ""), ':23:1: campaigns[0]: missing key "primary"'),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
