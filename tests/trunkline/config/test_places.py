from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.config.places import Places
from trunkline.config.tokens import tokens, too_deep, unclosed_bracket, unclosed_quote
from trunkline.config.wording import Path

TEXT = """\
# a comment with [brackets] and "quotes
[[tenants]]
name = "acme"   # trailing

[[numbers]]
number = "+14155550100"
[numbers.simulated]
changes = [
  {at = "2h", answer_rate = 0.05},  # first
  {at = '3h',
]
[[numbers]]
"odd.key" = '''
[not.a.table]
'''
simulated.answer_rate = 0.5
pool = ["a", "b",
  "c"]
at = 2026-03-01 09:00:00
last = true
"""
GOOD = TEXT.replace("{at = '3h',", "{at = '3h'},")


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("tenants",), (2, 3), (2, 1)),
        (("tenants", 0), (2, 1), (2, 1)),
        (("tenants", 0, "name"), (3, 1), (3, 8)),
        (("numbers", 0, "number"), (6, 1), (6, 10)),
        (("numbers", 0, "simulated"), (7, 10), (7, 1)),
        (("numbers", 0, "simulated", "changes"), (8, 1), (8, 11)),
        (("numbers", 0, "simulated", "changes", 0), (9, 3), (9, 3)),
        (("numbers", 0, "simulated", "changes", 0, "answer_rate"), (9, 15), (9, 29)),
        (("numbers", 0, "simulated", "changes", 1, "at"), (10, 4), (10, 9)),
        (("numbers", 1), (12, 1), (12, 1)),
        (("numbers", 1, "odd.key"), (13, 1), (13, 13)),
        (("numbers", 1, "simulated"), (16, 1), (16, 1)),
        (("numbers", 1, "simulated", "answer_rate"), (16, 11), (16, 25)),
        (("numbers", 1, "pool", 1), (17, 14), (17, 14)),
        (("numbers", 1, "pool", 2), (18, 3), (18, 3)),
        (("numbers", 1, "at"), (19, 1), (19, 6)),
        (("numbers", 1, "last"), (20, 1), (20, 8)),
    ],
)
def test_a_key_and_its_value_are_found(path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
    tomllib.loads(GOOD)
    places = Places(GOOD)
    assert places.key(path) == key
    assert places.value(path) == value


def test_what_is_not_there_is_placed_at_the_nearest_table_around_it() -> None:
    places = Places(GOOD)
    assert places.value(("numbers", 1, "simulated", "nothing", 3, "x")) == (16, 1)
    assert places.value(("nowhere",)) == (1, 1)


def test_columns_count_characters_not_bytes() -> None:
    assert Places('"straße" = {"größe" = 3}').value(("straße", "größe")) == (1, 23)


def test_escapes_in_a_quoted_key_are_read() -> None:
    assert Places('"a\\u00e9\\t\\"" = 1').value(('aé\t"',)) == (1, 17)


def test_a_header_within_a_list_of_tables_belongs_to_its_last_item() -> None:
    places = Places("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nx = 1\n[a.c]\ny = 2\n")
    assert places.value(("a", 1, "b", 1, "x")) == (6, 5)
    assert places.value(("a", 1, "c", "y")) == (8, 5)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a = 1\nb = 2\na = 3", ("a",)),
        ("[run]\nseed = 1\nseed = 2", ("run", "seed")),
        ("[run]\n[run]", ("run",)),
        ("x = {a = 1, a = 2}", ("x", "a")),
        ("[[n]]\na=1\n[[n]]\na=1\na=2", ("n", 1, "a")),
    ],
)
def test_a_key_that_stands_twice_is_noticed(text: str, path: Path) -> None:
    repeated = Places(text).repeated
    assert repeated is not None
    assert repeated.path == path
    assert repeated.first < repeated.second


def test_a_table_after_its_own_subtable_is_no_repetition() -> None:
    text = "[a.b]\nx = 1\n[a]\ny = 2\n[[c]]\n[[c]]\n"
    tomllib.loads(text)
    assert Places(text).repeated is None


def test_what_goes_before_a_fault_is_placed_all_the_same() -> None:
    assert Places(TEXT).value(("numbers", 0, "number")) == (6, 10)


@given(st.text(alphabet="ab[]{}\"'=.,#\n \\\t1é", max_size=80))
def test_any_text_at_all_can_be_searched(text: str) -> None:
    Places(text).value(("a", 0, "b"))
    assert "".join(token.text for token in tokens(text)) == text
    for offset in (too_deep(text, 2), unclosed_quote(text), unclosed_bracket(text)):
        assert offset is None or 0 <= offset < len(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("[" * 17, 16),
        ("a = " + "[" * 16 + "]" * 16, None),
        ("a = " + "{x=" * 17, 4 + 3 * 16),
        ("a = [[1], [2], [3]]\n" * 40, None),
        ('a = "' + "[" * 40 + '"', None),
        ("a = '''\n" + "[" * 40 + "'''", None),
        ("# " + "[" * 40, None),
        (".".join("a" * 17) + " = 1", None),
        (".".join("a" * 18) + " = 1", 33),
        ('"a" . ' * 17 + "a", 6 * 16 + 4),
        ("a.b = 1.5\n" * 30, None),
    ],
)
def test_depth_counts_brackets_and_dotted_keys_outside_quotes(text: str, offset: int | None) -> None:
    assert too_deep(text, 16) == offset


KEYS = ["a", "b-1", "c.d", "e=f", "g#h", "é", "", " ", "[x]", 'q"q', "back\\slash", "1"]


def _key(key: str) -> str:
    if key and all(c.isascii() and (c.isalnum() or c == "-") for c in key):
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Writer:
    """Writes tables of integers as TOML, each the way that a draw decides."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.lines: list[str] = []

    def flip(self) -> bool:
        return self.data.draw(st.booleans())

    def inline(self, value: Any) -> str:
        space = " " if self.flip() else ""
        if isinstance(value, dict):
            pairs = (f"{_key(k)}{space}={space}{self.inline(v)}" for k, v in value.items())
            return "{" + f"{space},{space}".join(pairs) + "}"
        if isinstance(value, list):
            joint = "," + ("\n  # ] }\n" if self.flip() else space)
            return "[" + space + joint.join(map(self.inline, value)) + space + "]"
        return str(value)

    def table(self, table: dict[str, Any], header: tuple[str, ...]) -> None:
        later: list[tuple[str, Any]] = []
        for key, value in table.items():
            if (isinstance(value, dict) and self.flip()) or (
                isinstance(value, list) and value and all(map(_is_table, value)) and self.flip()
            ):
                later.append((key, value))
            elif isinstance(value, dict) and len(value) == 1 and self.flip():
                (inner, item), *_ = value.items()
                self.lines.append(f"{_key(key)} . {_key(inner)} = {self.inline(item)}")
            else:
                self.lines.append(f"\t{_key(key)} = {self.inline(value)} # [c] = 'x")
        for key, value in later:
            name = ".".join(map(_key, (*header, key)))
            for item in value if isinstance(value, list) else [value]:
                self.lines.append(f"[[ {name} ]]" if isinstance(value, list) else f"[{name}]")
                self.table(item, (*header, key))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _leaves(value: Any, path: Path = ()) -> list[tuple[Path, int]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [(path, value)]


TREES = st.dictionaries(
    st.sampled_from(KEYS),
    st.recursive(
        st.integers(min_value=1000, max_value=9_999_999),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
        max_leaves=12,
    ),
    max_size=5,
)


@given(TREES, st.data())
def test_every_value_of_a_text_that_tomllib_reads_is_found(tree: dict[str, Any], data: st.DataObject) -> None:
    writer = Writer(data)
    writer.table(tree, ())
    text = "\n".join(writer.lines)
    assert tomllib.loads(text) == tree
    places = Places(text)
    lines = text.split("\n")
    for path, number in _leaves(tree):
        line, column = places.value(path)
        assert lines[line - 1][column - 1 :].startswith(str(number))
        if isinstance(path[-1], str):
            line, column = places.key(path)
            assert lines[line - 1][column - 1 :].startswith(_key(path[-1]))
    assert places.repeated is None
