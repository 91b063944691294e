"""`trunkline compare`: two runs side by side."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.file_errors import why
from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage

if TYPE_CHECKING:
    from trunkline.compare import Comparison, Difference
    from trunkline.compare.regression import Judged
    from trunkline.summary import Summary

VARIABLE = "TRUNKLINE_MAX_REGRESSION"


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="The summary.json of a run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The summary.json of another run.")],
    max_regression: Annotated[
        list[str] | None,
        typer.Option(
            "--max-regression",
            help='The most that B may be worse in a figure: "answer_rate 2%" of A\'s, or "wait.p95 30s"; '
            f"more is exit code 3. May be given several times. [env var: {VARIABLE}, separated by ;]",
        ),
    ] = None,
    level: Annotated[float, option("level", "The level of the confidence intervals.")] = 0.95,
    everything: Annotated[bool, option("all", "Show every figure, also those that are equal.")] = False,
    json_output: Json = False,
) -> None:
    """Put two runs side by side, with their differences and how sure these are."""
    from trunkline.compare import BadRegression, judge, read_regression
    from trunkline.compare import compare as compare_summaries

    if not 0.0 < level < 1.0:
        raise usage(f"--level: {level:g} is none; it must be between 0 and 1")
    written = max_regression or [one for one in os.environ.get(VARIABLE, "").split(";") if one.strip()]
    try:
        regressions = [read_regression(one) for one in written]
        comparison = compare_summaries(_read(a), _read(b), level=level)
        judged = judge(comparison, regressions)
    except BadRegression as error:
        raise usage(f"--max-regression: {error}") from None
    if json_output:
        _print_json(comparison, judged)
    else:
        _print(comparison, judged, a, b, everything=everything)
    failed = [one for one in judged if not one.passed]
    for one in failed:
        worse = "it has no value" if one.worse_by is None else f"worse by {one.worse_by:.6g}"
        print(f"trunkline: --max-regression {one.regression!r}: {worse}", file=sys.stderr)
    if failed:
        raise typer.Exit(Exit.STALLED)


def _read(path: str) -> Summary:
    import msgspec

    from trunkline.summary.schema import UnknownVersion, read_summary

    try:
        return read_summary(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as error:
        raise usage(f"{path} can't be read: {why(error, reading=True)}") from None
    except UnknownVersion as error:
        raise usage(f"{path}: {error}") from None
    except msgspec.DecodeError as error:
        raise usage(f"{path}: no summary of a run: {error}") from None


def _print_json(comparison: Comparison, judged: list[Judged]) -> None:
    import msgspec

    value = {**msgspec.to_builtins(comparison), "regressions": msgspec.to_builtins(judged)}
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _print(comparison: Comparison, judged: list[Judged], a: str, b: str, *, everything: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from trunkline.cli.checking import console

    out = console()
    table = Table(title=Text(f"A {a} (run {comparison.a}), B {b} (run {comparison.b})"), title_justify="left")
    percent = f"{100 * comparison.level:g} % interval"
    for column in ("figure", "A", "B", "B - A", percent, ""):
        table.add_column(column, justify="left" if column in ("figure", "") else "right", no_wrap=True)
    for one in comparison.differences:
        if not everything and (one.difference == 0 or (one.a is None and one.b is None)):
            continue
        interval = "" if one.low is None else f"{_number(one.low)} … {_number(one.high)}"
        cells = (one.figure, _number(one.a), _number(one.b), _number(one.difference, sign=True), interval)
        table.add_row(*map(Text, cells), Text(_verdict(one)))
    out.print(table)
    for passed in judged:
        out.print(Text(f"{'✓' if passed.passed else '✗'} max regression {passed.regression}"))


def _verdict(one: Difference) -> str:
    if not one.certain or not one.better or one.worsening is None:
        return ""
    return "worse" if one.worsening > 0 else "better"


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "–"
    whole = float(value).is_integer() and abs(value) < 1e15
    return f"{int(value):{'+' if sign else ''},}" if whole else f"{value:{'+' if sign else ''}.4g}"
