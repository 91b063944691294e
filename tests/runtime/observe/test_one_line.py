from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.observe.one_line import UNSAFE, encode_line, plain

any_text = st.text(st.characters(exclude_categories=()))  # surrogates too
any_integer = st.integers() | st.integers(min_value=2**63) | st.integers(max_value=-(2**64))
any_value = st.recursive(
    st.none() | st.booleans() | any_integer | st.floats() | any_text,
    lambda inner: st.lists(inner) | st.dictionaries(any_text, inner),
    max_leaves=10,
)


def read_back(value: Any) -> Any:
    """What json.loads is to give back: surrogate pairs joined, NaN and infinities None."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [read_back(item) for item in value]
        case dict():
            return {read_back(key): read_back(item) for key, item in value.items()}
        case _:
            return value


@given(any_value)
@example("\u0085\u2028\u2029\u009b\x7f\u202e\u2066\ufeff\x1b[2J\r\n\x0b\x0c\x1c\x1d\x1e")
@example(["\ud800", "é", 2**64, -(2**63) - 1, 10**639])
@example({"\udfff\u2028": 2**200})
def test_any_value_is_one_line_and_comes_back(value: Any) -> None:
    line = encode_line(value)

    text = line.decode()
    assert json.loads(line) == read_back(value)
    assert line.splitlines() == [line]
    assert text.splitlines() == [text]
    assert UNSAFE.search(text) is None
    assert not any(ord(character) < 0x20 for character in text)


@pytest.mark.parametrize(
    "character",
    [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
    + [
        *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ud800\udfff"
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_a_character_that_could_break_a_line_is_escaped(character: str) -> None:
    line = encode_line(f"a{character}b")

    assert line.isascii()
    assert character not in line.decode()
    assert json.loads(line) == f"a{character}b"


def test_other_text_stays_readable() -> None:
    assert encode_line({"name": "Zoë 李雷 😀"}) == '{"name":"Zoë 李雷 😀"}'.encode()


def test_an_integer_of_more_than_640_digits_is_hexadecimal_text() -> None:
    assert json.loads(encode_line(10**640 - 1)) == 10**640 - 1
    assert json.loads(encode_line(10**640)) == hex(10**640)
    assert json.loads(encode_line(-(10**640))) == hex(-(10**640))


def test_a_high_and_a_low_surrogate_are_read_as_their_character() -> None:
    assert json.loads(encode_line("\ud83d\ude00")) == "😀"


class Color(Enum):
    RED = "red"


class Point(msgspec.Struct):
    x: int


@dataclasses.dataclass
class Place:
    name: str


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        (Color.RED, "red"),
        (Point(1), {"x": 1}),
        (Place("here"), {"name": "here"}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        ({1: "a", None: "b", Color.RED: "c"}, {"1": "a", "null": "b", "red": "c"}),
        (datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05T00:00:00+00:00"),
        (Path("/var/log"), "/var/log"),
        (Decimal("1.10"), "1.10"),
        (b"raw", "<bytes>"),
        (object(), "<object>"),
    ],
)
@pytest.mark.parametrize("beside", [0, 2**70], ids=["fast", "slow"])
def test_what_json_does_not_know_is_written_by_rule(value: object, written: object, beside: int) -> None:
    assert json.loads(encode_line([value, beside])) == [written, beside]


def test_a_value_that_holds_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert b"<too deep>" in encode_line(endless)


def test_a_mapping_is_made_plain_all_the_way_down() -> None:
    value: Mapping[str, Any] = MappingProxyType({"a": MappingProxyType({"b": (1, math.inf)})})

    assert plain(value) == {"a": {"b": [1, None]}}
