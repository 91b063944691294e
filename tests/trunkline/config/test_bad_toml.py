"""A configuration that is no TOML, or not well-formed: what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of
from trunkline.config import load_config

CASES: dict[str, tuple[Edit, str]] = {
    "five thousand opening brackets": (b"a = " + b"[" * 5000, ":1:21: nested deeper than 16; no option is"),
    "five thousand opening braces": (b"a = " + b"{a=" * 5000, ":1:53: nested deeper than 16; no option is"),
    "five thousand dots in a key": (b"a." * 5000 + b"a = 1", ":1:34: nested deeper than 16; no option is"),
    "an unclosed quote": (('"acme"', '"acme'), ":2:8: a quote is opened here and not closed"),
    "an unclosed single quote": (('"acme"', "'acme"), ":2:8: a quote is opened here and not closed"),
    "an unclosed long quote": ('x = """abc\n', ":28:5: a quote is opened here and not closed"),
    "an unclosed list": ("x = [1, 2\n", ':28:5: "[" is opened here and not closed'),
    "an unclosed table": ("x = {a = 1, ", ':28:5: "{" is opened here and not closed'),
    "a NUL": (("acme", "ac\x00me"), ":2:11: a NUL byte; a configuration is text"),
    "not UTF-8": (
        b'[[tenants]]\nname = "caf\xe9"\n',
        ":2:12: byte 23 (0xe9) is not UTF-8; save the file as UTF-8",
    ),
    "UTF-16": (
        b"\xff\xfe[\x00[\x00t\x00e\x00n\x00a\x00n\x00t\x00s\x00]\x00]\x00\n\x00",
        ":1:1: byte 0 (0xff) is not UTF-8; save the file as UTF-8",
    ),
    "not TOML at all": (
        b"id,phone\n1,+14155550100\n",
        ":1:3: not TOML: expected '=' after a key in a key/value pair",
    ),
    "JSON": (b'{"tenants": []}', ":1:1: not TOML: invalid statement"),
    "text without quotes": (
        ('name = "acme"', "name = acme"),
        ':2:8: not TOML: no value; text stands in quotes: "acme"',
    ),
    "True in capitals": ("keep_open = True\n", ":28:13: not TOML: write true in small letters"),
    "a key without a value": ("keep_open =\n", ":28:12: not TOML: a value is missing"),
    "a key without its equals sign": (
        "keep_open\n",
        ":28:10: not TOML: expected '=' after a key in a key/value pair",
    ),
    "a key that stands twice": (
        "contacts = 'b.csv'\n",
        ":28:1: campaigns[0].contacts: stands twice; first in line 27",
    ),
    "a table that stands twice": ("\n[run]\n\n[run]\n", ":31:1: run: stands twice; first in line 29"),
    "two statements on a line": (
        "keep_open = true recording = true\n",
        ":28:18: not TOML: expected newline or end of document after a statement",
    ),
    "an escape that is none": (
        ('"contacts.csv"', '"C:\\contacts.csv"'),
        ':27:17: not TOML: a backslash begins an escape; write "\\\\", or the text in single quotes',
    ),
    "an integer of five thousand digits": (
        "priority = " + "9" * 5000 + "\n",
        ":28:12: not TOML: a number of thousands of digits",
    ),
    "a date that isn't one": (
        "start_at = 2026-02-30T09:00:00Z\n",
        ":28:12: not TOML: invalid date or datetime",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]


def test_the_sound_configuration_is_sound(pilot: str, tmp_path: Path) -> None:
    file = tmp_path / "pilot.toml"
    file.write_text(pilot)
    assert load_config(file).settings().campaigns[0].name == "spring"
