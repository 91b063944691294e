"""Counts, names and switches that are of another type, or out of bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "a boolean for a count": (
        ("max_concurrent = 40", "max_concurrent = true"),
        ":3:18: tenants[0].max_concurrent: must be a whole number, not true",
    ),
    "text for a count": (
        ("max_concurrent = 40", 'max_concurrent = "40"'),
        ':3:18: tenants[0].max_concurrent: must be a whole number, not "40"; leave out the quotes',
    ),
    "a fraction for a count": (
        ("max_concurrent = 40", "max_concurrent = 40.5"),
        ":3:18: tenants[0].max_concurrent: must be a whole number, not 40.5",
    ),
    "a negative count": (
        ("max_concurrent = 40", "max_concurrent = -40"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not -40",
    ),
    "a count of nothing": (
        ("max_concurrent = 40", "max_concurrent = 0"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not 0",
    ),
    "a count over a million": (
        ("max_concurrent = 40", "max_concurrent = 1_000_001"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not 1000001",
    ),
    "a number for a name": (('"acme"', "7"), ":2:8: tenants[0].name: must be text, not 7; put it in quotes"),
    "an empty name": (('"acme"', '""'), ":2:8: tenants[0].name: must not be empty"),
    "a name with a line break": (
        ('"acme"', '"ac\\nme"'),
        ':2:8: tenants[0].name: "ac\\nme" must be printable, without a space at either end',
    ),
    "an escape sequence in a name": (
        ('"acme"', '"\\u001b[31macme"'),
        ':2:8: tenants[0].name: "\\x1b[31macme" must be printable, without a space at either end',
    ),
    "a list for a name": (('"acme"', '["acme"]'), ":2:8: tenants[0].name: must be text, not a list"),
    "text for a boolean": (
        'keep_open = "yes"\n',
        ':28:13: campaigns[0].keep_open: must be true or false, not "yes"',
    ),
    "a number for a boolean": (
        "recording = 1\n",
        ":28:13: campaigns[0].recording: must be true or false, not 1",
    ),
    "exploration above one": (
        "exploration = 1.1\n",
        ":28:15: campaigns[0].exploration: must be 0 to 1, not 1.1",
    ),
    "a prior of nothing": (
        "prior_attempts = 0\n",
        ":28:18: campaigns[0].prior_attempts: must be above 0 and at most 1,000,000, not 0",
    ),
    "a list for the pool's number": (
        ('["+14155550100", "+4', '[["+14155550100"], "+4'),
        ":26:9: campaigns[0].pool[0]: must be text, not a list",
    ),
    "text for the pool": (
        ('pool = ["+14155550100", "+442071838750"]', 'pool = "+14155550100"'),
        ':26:8: campaigns[0].pool: must be a list, not "+14155550100"',
    ),
    "a negative seed": (
        "\n[run]\nseed = -1\n",
        ":30:8: run.seed: must be 0 to 9,223,372,036,854,775,807, not -1",
    ),
    "a time scale of nothing": (
        "\n[run]\ntime_scale = 0\n",
        ":30:14: run.time_scale: must be above 0 and at most 1,000, not 0",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
