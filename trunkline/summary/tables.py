"""The tables of a summary as CSV files, one a table."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from trunkline.summary.figures import Summary

TABLES = ("campaigns", "fleet", "numbers", "connections", "tenants", "tiers", "tries", "thresholds", "advice")
"""The lists of the summary; each is a table as it stands."""

Rows = Sequence[Mapping[str, Any]]


def tables_of(summary: Summary) -> dict[str, Rows]:
    """Return the rows of every table by its name, also of those without any."""
    tables: dict[str, Rows] = {"run": [_run(summary)]}
    for name in TABLES:
        tables[name] = [msgspec.to_builtins(row) for row in getattr(summary, name)]
    tables["outcomes"] = [{"outcome": outcome, "calls": calls} for outcome, calls in summary.outcomes.items()]
    tables["waits"] = [
        {"attempts": name, **msgspec.to_builtins(getattr(summary.waits, name))}
        for name in ("all", "first", "retry")
    ]
    tables["warnings"] = [{"warning": warning} for warning in summary.warnings]
    return tables


def columns_of(name: str) -> list[str]:
    """Return the columns of a table that the summary holds as a list."""
    field = next(field for field in msgspec.structs.fields(Summary) if field.name == name)
    row = msgspec.inspect.type_info(field.type)
    assert isinstance(row, msgspec.inspect.ListType)
    assert isinstance(row.item_type, msgspec.inspect.StructType)
    return [column.name for column in row.item_type.fields]


def write_tables(summary: Summary, folder: Path) -> None:
    """Write NAME.csv for every table into a folder, made if need be; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables_of(summary).items():
        columns = columns_of(name) if name in TABLES else list(rows[0]) if rows else ["warning"]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _run(summary: Summary) -> dict[str, Any]:
    """Return the figures of the run as a whole, in one row."""
    row = {
        name: value
        for name, value in msgspec.structs.asdict(summary).items()
        if isinstance(value, str | int | float | None)
    }
    return {**row, **msgspec.to_builtins(summary.contacts)}
