"""Check which carrier a connection names, and the simulated carrier's options."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from runtime.carriers.changes import check_number
from runtime.carriers.options import BadOption, Change, NumberChange, NumberOptions, SimulatedOptions
from trunkline.config.checks import check_table
from trunkline.config.models import NumberSimulatedTable, SimulatedTable
from trunkline.config.problems import Finding
from trunkline.config.suggest import unknown
from trunkline.config.wording import Path, quoted

SIMULATED = "simulated"
"""The carrier that comes with Trunkline and places no real call."""


def simulated_options(table: SimulatedTable) -> SimulatedOptions:
    """Return the carrier's options; raises BadOption where they can't be together."""
    changes = tuple(Change(**change.model_dump(exclude_none=True)) for change in table.changes)
    return SimulatedOptions(**table.model_dump(exclude_none=True, exclude={"changes"}), changes=changes)


def number_options(table: NumberSimulatedTable) -> NumberOptions:
    """Return what is different about one number; raises BadOption."""
    changes = tuple(NumberChange(**change.model_dump(exclude_none=True)) for change in table.changes)
    return NumberOptions(**table.model_dump(exclude_none=True, exclude={"changes"}), changes=changes)


def check_carriers(data: Mapping[str, Any], carriers: Collection[str]) -> Iterator[Finding]:
    """Return what is wrong with carriers' names and the simulated one's options."""
    known = [SIMULATED, *(name for name in carriers if name != SIMULATED)]
    lines: dict[str, SimulatedOptions | None] = {}
    others: dict[str, str] = {}
    for at, row in _rows(data, "connections"):
        carrier = row.get("carrier", SIMULATED)
        name = row.get("name")
        if not isinstance(carrier, str) or not carrier:
            continue
        if carrier not in known:
            yield Finding((*at, "carrier"), unknown("carrier", carrier, known))
        elif carrier != SIMULATED:
            if isinstance(name, str):
                others[name] = carrier
        else:
            options, findings = _line_options(row.get("options", {}), (*at, "options"))
            yield from findings
            if isinstance(name, str):
                lines[name] = options
    for at, row in _rows(data, "numbers"):
        if "simulated" in row:
            yield from _number(row, at, lines, others)


def _line_options(written: object, at: Path) -> tuple[SimulatedOptions | None, list[Finding]]:
    if not isinstance(written, dict):
        return None, []  # the connection's own check says so
    table, findings = check_table(SimulatedTable, written, at)
    if table is None:
        return None, findings
    try:
        return simulated_options(table), []
    except BadOption as error:
        return None, [_bad_option(error, at)]


def _number(
    row: Mapping[str, Any], at: Path, lines: Mapping[str, SimulatedOptions | None], others: Mapping[str, str]
) -> Iterator[Finding]:
    connection = row.get("connection")
    if not isinstance(connection, str):
        return
    if connection in others:
        carrier = quoted(others[connection])
        yield Finding(
            (*at, "simulated"),
            f"connection {quoted(connection)} has carrier {carrier}, not the simulated one",
            "key",
        )
        return
    table, _ = check_table(NumberSimulatedTable, row["simulated"])
    if table is None:
        return  # the number's own check says so
    try:
        options = number_options(table)
        line = lines.get(connection)
        if line is not None:
            check_number(line, options)
    except BadOption as error:
        yield _bad_option(error, (*at, "simulated"))


def _bad_option(error: BadOption, at: Path) -> Finding:
    parts = re.findall(r"\w+", error.option)
    return Finding((*at, *(int(part) if part.isdecimal() else part for part in parts)), error.reason)


def _rows(data: Mapping[str, Any], table: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    written = data.get(table)
    for index, row in enumerate(written if isinstance(written, list) else ()):
        if isinstance(row, dict):
            yield (table, index), row
