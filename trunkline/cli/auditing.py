"""`trunkline audit`: check a log against every rule."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage
from trunkline.summary.wording import counted

if TYPE_CHECKING:
    from trunkline.audit import Report
    from trunkline.audit.fleet.logs import DaemonLogs
    from trunkline.audit.logs import Lines

STANDARD_INPUT = "-"


def audit(
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="LOG", help='The log; rotated parts oldest first; "-" is standard input.'),
    ] = None,
    most: Annotated[int, option("most", "How many violations of each rule are shown.")] = 10,
    complete: Annotated[
        bool,
        option("complete", "Expect the log to be whole: it ends with engine.stopped, and so has every call."),
    ] = False,
    rules: Annotated[bool, option("rules", "List the rules, and audit nothing.")] = False,
    allow_unknown: Annotated[
        bool,
        option(
            "allow-unknown",
            "Pass over events that this version doesn't know, as a later one may have written.",
        ),
    ] = False,
    fleet: Annotated[
        bool,
        option("fleet", "Judge daemons of a shared state together; each LOG is the whole log of one."),
    ] = False,
    json_output: Json = False,
) -> None:
    """Check a log, of any run, against every rule, from the log alone."""
    from trunkline.audit import RULES, audit_log
    from trunkline.audit.fleet import FLEET_RULES, audit_fleet

    if rules:
        asked = FLEET_RULES if fleet else RULES
        listed = [{"rule": rule.name, "sentence": rule.sentence} for rule in asked]
        if json_output:
            _print_json(listed)
        else:
            _print_rules(listed)
        return
    if most < 0:
        raise usage("--most must be 0 or more")
    if not logs:
        raise typer.BadParameter('which log? "-" is standard input', param_hint="LOG")
    if fleet and complete:
        raise usage("--complete is for the log of one daemon, --fleet for those of several")
    if fleet and STANDARD_INPUT in logs:
        raise usage("--fleet reads files: standard input is no daemon's log")
    report: Report
    lines: Lines | DaemonLogs
    if fleet:
        report, lines = audit_fleet(logs, most=most)
    else:
        report, lines = audit_log(logs, most=most, complete=complete)
    if json_output:
        _print_json(_table(report, lines))
    else:
        _print_report(report, lines, allow_unknown=allow_unknown)
    if report.counts:
        raise typer.Exit(Exit.VIOLATION)
    if report.unknown and not allow_unknown:
        raise typer.Exit(Exit.USAGE)


def _table(report: Report, lines: Lines | DaemonLogs) -> dict[str, Any]:
    """Tell every line by its file and its number there."""
    table: dict[str, Any] = {"clean": report.clean, **msgspec.to_builtins(report)}
    for row in (*table["violations"], *table["open_calls"]):
        row["file"], row["line"] = lines.place(row["line"])
    for row in table["violations"]:
        row["follows"] = None if row["follows"] is None else _told(lines, row["follows"])
    for row in table["follow_ups"]:
        row["cause"], row["first"] = _told(lines, row["cause"]), _told(lines, row["first"])
    return table


def _told(lines: Lines | DaemonLogs, line: int) -> str:
    path, number = lines.place(line)
    return f"{path}:{number}"


def _print_report(report: Report, lines: Lines | DaemonLogs, *, allow_unknown: bool) -> None:
    _print_violations(report, lines)
    for note in report.notes:
        print(f"trunkline: {note}", file=sys.stderr)
    for name, count in report.unknown.items():
        said = f"{counted(count, 'line')} of {name}, which is no event that this version knows"
        print(f"trunkline: {said}", file=sys.stderr)
    if report.open_calls:
        calls, first = counted(len(report.open_calls), "call"), _told(lines, report.open_calls[0].line)
        print(f"trunkline: {calls} in progress where the log ends, first {first}", file=sys.stderr)
    judged = {"line": report.lines, "call": report.calls, "contact": report.contacts, "run": report.runs}
    said = ", ".join(counted(count, what) for what, count in judged.items())
    print(f"{_verdict(report, allow_unknown=allow_unknown)}: {said}")


def _verdict(report: Report, *, allow_unknown: bool) -> str:
    if report.counts:
        following = sum(one.count for one in report.follow_ups)
        less = f", {following:,} of which follow from others" if following else ""
        return counted(sum(report.counts.values()), "violation") + less
    if not report.unknown:
        return "clean"
    unknown = f"{counted(sum(report.unknown.values()), 'line')} of unknown events"
    return f"clean but for {unknown}" if allow_unknown else f"not judged whole, {unknown}"


def _print_violations(report: Report, lines: Lines | DaemonLogs) -> None:
    """Print the first ones by rule, each with what follows from it."""
    sentences = _sentences()
    following = Counter[str]()
    for one in report.follow_ups:
        following[one.rule] += one.count
    firsts = [one for one in report.violations if one.follows is None]
    for rule, found in groupby(sorted(firsts, key=lambda one: one.rule), lambda one: one.rule):
        count = report.counts[rule] - following[rule]
        print(f"{rule}: {counted(count, 'violation')}. {sentences[rule]}")
        shown = list(found)
        for violation in shown:
            print(f"  {_told(lines, violation.line)}: expected {violation.expected}")
            if violation.text:
                print(f"    {violation.text}")
            for one in report.follow_ups:
                if one.cause == violation.line:
                    said = f"{one.rule}, the first in {_told(lines, one.first)}"
                    print(f"    from which most likely follow {one.count:,} of {said}")
        if count > len(shown):
            print(f"  and {count - len(shown):,} more")
        print()


def _sentences() -> dict[str, str]:
    from trunkline.audit import RULES
    from trunkline.audit.fleet import FLEET_RULES

    return {rule.name: rule.sentence for rule in (*RULES, *FLEET_RULES)}


def _print_rules(rules: list[dict[str, str]]) -> None:
    width = max(len(rule["rule"]) for rule in rules)
    for rule in rules:
        print(f"{rule['rule']:<{width}}  {rule['sentence']}")


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
