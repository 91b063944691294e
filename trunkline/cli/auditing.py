"""`trunkline audit`: check a log against every rule."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, option
from trunkline.summary.wording import counted

if TYPE_CHECKING:
    from trunkline.audit import Report
    from trunkline.audit.logs import Lines


def audit(
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="LOG", help='The log; rotated parts oldest first; "-" is standard input.'),
    ] = None,
    most: Annotated[int, option("most", "How many violations of each rule are shown.")] = 10,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            envvar="TRUNKLINE_COMPLETE",
            help="Expect the log to be whole: it ends with engine.stopped, and so has every call.",
        ),
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", envvar="TRUNKLINE_RULES", help="List the rules, and audit nothing.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Check a log, of any run, against every rule, from the log alone."""
    from trunkline.audit import RULES, audit_log

    if rules:
        listed = [{"rule": rule.name, "sentence": rule.sentence} for rule in RULES]
        if json_output:
            _print_json(listed)
        else:
            _print_rules(listed)
        return
    if not logs:
        raise typer.BadParameter('which log? "-" is standard input', param_hint="LOG")
    report, lines = audit_log(logs, most=most, complete=complete)
    if json_output:
        _print_json(_table(report, lines))
    else:
        _print_report(report, lines)
    if not report.clean:
        raise typer.Exit(Exit.VIOLATION)


def _table(report: Report, lines: Lines) -> dict[str, Any]:
    """Tell every line by its file and its number there."""
    table: dict[str, Any] = {"clean": report.clean, **msgspec.to_builtins(report)}
    for row in (*table["violations"], *table["open_calls"]):
        row["file"], row["line"] = lines.place(row["line"])
    return table


def _print_report(report: Report, lines: Lines) -> None:
    sentences = _sentences()
    for rule, found in groupby(sorted(report.violations, key=lambda one: one.rule), lambda one: one.rule):
        count = report.counts[rule]
        print(f"{rule}: {counted(count, 'violation')}. {sentences[rule]}")
        shown = list(found)
        for one in shown:
            path, line = lines.place(one.line)
            print(f"  {path}:{line}: expected {one.expected}")
            if one.text:
                print(f"    {one.text}")
        if count > len(shown):
            print(f"  and {count - len(shown):,} more")
        print()
    for note in report.notes:
        print(f"trunkline: {note}", file=sys.stderr)
    if report.open_calls:
        path, line = lines.place(report.open_calls[0].line)
        calls = counted(len(report.open_calls), "call")
        print(f"trunkline: {calls} in progress where the log ends, first {path}:{line}", file=sys.stderr)
    total = sum(report.counts.values())
    verdict = counted(total, "violation") if total else "clean"
    print(
        f"{verdict}: {counted(report.lines, 'line')}, {counted(report.calls, 'call')}, "
        f"{counted(report.contacts, 'contact')}, {counted(report.runs, 'run')}"
    )


def _sentences() -> dict[str, str]:
    from trunkline.audit import RULES

    return {rule.name: rule.sentence for rule in RULES}


def _print_rules(rules: list[dict[str, str]]) -> None:
    width = max(len(rule["rule"]) for rule in rules)
    for rule in rules:
        print(f"{rule['rule']:<{width}}  {rule['sentence']}")


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
