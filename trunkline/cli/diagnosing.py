"""`trunkline doctor`: say what is wrong with a campaign, with evidence."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.errors import LogLineError
from runtime.file_errors import why
from trunkline.cli.exits import Exit
from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage

if TYPE_CHECKING:
    from rich.console import Console

    from trunkline.doctor import Diagnosis, JournalStanding, Said, Standing, Visit

EXITS = {"well": Exit.DONE, "info": Exit.DONE, "warning": Exit.STALLED, "error": Exit.FAILED}
MARKS = {"info": ("·", "cyan"), "warning": ("⚠", "yellow"), "error": ("✗", "red")}


def doctor(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help='A configuration (.toml), a log or a journal; "-" is a log.'),
    ],
    contact: Annotated[str | None, option("contact", "Tell this contact's story too.")] = None,
    follow: Annotated[bool, option("follow", "Read on while the log grows.")] = False,
    json_output: Json = False,
) -> None:
    """Say what is wrong with a campaign, with the evidence and what to do."""
    if source.endswith(".toml"):
        raise typer.Exit(_check(source, json_output=json_output))
    from trunkline.doctor import JournalStanding, Visit, is_journal

    try:
        standing = None
        if source != "-" and is_journal(Path(source)):
            standing = JournalStanding(contact)
        if standing is not None and follow:
            raise usage(f"{source}: a journal can't be followed; follow the log")
        visit = Visit(contact, standing)
        if follow:
            _follow(visit, Path(source), json_output=json_output)
        else:
            _read(visit, source, standing)
    except OSError as error:
        raise usage(f"{source}: can't be read: {why(error, reading=True)}") from None
    except LogLineError as error:
        raise usage(f"{source}:{error.line}: this is no JSON object, so no line of a log") from None
    diagnosis = visit.diagnosis()
    if not diagnosis.heard_until:
        raise usage(f"{source}: holds no event of a log")
    if diagnosis.story is not None and not diagnosis.story.known:
        raise usage(f"{source}: nothing is said of contact {contact!r}")
    if json_output:
        if not follow:
            _print_json(diagnosis)
    else:
        _print(diagnosis, findings=not follow)
    raise typer.Exit(EXITS[diagnosis.verdict.value])


def _check(source: str, *, json_output: bool) -> Exit:
    """Print a configuration's checklist; give the exit code of the worst that it finds."""
    from trunkline.cli.checking import print_checklist
    from trunkline.preflight import Level

    reports = print_checklist(source, campaign=None, json_output=json_output)
    levels = {finding.level for report in reports for finding in report.findings}
    if Level.ERROR in levels:
        return Exit.FAILED
    return Exit.STALLED if Level.WARNING in levels else Exit.DONE


def _read(visit: Visit, source: str, standing: JournalStanding | None) -> None:
    from trunkline.doctor import events_of_journal, events_of_log

    if source == "-":
        visit.listen(events_of_log(sys.stdin.buffer))
        return
    if standing is not None:
        visit.listen(events_of_journal(Path(source), standing))
        return
    with open(source, "rb") as file:
        visit.listen(events_of_log(file))


def _follow(visit: Visit, path: Path, *, json_output: bool) -> None:
    """Print each finding when it begins and when it is over, until the engine stops or Ctrl-C."""
    import msgspec

    from trunkline.doctor import follow_log

    out = _console()
    try:
        for timed in follow_log(path):
            for said in () if timed is None else visit.feed(timed):
                if json_output:
                    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
                    sys.stdout.buffer.flush()
                else:
                    _print_finding(out, said)
    except KeyboardInterrupt:
        print("trunkline: interrupted", file=sys.stderr)


def _print_json(diagnosis: Diagnosis) -> None:
    import msgspec

    told = {"verdict": diagnosis.verdict.value, **msgspec.structs.asdict(diagnosis)}
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")


def _console() -> Console:
    from trunkline.cli.checking import console

    return console()


def _print(diagnosis: Diagnosis, *, findings: bool) -> None:
    from rich.text import Text

    out = _console()
    if findings:
        for said in diagnosis.findings:
            _print_finding(out, said)
        if not diagnosis.findings:
            out.print(Text.assemble(("✓", "green"), " nothing is wrong"))
    for standing in diagnosis.standings:
        _print_standing(out, standing)
    if diagnosis.unknown:
        out.print(Text(f"A journal can't tell {'; '.join(diagnosis.unknown)}."), soft_wrap=True)
    story = diagnosis.story
    if story is None:
        return
    out.print(Text(f"Contact {story.contact}", style="bold"))
    for line in story.lines:
        told = ", ".join(f"{name} {value}" for name, value in line.fields.items() if value is not None)
        out.print(Text(f"{_when(line.at)}  {line.event}  {told}"), soft_wrap=True)
    if story.waits_for is not None:
        due = "" if story.due is None else f", from {_when(story.due)} on"
        out.print(Text(f"waits for {story.waits_for}{due}"))


def _print_standing(out: Console, standing: Standing) -> None:
    from rich.text import Text

    waiting = ", ".join(f"{count} {_reason(reason)}" for reason, count in standing.waiting.items())
    state = "finished" if standing.finished else f"waiting: {waiting or 'nobody'}"
    told = f": {standing.placed} calls placed, {standing.in_progress} in progress, {state}"
    out.print(Text.assemble("At its last entry ", (standing.campaign, "bold"), told), soft_wrap=True)
    if standing.next_retry is not None:
        out.print(Text(f"    the next retry is due at {_when(standing.next_retry)}"))
    for number, state in standing.numbers.items():
        out.print(Text(f"    {number} may not be dialed from: {state}"))


def _reason(reason: str) -> str:
    return "for their turn" if reason == "unknown" else reason


def _print_finding(out: Console, said: Said) -> None:
    from rich.text import Text

    mark, style = ("✓", "green") if said.over is not None else MARKS[said.severity]
    about = "" if said.subject is None else f" {said.subject}"
    until = "so it is" if said.over is None else f"over at {_when(said.over)}"
    out.print(
        Text.assemble(
            (mark, style),
            (f" {said.kind}", "bold"),
            f" ({said.cause}){about} in {said.campaign}, since {_when(said.begun)}, {until}",
        ),
        soft_wrap=True,
    )
    out.print(Text(f"    {said.suggestion}"), soft_wrap=True)
    told = ", ".join(f"{name} {_value(value)}" for name, value in said.evidence.items())
    out.print(Text(f"    evidence: {told}", style="dim"), soft_wrap=True)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} {one}" for name, one in value.items()) + "}"
    return str(value)


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
