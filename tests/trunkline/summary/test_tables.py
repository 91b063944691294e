"""The summary's tables as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.trunkline.summary.conftest import tables
from trunkline.summary import Summary
from trunkline.summary.tables import TABLES, write_tables

Summarize = Callable[..., Summary]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_file_for_every_table(run: Summarize, tmp_path: Path) -> None:
    write_tables(run(tables(), contacts=5), tmp_path / "deep" / "csv")

    found = {path.stem for path in (tmp_path / "deep" / "csv").iterdir()}
    assert found == {"run", "outcomes", "waits", "warnings", *TABLES}


@pytest.mark.parametrize("name", ["campaigns", "numbers", "connections", "tenants", "tiers", "tries"])
def test_a_table_holds_the_rows_of_the_summary(run: Summarize, tmp_path: Path, name: str) -> None:
    summary = run(tables())

    write_tables(summary, tmp_path)

    rows = [
        {key: "" if value is None else str(value) for key, value in msgspec.to_builtins(row).items()}
        for row in getattr(summary, name)
    ]
    assert rows
    assert read(tmp_path, name) == rows


def test_an_empty_table_still_names_its_columns(run: Summarize, tmp_path: Path) -> None:
    write_tables(run(tables(), contacts=5), tmp_path)

    header = (tmp_path / "thresholds.csv").read_text()
    assert header == "threshold,figure,value,passed,aborted_at\n"


def test_the_figures_of_the_run_stand_in_one_row(run: Summarize, tmp_path: Path) -> None:
    summary = run(tables())

    write_tables(summary, tmp_path)

    (row,) = read(tmp_path, "run")
    assert row["attempts"] == str(summary.attempts)
    assert row["reached"] == str(summary.contacts.reached)
    assert {row["attempts"]: row["count"] for row in read(tmp_path, "waits")} == {
        "all": str(summary.waits.all.count),
        "first": str(summary.waits.first.count),
        "retry": str(summary.waits.retry.count),
    }


def test_a_name_with_commas_quotes_and_lines_stays_one_cell(run: Summarize, tmp_path: Path) -> None:
    name = 'a, "b"; </script>'

    write_tables(run(tables(name=name), contacts=5), tmp_path)

    assert [row["campaign"] for row in read(tmp_path, "campaigns")] == [name]
