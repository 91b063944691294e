"""What is set differently: written, combined, laid over a configuration."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.experiment.grid import BadSetting, applied, label, read_settings

TABLES: dict[str, Any] = {
    "tenants": [{"name": "acme", "max_concurrent": 5}],
    "connections": [{"name": "east", "max_concurrent": 5}, {"name": "west", "max_concurrent": 6}],
    "numbers": [{"number": "+14155550100", "connection": "east"}],
    "campaigns": [{"name": "spring"}, {"name": "autumn"}],
}


def test_without_a_setting_there_is_one_as_written() -> None:
    assert read_settings([]) == [{}]
    assert label({}) == "as written"


def test_several_settings_make_a_grid_whose_first_values_come_first() -> None:
    grid = read_settings(["rotation=thompson,uniform", "max_attempts=1,2"])

    assert [label(one) for one in grid] == [
        "rotation=thompson max_attempts=1",
        "rotation=thompson max_attempts=2",
        "rotation=uniform max_attempts=1",
        "rotation=uniform max_attempts=2",
    ]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_has_every_combination_once(sizes: list[int]) -> None:
    keys = ["exploration", "share", "max_attempts", "priority"]
    written = [f"{key}={','.join(map(str, range(size)))}" for key, size in zip(keys, sizes, strict=False)]

    grid = read_settings(written)

    expected = 1
    for size in sizes:
        expected *= size
    assert len({label(one) for one in grid}) == len(grid) == expected


@pytest.mark.parametrize(
    ("written", "value"),
    [("10", 10), ("0.5", 0.5), ("true", True), ("thompson", "thompson"), ('"15m"', "15m"), ("15m", "15m")],
)
def test_a_value_is_tomls_or_else_text(written: str, value: object) -> None:
    (setting,) = read_settings([f"rotation={written}"])

    assert setting == {"rotation": value}


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("rotation", [("campaigns", 0, "rotation"), ("campaigns", 1, "rotation")]),
        ("campaigns.autumn.share", [("campaigns", 1, "share")]),
        ("tenants.max_concurrent", [("tenants", 0, "max_concurrent")]),
        ("connections.west.max_concurrent", [("connections", 1, "max_concurrent")]),
        ('numbers."+14155550100".status', [("numbers", 0, "status")]),
    ],
)
def test_a_key_says_which_rows_it_is_laid_over(key: str, where: list[tuple[str, int, str]]) -> None:
    changed = applied({key: 9}, TABLES)

    touched = [
        (table, index, name)
        for table, rows in changed.items()
        for index, row in enumerate(rows)
        for name, value in row.items()
        if value == 9
    ]
    assert touched == where
    assert applied({}, TABLES) == TABLES, "what is given stays as it is"


def test_a_key_can_lead_into_a_table_of_a_row() -> None:
    changed = applied({"connections.east.options.answer_rate": 0.5}, TABLES)

    assert changed["connections"][0]["options"] == {"answer_rate": 0.5}
    assert "options" not in changed["connections"][1]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["rotation"], "write it as in"),
        (["=3"], "write it as in"),
        (["rotation="], "write it as in"),
        (["rotatio=uniform"], '"rotatio" is no option of a campaign; did you mean "rotation"'),
        (["max_concurent.x=3"], 'there is no table "max_concurent"'),
        (["rotation=uniform", "rotation=thompson"], '"rotation" is set twice'),
        (["rotation=uniform,uniform"], "a value stands twice"),
        (["a..b=1"], '"a..b" is no key'),
    ],
)
def test_what_can_not_be_set_is_refused(written: list[str], said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        read_settings(written)


def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadSetting, match='no connection "eats"; did you mean "east"'):
        applied({"connections.eats.max_concurrent": 3}, TABLES)
