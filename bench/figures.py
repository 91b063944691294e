"""The form that all benches share: a table, ratios with their aims, options.

A bench measures `Figures` and hands them to `present`. Whoever reads the
figures of another machine looks at the ratios first: what is compared ran
there in turns, so that a busy machine hits all sides alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

Cell: TypeAlias = str | int | float | None


class Ratio(msgspec.Struct, frozen=True):
    """One figure over another; `at_least` and `at_most` are what it aims at."""

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def aim(self) -> str:
        """Say the aim as people write it; empty where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    @property
    def met(self) -> bool:
        """Tell whether the aim is met; without one it is."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


class Figures(msgspec.Struct, frozen=True):
    """What a bench has measured: rows by column name, each named in the first.

    Aims are not `judged` where the sizes were too small to say anything.
    """

    bench: str
    settings: dict[str, Cell]
    rows: list[dict[str, Cell]]
    ratios: list[Ratio]
    notes: list[str] = []
    judged: bool = True

    def as_json(self) -> str:
        """Write all of it, and the machine, as one JSON object."""
        tree = msgspec.to_builtins(self)
        for row, ratio in zip(tree["ratios"], self.ratios, strict=True):
            row["met"] = ratio.met if self.judged else None
        return json.dumps({**tree, "machine": machine()}, ensure_ascii=False)

    def as_table(self) -> str:
        """Write a table of the rows and one of the ratios."""
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        body = [columns, *([_text(row.get(column)) for column in columns] for row in self.rows)]
        parts = [_aligned(body)]
        if self.ratios:
            told = [[one.name, f"{one.value:.2f}", one.aim, self._verdict(one)] for one in self.ratios]
            parts.append(_aligned([["ratio", "", "aim", ""], *told]))
        return "\n\n".join([*parts, *self.notes])

    def _verdict(self, ratio: Ratio) -> str:
        if not ratio.aim:
            return ""
        if not self.judged:
            return "not judged"
        return "met" if ratio.met else "missed"


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.2f}" if abs(cell) < 1000 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def machine() -> dict[str, Cell]:
    """Name what the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux: what platform knows has to do
    return platform.processor()


def parser(name: str, description: str, *, seeded: bool = True) -> argparse.ArgumentParser:
    """Make a parser of what every bench takes: --json, --quick and, if it draws, --seed."""
    made = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=description)
    if seeded:
        made.add_argument("--seed", type=int, default=1, help="what the draws come from (default: 1)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    made.add_argument(
        "--quick", action="store_true", help="measure tiny sizes, to see that all runs; no aim is judged"
    )
    return made


def present(
    options: argparse.ArgumentParser,
    measure: Callable[[argparse.Namespace], Figures],
    arguments: Sequence[str] | None = None,
) -> None:
    """Measure by the command line and print."""
    given = options.parse_args(arguments)
    figures = msgspec.structs.replace(measure(given), judged=not given.quick)
    sys.stdout.write((figures.as_json() if given.json else figures.as_table()) + "\n")
