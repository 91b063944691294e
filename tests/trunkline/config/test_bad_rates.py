"""What simulated calls can't come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "a rate above one": (
        ('name = "east"', 'name = "east"\noptions.answer_rate = 1.5'),
        ":7:23: connections[0].options.answer_rate: must be 0 to 1, not 1.5",
    ),
    "rates that add up to more than one": (
        ('name = "east"', 'name = "east"\noptions.answer_rate = 0.9'),
        ":7:23: connections[0].options.answer_rate: answer_rate 0.9 + voicemail_rate 0.25 + busy_rate 0.05 + reject_rate 0.02 + failure_rate 0.01 = 1.23 of the attempts; the sum must be at most 1",
    ),
    "a change without its time": (
        ('name = "east"', 'name = "east"\noptions.changes = [{answer_rate = 0.1}]'),
        ':7:20: connections[0].options.changes[0]: missing key "at"',
    ),
    "a change that changes nothing": (
        ('name = "east"', 'name = "east"\noptions.changes = [{at = "1h"}]'),
        ":7:20: connections[0].options.changes[0]: names a time but nothing that changes then",
    ),
    "a number's rates over its connection's": (
        ('connection = "east"', 'connection = "east"\nsimulated.busy_rate = 0.9'),
        ":17:23: numbers[0].simulated.busy_rate: answer_rate 0.3 + voicemail_rate 0.25 + busy_rate 0.9 + reject_rate 0.02 + failure_rate 0.01 = 1.48 of the attempts; the sum must be at most 1",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
